//! The limiter against simulated servers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proptest::prelude::*;

use super::*;

/// A server that serves `workers` requests at the same time, first come first served.
struct Server {
    workers: usize,
    service: Duration,
    free: BinaryHeap<Reverse<Duration>>,
}

/// A source that always has another delivery, and the server.
struct Simulation {
    server: Server,
    limiter: Limiter,
    now: Duration,
    /// When each delivery in flight ends, and when it started.
    under_way: BinaryHeap<Reverse<(Duration, u64, Duration, u64)>>,
    number: u64,
}

impl Simulation {
    fn new(max: usize, workers: usize, service: Duration) -> Self {
        let free = (0..workers).map(|_| Reverse(Duration::ZERO)).collect();
        Self {
            server: Server { workers, service, free },
            limiter: Limiter::new(max),
            now: Duration::ZERO,
            under_way: BinaryHeap::new(),
            number: 0,
        }
    }

    fn serve(&mut self, workers: usize, service: Duration) {
        self.server = Server { workers, service, free: (0..workers).map(|_| Reverse(self.now)).collect() };
    }

    fn fill(&mut self) {
        while self.under_way.len() < self.limiter.limit() {
            let started = self.limiter.start(self.under_way.len() + 1);
            let begin = match self.server.free.len() {
                0 => self.now,
                _ => self.server.free.pop().unwrap().0.max(self.now),
            };
            let end = begin + self.server.service;
            if self.server.workers > 0 {
                self.server.free.push(Reverse(end));
            }
            self.number += 1;
            self.under_way.push(Reverse((end, self.number, self.now, started.epoch)));
        }
    }

    /// Runs until there are `answers` more answers. Returns the average limit per answer.
    fn run(&mut self, answers: usize) -> f64 {
        let mut sum = 0.0;
        for _ in 0..answers {
            self.fill();
            let Reverse((end, _, start, epoch)) = self.under_way.pop().unwrap();
            self.now = end;
            self.limiter.answered(Started { epoch }, end - start);
            assert!((1..=self.limiter.max).contains(&self.limiter.limit()));
            sum += f64::from(u32::try_from(self.limiter.limit()).unwrap());
        }
        sum / f64::from(u32::try_from(answers).unwrap())
    }
}

const PARALLEL: usize = 0;

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn parallel_server_gets_the_maximum() {
    let mut server = Simulation::new(64, PARALLEL, millis(5));
    server.run(200);
    assert_eq!((server.limiter.limit(), server.limiter.reached), (64, 64));
    // A few round trips, not one answer after the other.
    assert!(server.now < millis(5) * 20, "{:?}", server.now);
}

#[test]
fn single_worker_nearly_always_gets_one() {
    let mut server = Simulation::new(64, 1, millis(700));
    let average = server.run(200);
    assert!(average < 1.5, "{average}");
    assert!(server.limiter.reached <= 2, "{}", server.limiter.reached);
    assert!(server.run(1_000) < 1.1);
}

#[test]
fn slow_first_answer_does_not_matter() {
    let mut server = Simulation::new(64, PARALLEL, millis(2_000));
    server.run(1);
    server.serve(PARALLEL, millis(20));
    server.run(2_000);
    assert_eq!(server.limiter.limit(), 64);
    // The fast answers are the baseline now.
    server.serve(1, millis(20));
    server.run(2_000);
    assert!(server.run(500) < 2.0);
}

#[test]
fn slower_handler_is_measured_again() {
    let mut server = Simulation::new(32, PARALLEL, millis(20));
    server.run(1_000);
    server.serve(PARALLEL, millis(100));
    server.run(5_000);
    assert_eq!(server.limiter.limit(), 32);
}

#[test]
fn limit_recovers_after_a_slow_episode() {
    let mut server = Simulation::new(64, PARALLEL, millis(30));
    server.run(500);
    server.serve(1, millis(30));
    server.run(2_000);
    assert!(server.limiter.limit() <= 4, "{}", server.limiter.limit());
    server.serve(PARALLEL, millis(30));
    server.run(10_000);
    assert_eq!(server.limiter.limit(), 64);
}

#[test]
fn pauses_of_a_busy_machine_cost_little() {
    let mut server = Simulation::new(64, PARALLEL, millis(5));
    server.run(500);
    let mut sum = 0.0;
    for _ in 0..50 {
        server.serve(PARALLEL, millis(40));
        server.run(100);
        server.serve(PARALLEL, millis(5));
        sum += server.run(500);
    }
    assert!(sum / 50.0 > 58.0, "{}", sum / 50.0);
}

#[test]
fn limit_recovers_soon_after_a_long_pause() {
    let mut server = Simulation::new(64, PARALLEL, millis(5));
    server.run(500);
    for _ in 0..20 {
        server.serve(PARALLEL, millis(40));
        server.run(600);
        server.serve(PARALLEL, millis(5));
        server.run(1_500);
        assert_eq!(server.limiter.limit(), 64);
    }
}

#[test]
fn fast_server_recovers_from_a_wrong_limit() {
    let mut server = Simulation::new(64, 1, millis(20));
    server.run(50);
    // Several connections of one burst were accepted late.
    (0..6).for_each(|_| server.limiter.starved());
    server.serve(PARALLEL, millis(8));
    server.run(300);
    assert_eq!(server.limiter.limit(), 64);
}

#[test]
fn overload_shrinks_the_limit_once() {
    let mut limiter = Limiter::new(64);
    limiter.change(64);
    let started = limiter.start(64);
    limiter.overloaded(started, Overload::Pushback);
    limiter.overloaded(started, Overload::Pushback);
    assert_eq!(limiter.limit(), 32);
    let started = limiter.start(32);
    limiter.overloaded(started, Overload::TimedOut);
    assert_eq!(limiter.limit(), 1);
}

#[test]
fn starved_deliveries_halve_the_limit() {
    let mut limiter = Limiter::new(64);
    limiter.change(8);
    assert!(!limiter.is_serial());
    (0..3).for_each(|_| limiter.starved());
    assert_eq!(limiter.limit(), 1);
    assert!(limiter.is_serial());
}

#[test]
fn unused_limit_does_not_grow() {
    let mut limiter = Limiter::new(64);
    for _ in 0..100 {
        let started = limiter.start(1);
        limiter.answered(started, millis(5));
    }
    assert_eq!((limiter.limit(), limiter.reached), (2, 1));
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Start,
    Answered(u64),
    Pushback,
    TimedOut,
    Starved,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Start),
        6 => (0_u64..20_000).prop_map(Step::Answered),
        1 => Just(Step::Pushback),
        1 => Just(Step::TimedOut),
        1 => Just(Step::Starved),
    ]
}

proptest! {
    #[test]
    fn the_limit_stays_in_bounds(max in 1_usize..200, steps in prop::collection::vec(step(), 0..600)) {
        let mut limiter = Limiter::new(max);
        let mut under_way = Vec::new();
        for step in steps {
            match step {
                Step::Start if under_way.len() < limiter.limit() => under_way.push(limiter.start(under_way.len() + 1)),
                Step::Start => {}
                Step::Answered(took) => if let Some(started) = under_way.pop() {
                    limiter.answered(started, millis(took));
                },
                Step::Pushback => if let Some(started) = under_way.pop() {
                    let before = limiter.limit();
                    limiter.overloaded(started, Overload::Pushback);
                    prop_assert!(limiter.limit() <= before);
                },
                Step::TimedOut => if let Some(started) = under_way.pop() {
                    limiter.overloaded(started, Overload::TimedOut);
                },
                Step::Starved => limiter.starved(),
            }
            prop_assert!((1..=max).contains(&limiter.limit()));
            prop_assert!(limiter.reached <= max);
        }
    }

    #[test]
    fn the_limit_follows_the_workers(workers in 1_usize..40, service in 40_u64..2_000) {
        let mut server = Simulation::new(64, workers, millis(service));
        server.run(3_000);
        let limit = server.run(3_000);
        let workers = f64::from(u32::try_from(workers).unwrap());
        prop_assert!(limit >= workers * 0.7 && limit <= workers * 1.8 + 1.0, "{limit} for {workers}");
    }

    #[test]
    fn a_parallel_server_reaches_any_maximum(max in 1_usize..=64, service in 1_u64..2_000) {
        let mut server = Simulation::new(max, PARALLEL, millis(service));
        server.run(300);
        prop_assert_eq!(server.limiter.limit(), max);
    }

    #[test]
    fn a_maximum_of_one_is_exact(times in prop::collection::vec(0_u64..10_000, 1..200)) {
        let mut limiter = Limiter::new(1);
        for took in times {
            let started = limiter.start(1);
            limiter.answered(started, millis(took));
            prop_assert_eq!(limiter.limit(), 1);
        }
    }
}
