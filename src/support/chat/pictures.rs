//! The pictures of conversations.

use axum::{
    Extension,
    extract::Path,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};

use super::access;
use crate::{
    domain::ids::ChatPictureId,
    error::{AppError, RequestProblem},
    http::context::RequestContext,
    support::conversation,
};

/// `GET /support/picture/{id}`: for the user whose conversation it is in, and for staff. It does not count as use of
/// the session, because an open page loads new pictures by itself.
pub(super) async fn show(
    Extension(request): Extension<RequestContext>,
    Path(id): Path<String>,
) -> Response {
    let found = async {
        let not_found = || AppError::new(RequestProblem::NotFound);
        let id = ChatPictureId::parse(&id).ok_or_else(not_found)?;
        let picture = conversation::picture(&request.state.db, &id).await?;
        let picture = picture.ok_or_else(not_found)?;
        let readable =
            access::still_mine(&request).await?.is_some_and(|c| c.id == picture.conversation_id)
                || request.staff_listening().await.is_ok();
        if readable { Ok(picture.image) } else { Err(not_found()) }
    };
    match found.await {
        Ok(image) => {
            // The picture was re-encoded by us; opened by itself, it may nevertheless do nothing at all.
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
                (
                    header::CONTENT_SECURITY_POLICY,
                    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
                ),
            ];
            (headers, image).into_response()
        }
        Err(error) => error.into_response(),
    }
}
