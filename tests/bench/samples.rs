//! Measured times and their percentiles.

use std::time::Duration;

/// Times of one kind.
#[derive(Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    /// The smallest sample that `percent` of them do not exceed, in milliseconds.
    pub(crate) fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let rank = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0[rank].as_secs_f64() * 1e3
    }

    /// A line of the table: name, count, percentiles, and the median as a multiple of `unit`'s.
    pub(crate) fn line(&mut self, name: &str, unit: f64) -> String {
        let (half, most) = (self.percentile(50), self.percentile(95));
        format!("{name:<44} {:>5} {half:>9.3} {most:>9.3} {:>8.1}", self.0.len(), half / unit)
    }
}

/// The head of the table. `unit` names the unit of the last column.
pub(crate) fn head(unit: &str) -> String {
    format!("{:<44} {:>5} {:>9} {:>9} {:>8}", "", "n", "p50 ms", "p95 ms", unit)
}
