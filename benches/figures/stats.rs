//! Medians, percentiles, and how well two samples can be told apart.

/// Returns the median of the values.
pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}

/// Returns the value below which `part` of the values lie.
pub fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = ((values.len() - 1) as f64 * part).round() as usize;
    values[at]
}

/// Returns the area under the ROC curve (Mann–Whitney): the probability that a value of `one` is larger than one of
/// `other`.
pub fn auc(one: &[f64], other: &[f64]) -> f64 {
    let wins: f64 = one
        .iter()
        .flat_map(|a| {
            other.iter().map(move |b| {
                if a > b {
                    1.0
                } else if a < b {
                    0.0
                } else {
                    0.5
                }
            })
        })
        .sum();
    wins / (one.len() * other.len()) as f64
}
