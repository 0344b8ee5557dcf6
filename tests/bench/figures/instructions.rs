//! Instructions of each event in user code, counted by valgrind: repeats to 1 % on any machine.

use std::io::Write;

use super::case::{Case, Forwarder};
use super::road::Road;
use crate::raw::events;

const SHORT: usize = 1_000;
const LONG: usize = 4_000;

/// Counts a long and a short burst; their difference leaves out the start.
///
/// valgrind hides the instructions of the processor for SHA-256: 36,000 of each event are the replacement.
pub(crate) fn measure(cases: &[Case]) {
    println!("\ninstructions of each event, under valgrind");
    for case in cases {
        let ((short, _), (long, file)) = (count(case, SHORT), count(case, LONG));
        let each = (long - short) / (LONG - SHORT) as u64;
        println!("{:<24} {each}, {file}", case.name);
    }
}

fn count(case: &Case, events: usize) -> (u64, String) {
    let flags = match &case.forwarder {
        Forwarder::Reference => "reference".to_owned(),
        Forwarder::Cstar { .. } => case.name.replace(' ', "."),
    };
    let counts = std::env::temp_dir().join(format!("callgrind.{flags}.{events}"));
    let file = format!("--callgrind-out-file={}", counts.display());
    let wrapper = ["valgrind", "--tool=callgrind", "--quiet", &file];
    let mut road = Road::wrapped(&wrapper, case, events::SMALL, Some(events));
    let frames = road.frames(events);
    road.listener.stream.write_all(&frames).unwrap();
    road.listen.wait();
    let text = std::fs::read_to_string(&counts).unwrap();
    let total = text.lines().find_map(|line| line.strip_prefix("summary: "));
    (total.unwrap().parse().unwrap(), counts.display().to_string())
}
