//! The queue keeps order and bounds under every sequence of outcomes.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

fn key(name: &str) -> Key {
    Key::from(name)
}

fn taken(queue: &mut Queue<u32>, now: Instant) -> Vec<u32> {
    std::iter::from_fn(|| queue.take(now)).map(|(_, job)| job).collect()
}

#[test]
fn lanes_are_sequential_but_run_in_parallel() {
    let now = Instant::now();
    let mut queue = Queue::new(16);
    for (lane, job) in [("a", 1), ("a", 2), ("b", 3)] {
        queue.push(&key(lane), job);
    }
    assert_eq!(taken(&mut queue, now), [1, 3]);
    queue.done(&key("a"));
    assert_eq!(taken(&mut queue, now), [2]);
    queue.done(&key("a"));
    queue.done(&key("b"));
    assert_eq!((queue.len(), queue.in_flight(), queue.lanes.len()), (0, 0, 0));
}

#[test]
fn concurrency_bounds_deliveries_in_flight() {
    let now = Instant::now();
    let mut queue = Queue::new(2);
    for job in 0..5 {
        queue.push(&key(&job.to_string()), job);
    }
    assert_eq!(taken(&mut queue, now), [0, 1]);
    queue.done(&key("0"));
    assert_eq!(taken(&mut queue, now), [2]);
}

#[test]
fn blocked_probe_does_not_wake_the_loop() {
    let now = Instant::now();
    let mut queue = Queue::new(16);
    queue.push(&key("a"), 1);
    assert_eq!(taken(&mut queue, now), [1]);
    queue.mark_down(&key("a"), 1, now);
    let probe = queue.wake_at().unwrap();
    assert_eq!(queue.take_if(probe, |_| false), None);
    assert_eq!(queue.wake_at(), None, "only an end frees memory");
    assert_eq!(queue.take_if(probe, |_| true), Some((key("a"), 1)));
}

#[test]
fn retry_blocks_only_its_own_lane() {
    let now = Instant::now();
    let mut queue = Queue::new(16);
    queue.push(&key("a"), 1);
    queue.push(&key("a"), 2);
    assert_eq!(taken(&mut queue, now), [1]);
    let later = now + Duration::from_secs(1);
    queue.retry(&key("a"), 1, later);
    queue.push(&key("b"), 3);
    assert_eq!(taken(&mut queue, now), [3]);
    assert_eq!(queue.wake_at(), Some(later));
    assert_eq!(taken(&mut queue, later), [1]);
}

#[test]
fn down_target_gets_one_probe_at_a_time() {
    let now = Instant::now();
    let mut queue = Queue::new(16);
    for job in 0..3 {
        queue.push(&key(&job.to_string()), job);
    }
    assert_eq!(taken(&mut queue, now), [0, 1, 2]);
    assert!(queue.mark_down(&key("0"), 0, now), "the first refusal closes the gate");
    assert!(!queue.mark_down(&key("1"), 1, now));
    assert!(!queue.mark_down(&key("2"), 2, now));
    assert_eq!(taken(&mut queue, now), Vec::<u32>::new());
    let probe = queue.wake_at().unwrap();
    assert_eq!(probe, now + FIRST_PROBE);
    assert_eq!(taken(&mut queue, probe).len(), 1);
    assert_eq!(queue.wake_at(), None, "no second probe while one is out");
    let probed = queue.lanes.iter().find(|(_, lane)| lane.busy).map(|(key, _)| Arc::clone(key)).unwrap();
    assert!(!queue.mark_down(&probed, 9, probe));
    assert_eq!(queue.wake_at(), Some(probe + FIRST_PROBE * 2));
    assert!(queue.mark_up());
    assert_eq!(taken(&mut queue, probe).len(), 3);
}

proptest! {
    /// Under any outcomes, deliveries of one key end in the order in which they were added, none is lost, and
    /// concurrency stays within its bound.
    #[test]
    fn order_per_key_survives_everything(
        keys in proptest::collection::vec(0_u8..4, 1..60),
        choices in proptest::collection::vec(0_u8..6, 1..400),
        concurrency in 1_usize..5,
    ) {
        let mut now = Instant::now();
        let mut queue = Queue::new(concurrency);
        let mut pending: VecDeque<(Key, usize)> =
            keys.iter().enumerate().map(|(job, name)| (key(&name.to_string()), job)).collect();
        let mut in_flight: VecDeque<(Key, usize)> = VecDeque::new();
        let mut ended: HashMap<Key, Vec<usize>> = HashMap::new();
        let mut choices = choices.into_iter().cycle();
        let mut steps = 0;
        while !(pending.is_empty() && queue.len() == 0) {
            steps += 1;
            // In the second half every attempt succeeds, so that the run ends.
            let choice = if steps > 500 { 2 } else { choices.next().unwrap_or(2) };
            if let Some((key, job)) = pending.pop_front() {
                queue.push(&key, job);
            }
            while let Some(taken) = queue.take(now) {
                in_flight.push_back(taken);
            }
            prop_assert!(in_flight.len() <= concurrency);
            prop_assert_eq!(in_flight.len(), queue.in_flight());
            let Some((key, job)) = in_flight.pop_front() else {
                now = queue.wake_at().map_or(now, |at| at.max(now));
                continue;
            };
            match choice {
                0 => { queue.mark_down(&key, job, now); }
                1 => { queue.mark_up(); queue.retry(&key, job, now + Duration::from_millis(u64::from(choice) * 7)); }
                _ => { queue.mark_up(); queue.done(&key); ended.entry(key).or_default().push(job); }
            }
            prop_assert!(steps < 5_000, "the run does not end");
        }
        prop_assert_eq!(ended.values().map(Vec::len).sum::<usize>(), keys.len());
        for jobs in ended.values() {
            prop_assert!(jobs.is_sorted(), "{:?}", jobs);
        }
    }
}
