//! What samples are made from, instead of a clock and randomness.

use jiff::Timestamp;

/// What a sample is drawn from. Equal seeds give equal samples.
#[derive(Clone, Copy, Debug)]
pub struct SampleSeed<'a> {
    /// When the event happens.
    pub now: Timestamp,
    /// At least 20 ASCII letters and digits, drawn at random: what makes ids differ.
    pub unique: &'a str,
    /// The team's id, for the envelope.
    pub team_id: &'a str,
    /// The team's name in URLs, for `dashboard_url`.
    pub team_slug: &'a str,
}
