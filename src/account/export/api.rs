use axum::{
    Extension,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};

use super::{
    PAGE,
    service::{self, ExportError},
};
use crate::{
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        post_redirect_get::{FormFields, answer_form},
    },
};

/// `POST /api/export`: returns the ZIP. It is not a server function, because those cannot answer with a file.
pub(crate) async fn download(Extension(mut request): Extension<RequestContext>) -> Response {
    let made = async {
        let account = request.fresh_user().await?.account;
        let export =
            service::export(&request.state, &account, request.locale, &request.client).await?;
        Ok::<_, AppError>(export)
    };
    match made.await {
        Ok(export) => {
            let name = format!("attachment; filename=\"{}\"", export.file_name);
            let name =
                HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
            let kind = HeaderValue::from_static("application/zip");
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], export.zip)
                .into_response()
        }
        Err(error) => answer_form(&request, PAGE, &FormFields::default(), Err(error)),
    }
}

impl From<ExportError> for AppError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Gone => Self::new(RequestProblem::SignedOut).on("/sign-in"),
            ExportError::TooMany(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            ExportError::Failed => {
                Self { seconds: Some(10), ..Self::new(RequestProblem::Unavailable) }
            }
            ExportError::Internal(fault) => fault.into(),
        }
    }
}
