//! Whether memory stays the same however many events pass.

use super::case::Case;
use super::road::Road;
use super::table::Table;
use crate::raw::events;

const STEP: usize = 10_000;

pub(crate) fn measure(cases: &[Case], count: usize) {
    let mut table = Table::default();
    for case in cases {
        let mut road = Road::open(case, events::SMALL);
        road.burst(STEP, None);
        let early = road.listen.memory("VmRSS");
        while road.sent < count {
            road.burst(STEP, None);
        }
        let late = road.listen.memory("VmRSS");
        table.add(&case.name, "MiB after 10000", early);
        table.add(&case.name, "MiB at the end", late);
        table.add(&case.name, "more, %", (late / early - 1.0) * 100.0);
    }
    table.print(&format!("memory: {count} events"));
}
