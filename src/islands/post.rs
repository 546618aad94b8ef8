//! Posts that leave the page as it is.

use leptos::web_sys::UrlSearchParams;

/// Posts something of which nothing is shown; whether it was taken.
pub(super) async fn tell(address: &str, fields: &[(&str, &str)]) -> bool {
    let Ok(body) = UrlSearchParams::new() else { return false };
    for (name, value) in fields {
        body.append(name, value);
    }
    let request = gloo_net::http::Request::post(address).header("accept", "application/json");
    let Ok(request) = request.body(body) else { return false };
    request.send().await.is_ok_and(|answer| answer.ok())
}
