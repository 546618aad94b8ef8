//! The two forms that post a message, optionally with a picture.

use axum::{
    Extension,
    extract::Request,
    response::{IntoResponse as _, Response},
};

use super::{PAGE, PICTURE_MAX, access, pages, service};
use crate::{
    domain::{accounts, accounts::Account},
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::Flash,
        post_redirect_get::{FormFields, answer_form},
        redirect::Redirect,
        upload::Upload,
    },
    support::conversation::{Conversation, State},
};

/// `POST /api/support_begin`, as a form with or without a picture: `topic`, `account`, `message`, `picture`, `nonce`.
///
/// The conversation begins under the token that the browser got with the form: posted twice, because an answer was lost
/// or a button pressed twice, or from two tabs, it is one conversation.
pub(super) async fn begin(
    Extension(mut request): Extension<RequestContext>,
    posted: Request,
) -> Response {
    if let Err(error) = is_open(&mut request).await {
        // What was typed is returned; nothing more is read.
        let upload = Upload::read_short(posted).await;
        return answer(&request, &upload, Err(error)).await;
    }
    let mut upload = match Upload::read(posted, "picture", PICTURE_MAX).await {
        Ok(upload) => upload,
        Err(error) => return answer_form(&request, PAGE, &FormFields::default(), Err(error)),
    };
    let picture = upload.take_file();
    let result = async {
        let account = request.signed_in().await?.map(|signed_in| signed_in.account);
        let entry = entry(&request, &upload, picture, account.as_ref());
        // An outdated form: the conversation was begun in another window.
        if let Some(conversation) = access::mine(&mut request.clone()).await?
            && conversation.state() != State::Closed
        {
            service::send(&request.state, &conversation, entry).await?;
            return Ok(Redirect::to(PAGE));
        }
        let (topic, claimed) = (upload.field("topic"), upload.field("account"));
        let token = service::begin(
            &request.state,
            entry,
            request.token(CookieName::ChatNext),
            topic,
            claimed,
        )
        .await?;
        access::keep(&request, &token);
        request.clear_cookie(CookieName::ChatNext);
        Ok(Redirect::to(PAGE))
    };
    let result = result.await;
    answer(&request, &upload, result).await
}

/// `POST /api/support_send`, as a form with or without a picture: `message`, `picture`, `nonce`.
pub(super) async fn send(
    Extension(mut request): Extension<RequestContext>,
    posted: Request,
) -> Response {
    let not_found = || AppError::new(RequestProblem::NotFound).on(PAGE);
    // Before anything is read: without a conversation, there is nothing to send a picture to.
    let conversation = match find(&mut request).await {
        Ok(Some(conversation)) => conversation,
        Ok(None) => {
            let upload = Upload::read_short(posted).await;
            return answer(&request, &upload, Err(not_found())).await;
        }
        Err(error) => {
            let upload = Upload::read_short(posted).await;
            return answer(&request, &upload, Err(error)).await;
        }
    };
    let mut upload = match Upload::read(posted, "picture", PICTURE_MAX).await {
        Ok(upload) => upload,
        Err(error) => return answer_form(&request, PAGE, &FormFields::default(), Err(error)),
    };
    let picture = upload.take_file();
    let result = async {
        let account = request.signed_in().await?.map(|signed_in| signed_in.account);
        service::send(
            &request.state,
            &conversation,
            entry(&request, &upload, picture, account.as_ref()),
        )
        .await?;
        if let Some(token) = request.token(CookieName::Chat) {
            access::keep(&request, &token);
        }
        Ok(Redirect::to(PAGE))
    };
    let result = result.await;
    answer(&request, &upload, result).await
}

/// Checks that there is a chat: nothing is read where nobody would answer.
async fn is_open(request: &mut RequestContext) -> Result<(), AppError> {
    if !accounts::exists_staff(&request.state.db).await? {
        return Err(AppError::new(RequestProblem::NotFound).on(PAGE));
    }
    request.signed_in().await?;
    Ok(())
}

/// Finds the conversation that a further message goes to.
async fn find(request: &mut RequestContext) -> Result<Option<Conversation>, AppError> {
    is_open(request).await?;
    Ok(access::mine(request).await?)
}

fn entry<'a>(
    request: &'a RequestContext,
    upload: &'a Upload,
    picture: Option<Vec<u8>>,
    account: Option<&'a Account>,
) -> service::MessageForm<'a> {
    service::MessageForm {
        account,
        message: upload.field("message"),
        picture,
        picture_too_large: upload.too_large,
        picture_empty: upload.empty_file,
        nonce: upload.field("nonce"),
        locale: request.locale,
        client: &request.client,
    }
}

/// Answers like every form, except for a text that is too long for a cookie: then the answer itself is the page, so
/// that nothing typed is lost.
async fn answer(
    request: &RequestContext,
    upload: &Upload,
    result: Result<Redirect, AppError>,
) -> Response {
    const KEPT: [&str; 3] = ["topic", "account", "message"];
    let keep = |flash: Flash| KEPT.iter().fold(flash, |d, name| d.keep(name, upload.field(name)));
    match result {
        Err(error) if request.accepts_html && !Flash::holds(upload.field("message")) => {
            let mut request = request.clone();
            PAGE.clone_into(&mut request.path_and_query);
            let status = error.status();
            let flash = keep(Flash::error(error)).with("message", upload.field("message"));
            match pages::chat(request.clone(), flash).await {
                Ok(mut page) => {
                    *page.status_mut() = status;
                    page
                }
                Err(_) => AppError::new(RequestProblem::Unavailable).into_response(),
            }
        }
        result => {
            let with = |fields: FormFields, name: &&str| fields.with(name, upload.field(name));
            answer_form(request, PAGE, &KEPT.iter().fold(FormFields::default(), with), result)
        }
    }
}
