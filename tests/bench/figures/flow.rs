//! Many events at once, or as fast as they are answered.

use std::time::Duration;

use super::CONNECTIONS;
use super::case::Case;
use super::road::{Road, sample};
use super::table::Table;
use crate::raw::client;
use crate::raw::listen::own_cpu;
use crate::raw::receiver::Receiver;

const WARM_UP: usize = 2_000;

/// A number of events, and how they are sent and answered.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    pub(crate) name: &'static str,
    pub(crate) count: usize,
    /// Bytes of each event.
    pub(crate) body: usize,
    /// How long the receiver waits before it answers.
    pub(crate) takes: Duration,
    /// How many events are sent before the first is answered; otherwise all.
    pub(crate) window: Option<usize>,
}

impl Flow {
    /// Each case between two measurements of the limit, so that a busy machine slows both.
    pub(crate) fn measure(&self, cases: &[Case], rounds: usize) {
        let request = sample(cases, self.body);
        let mut table = Table::default();
        for _ in 0..rounds {
            let mut reference = None;
            let mut before = self.limit(&request, &mut table);
            for case in cases {
                let rate = self.run(case, &mut table);
                let after = self.limit(&request, &mut table);
                table.add(&case.name, "of limit", rate * 2.0 / (before + after));
                table.add(&case.name, "of reference", rate / *reference.get_or_insert(rate));
                before = after;
            }
        }
        let window = self.window.map(|many| format!(", {many} at a time")).unwrap_or_default();
        let takes = match self.takes {
            Duration::ZERO => String::new(),
            takes => format!(", answered after {takes:?}"),
        };
        let Self { name, count, body, .. } = self;
        table.print(&format!("{name}: {count} events of {body} bytes{window}{takes}; {rounds} rounds"));
    }

    /// The bare POST: events per second.
    fn limit(&self, request: &[u8], table: &mut Table) -> f64 {
        let receiver = Receiver::start();
        receiver.take(self.takes);
        let before = own_cpu();
        let rate = client::post(receiver.port, request, self.count, CONNECTIONS);
        table.add("limit: bare POST", "events/s", rate);
        table.add("limit: bare POST", "CPU ms/1000", (own_cpu() - before) * 1e3 / self.count as f64);
        rate
    }

    fn run(&self, case: &Case, table: &mut Table) -> f64 {
        let mut road = Road::open(case, self.body);
        road.receiver.take(self.takes);
        road.burst(WARM_UP, self.window);
        let (cpu, written) = (road.listen.cpu(), road.listen.written());
        let rate = self.count as f64 / road.burst(self.count, self.window);
        let cpu = road.listen.cpu().since(&cpu) * 1e3 / self.count as f64;
        let now = road.listen.written();
        let kib = |now: f64, before: f64| (now - before) / 1024.0 / self.count as f64;
        table.add(&case.name, "events/s", rate);
        table.add(&case.name, "CPU ms/1000", cpu);
        table.add(&case.name, "peak MiB", road.listen.memory("VmHWM"));
        table.add(&case.name, "written KiB/event", kib(now.calls, written.calls));
        table.add(&case.name, "disk KiB/event", kib(now.disk, written.disk));
        rate
    }
}
