//! The flags of `trigger --play`.

use std::fmt;
use std::path::PathBuf;

#[derive(clap::Args, Debug)]
pub(crate) struct PlayArgs {
    /// Send the events of a recording to --to again, signed now: a file of `listen --record`, of `history export`, or a HAR
    #[arg(long, value_name = "FILE", requires = "to", conflicts_with_all = ["event", "all", "data", "set", "count"])]
    pub(crate) play: Option<PathBuf>,
    /// How fast to play: 10x, 0.5x, or max for no pauses
    #[arg(long, value_name = "N|max", default_value = "1x", requires = "play", value_parser = parse)]
    pub(super) speed: Speed,
    /// Give the played events and what they are about new ids, the same ones for the same old ids
    #[arg(long, requires = "play")]
    pub(super) new_ids: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Speed {
    Times(f64),
    Max,
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(factor) => write!(f, "{factor}x"),
            Self::Max => f.write_str("as fast as the server answers"),
        }
    }
}

fn parse(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Max);
    }
    let number = text.strip_suffix('x').unwrap_or(text).parse::<f64>().ok();
    let factor = number.filter(|factor| (0.001..=1_000_000.0).contains(factor));
    factor.map(Speed::Times).ok_or_else(|| "expected a speed such as 1x, 10x, 0.5x or max".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_factors_or_max() {
        assert_eq!(parse("max"), Ok(Speed::Max));
        for (text, factor) in [("10x", 10.0), ("2", 2.0), ("0.5x", 0.5)] {
            assert_eq!(parse(text), Ok(Speed::Times(factor)), "{text}");
        }
        for bad in ["", "x", "0x", "-1x", "fast", "nan", "inf", "10xx"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
