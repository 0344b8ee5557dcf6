//! The input of samples, instead of a clock and randomness.

use jiff::Timestamp;

/// The input of a sample. Equal seeds give equal samples.
#[derive(Clone, Copy, Debug)]
pub struct SampleSeed<'a> {
    /// The time of the event.
    pub now: Timestamp,
    /// At least 20 random ASCII letters and digits, which make ids unique.
    pub unique: &'a str,
    /// The id of the team, for the envelope.
    pub team_id: &'a str,
    /// The name of the team in URLs, for `dashboard_url`.
    pub team_slug: &'a str,
}
