//! System calls of each event, counted by strace: what load does not change.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

use super::case::Case;
use super::pace;
use super::road::Road;
use super::table::Table;
use crate::raw::events;

/// Events of a short and a long run; their difference leaves out the start and the end.
const BURST: [usize; 2] = [1_000, 4_000];
const PACED: [usize; 2] = [50, 250];
/// How many kinds of calls are named.
const NAMED: usize = 8;

pub(crate) fn measure(cases: &[Case]) {
    let found = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        println!("\ncalls: strace is not installed, so system calls are not counted");
        return;
    }
    let mut table = Table::default();
    let mut lines = Vec::new();
    for case in cases {
        for (column, counts, paced) in [("in a burst", BURST, false), ("at 100/s", PACED, true)] {
            let [short, long] = counts.map(|count| count_calls(case, count, paced));
            let events = (counts[1] - counts[0]) as f64;
            let of = |calls: &HashMap<String, f64>, name: &str| calls.get(name).copied().unwrap_or(0.0);
            let mut each: Vec<(f64, &str)> =
                long.iter().map(|(name, calls)| ((calls - of(&short, name)) / events, &**name)).collect();
            each.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
            table.add(&case.name, column, each.iter().map(|(calls, _)| calls).sum());
            let named: Vec<_> = each
                .iter()
                .take(NAMED)
                .filter(|(calls, _)| *calls >= 0.01)
                .map(|(calls, name)| format!("{name} {calls:.2}"))
                .collect();
            lines.push(format!("{:<24} {column}: {}", case.name, named.join(", ")));
        }
    }
    table.print("calls: system calls of each event, under strace");
    lines.iter().for_each(|line| println!("{line}"));
}

/// How often each call was made until `count` events were delivered.
fn count_calls(case: &Case, count: usize, paced: bool) -> HashMap<String, f64> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls");
    let wrapper = ["strace", "-f", "-c", "-o", file.to_str().unwrap()];
    let mut road = Road::wrapped(&wrapper, case, events::SMALL, Some(count));
    if paced {
        pace::run(&mut road, count);
    } else {
        let frames = road.frames(count);
        road.listener.stream.write_all(&frames).unwrap();
    }
    road.listen.wait();
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().filter_map(|line| {
        // % time, seconds, microseconds per call, calls, errors if any, name
        let words: Vec<_> = line.split_whitespace().collect();
        let (calls, name) = (words.get(3)?.parse().ok()?, words.last()?);
        (*name != "total").then(|| ((*name).to_owned(), calls))
    });
    rows.collect()
}
