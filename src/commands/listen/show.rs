//! `--print`, `--show` and `--include`: what `listen` prints of events beside the lines of its deliveries.

use clap::ValueEnum;

use crate::forward::WantedDetails;
use crate::output::{Failure, Output};

/// The beginning of a body that a screen needs, in bytes.
const SCREEN: usize = 32 * 1024;

#[derive(clap::Args, Debug)]
pub(crate) struct ShowArgs {
    /// Only print each event and its body; needs no target
    #[arg(long, conflicts_with_all = ["show", "tui"])]
    pub(super) print: bool,
    /// For each delivery, also print: body, headers (of the request), answer, or all; comma-separated
    #[arg(
        long,
        value_name = "PARTS",
        value_delimiter = ',',
        hide_possible_values = true,
        conflicts_with = "tui"
    )]
    show: Vec<Part>,
    /// With --json, add to the events: body, headers, answer, or all; comma-separated
    #[arg(long, value_name = "PARTS", value_delimiter = ',', hide_possible_values = true)]
    include: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Body,
    Headers,
    Answer,
    All,
}

impl ShowArgs {
    /// Reports flags that contradict each other. `targets` are the flags that name targets, and whether they are given.
    pub(super) fn check(&self, targets: [(&str, bool); 3], is_json: bool) -> Result<(), Failure> {
        if let Some((flag, _)) = targets.into_iter().find(|(_, is_given)| *is_given && self.print) {
            return Err(Failure::usage(format!(
                "--print delivers nothing, so it cannot be used with {flag}"
            ))
            .hint("to see bodies beside the deliveries: --show body"));
        }
        if is_json && !self.show.is_empty() {
            return Err(
                Failure::usage("--show has no effect on JSON").hint("with --json, use: --include body")
            );
        }
        if !is_json && !self.include.is_empty() {
            return Err(Failure::usage("--include adds members to JSON, so it needs --json")
                .hint("without --json, use: --show body"));
        }
        Ok(())
    }

    /// What the engine passes on for this.
    pub(super) fn details(&self, output: &Output, delivers_nothing: bool) -> WantedDetails {
        let is_json = output.is_json();
        let parts = if is_json { &self.include } else { &self.show };
        let has = |part| parts.contains(&part) || parts.contains(&Part::All);
        WantedDetails {
            body_when_received: match is_json {
                true => has(Part::Body) || self.print,
                false => delivers_nothing,
            },
            body: has(Part::Body) && !is_json,
            headers: has(Part::Headers),
            answer: has(Part::Answer),
            longest: (!is_json && output.columns().is_some()).then_some(SCREEN),
        }
    }
}
