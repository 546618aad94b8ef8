//! What the caller accepts (RFC 9110 §12.5). Bytes that are not text invalidate only the item of the list that contains
//! them.

use http::{HeaderMap, HeaderName, header};

/// Joins a header that is a list, on however many lines it was sent.
#[must_use]
pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    let lines = headers.get_all(name).into_iter();
    let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    lines.collect::<Vec<_>>().join(",")
}

/// Returns whether a form was posted in place and expects an answer for an island.
#[must_use]
pub(crate) fn answer(headers: &HeaderMap) -> bool {
    text(headers, &header::ACCEPT).trim().eq_ignore_ascii_case(crate::islands::Answer::MEDIA_TYPE)
}

/// Returns whether HTML is wanted. `*/*` alone expresses no preference, and gets what programs can read.
#[must_use]
pub(crate) fn html(headers: &HeaderMap) -> bool {
    let accept = text(headers, &header::ACCEPT);
    let wants: Vec<(&str, f32)> = accept.split(',').map(wish).collect();
    let quality = |kind: &str| {
        wants
            .iter()
            .find(|(wanted, _)| wanted.eq_ignore_ascii_case(kind))
            .map(|(_, quality)| *quality)
    };
    // The more specific one counts (§12.5.1).
    let quality = quality("text/html")
        .or_else(|| quality("application/xhtml+xml"))
        .or_else(|| quality("text/*"));
    quality.is_some_and(|quality| quality > 0.0)
}

/// Splits an item of the list into media type and quality.
fn wish(part: &str) -> (&str, f32) {
    let mut parts = part.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let quality = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim_end().eq_ignore_ascii_case("q").then(|| value.trim().parse().ok())?
    });
    (kind, quality.unwrap_or(1.0))
}
