//! A hundred events a second: how long one takes, and what it costs while there is nothing else to do.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::case::Case;
use super::road::{Road, sample};
use super::table::Table;
use crate::raw::events;
use crate::raw::listen::own_cpu;
use crate::raw::receiver::Receiver;

const COUNT: usize = 500;
const WARM_UP: usize = 200;
const EVERY: Duration = Duration::from_millis(10);

pub(crate) fn measure(cases: &[Case], rounds: usize) {
    let request = sample(cases, events::SMALL);
    let mut table = Table::default();
    for _ in 0..rounds {
        bare(&request, &mut table);
        for case in cases {
            let mut road = Road::open(case, events::SMALL);
            road.burst(WARM_UP, None);
            let cpu = road.listen.cpu();
            let times = run(&mut road, COUNT);
            let cpu = road.listen.cpu().since(&cpu);
            add(&mut table, &case.name, times, cpu);
        }
    }
    table.print(&format!("latency: {COUNT} events at 100/s, in ms; {rounds} rounds"));
}

/// Sends `count` events, one every 10 ms; returns the milliseconds that each took.
pub(crate) fn run(road: &mut Road, count: usize) -> Vec<f64> {
    let start = Instant::now();
    (0..count)
        .map(|turn| {
            wait_until(start + EVERY * turn as u32);
            let frame = road.frames(1);
            trip(&mut road.listener.stream, &frame, &road.receiver, road.sent)
        })
        .collect()
}

fn bare(request: &[u8], table: &mut Table) {
    let receiver = Receiver::start();
    let mut line = TcpStream::connect(("127.0.0.1", receiver.port)).unwrap();
    line.set_nodelay(true).unwrap();
    let (start, cpu) = (Instant::now(), own_cpu());
    let times = (1..=COUNT).map(|turn| {
        wait_until(start + EVERY * turn as u32);
        trip(&mut line, request, &receiver, turn)
    });
    let times = times.collect();
    add(table, "limit: bare POST", times, own_cpu() - cpu);
}

fn add(table: &mut Table, row: &str, mut times: Vec<f64>, cpu: f64) {
    times.sort_unstable_by(f64::total_cmp);
    table.add(row, "p50", times[COUNT / 2 - 1]);
    table.add(row, "p99", times[COUNT * 99 / 100 - 1]);
    table.add(row, "CPU ms/1000", cpu * 1e3 / COUNT as f64);
}

fn wait_until(due: Instant) {
    std::thread::sleep(due.saturating_duration_since(Instant::now()));
}

/// Milliseconds from writing `bytes` to the receiver's `count`-th request.
fn trip(stream: &mut TcpStream, bytes: &[u8], receiver: &Receiver, count: usize) -> f64 {
    let start = Instant::now();
    stream.write_all(bytes).unwrap();
    // Asking for the answer at once would keep a core busy that the others need.
    std::thread::sleep(EVERY / 2);
    (receiver.wait_for(count) - start).as_secs_f64() * 1e3
}
