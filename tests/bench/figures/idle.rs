//! Without events: until it is connected, what it needs while it waits, and until it is connected again.

use std::time::Duration;

use super::case::Case;
use super::road::Road;
use super::table::Table;
use crate::raw::events;

const STARTS: usize = 5;
const SETTLED: Duration = Duration::from_millis(500);
const REST: Duration = Duration::from_secs(2);

pub(crate) fn measure(cases: &[Case], rounds: usize) {
    let mut table = Table::default();
    for _ in 0..rounds {
        for case in cases {
            for start in 0..STARTS {
                let road = Road::open(case, events::SMALL);
                let connected = road.listener.at - road.listen.started;
                table.add(&case.name, "connected after ms", connected.as_secs_f64() * 1e3);
                if start > 0 {
                    continue;
                }
                std::thread::sleep(SETTLED);
                table.add(&case.name, "RSS MiB", road.listen.memory("VmRSS"));
                let cpu = road.listen.cpu();
                std::thread::sleep(REST);
                let cpu = road.listen.cpu().since(&cpu);
                table.add(&case.name, "CPU ms per second", cpu / REST.as_secs_f64());
            }
        }
    }
    table.print(&format!("idle: no events; {rounds} rounds of {STARTS} starts"));
}

/// How long three cut streams take in all, until each is asked for again.
pub(crate) fn reconnection(cases: &[Case], rounds: usize) {
    let mut table = Table::default();
    for _ in 0..rounds {
        for case in cases.iter().filter(|case| !case.is_reference()) {
            let mut road = Road::open(case, events::SMALL);
            road.burst(1, None);
            let mut sum = 0.0;
            for _ in 0..3 {
                let cut = std::time::Instant::now();
                road.listener.stream.shutdown(std::net::Shutdown::Both).unwrap();
                road.listener = road.server.listener();
                sum += (road.listener.at - cut).as_secs_f64();
                road.burst(1, None);
            }
            table.add(&case.name, "three cuts, s", sum);
        }
    }
    table.print(&format!("reconnection; {rounds} rounds"));
}
