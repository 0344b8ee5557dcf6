//! The backlog counts every byte that it allows into memory.

use proptest::prelude::*;

use super::*;

/// The largest event of the stream.
const LARGEST: Size = Size { fixed: 1500, body: 16 * 1024 * 1024 };

fn small(body: usize) -> Size {
    Size { fixed: 0, body }
}

#[test]
fn full_backlog_reopens_at_three_quarters() {
    let mut backlog = Backlog::default();
    (0..MAX_EVENTS).for_each(|_| backlog.add(small(1)));
    assert!(!backlog.has_capacity());
    assert!(backlog.just_filled());
    assert!(!backlog.just_filled(), "reported once");
    (0..MAX_EVENTS / 4 - 1).for_each(|_| backlog.remove(small(1)));
    assert!(!backlog.has_capacity());
    backlog.remove(small(1));
    assert!(backlog.has_capacity());
}

#[test]
fn one_huge_event_waits_alone() {
    let mut backlog = Backlog::default();
    assert!(backlog.fits(small(MAX_BYTES * 2)));
    backlog.add(small(MAX_BYTES * 2));
    assert!(!backlog.has_capacity());
    backlog.remove(small(MAX_BYTES * 2));
    assert!(backlog.has_capacity());
}

#[test]
fn large_event_does_not_join_others() {
    let mut backlog = Backlog::default();
    backlog.add(small(MAX_BYTES / 2));
    assert!(!backlog.fits(small(MAX_BYTES / 2 + 1)));
    assert!(!backlog.has_capacity(), "what comes next waits, too");
}

#[test]
fn metadata_of_spilled_events_counts() {
    let mut backlog = Backlog::default();
    let size = Size { fixed: MAX_BYTES / 4, body: MAX_BYTES };
    (0..4).for_each(|_| backlog.spill(size));
    assert_eq!(backlog.bytes_in_memory(), MAX_BYTES);
    assert!(backlog.fits(small(1)), "one may always wait in memory");
    backlog.add(small(1));
    assert!(!backlog.has_capacity());
    (0..4).for_each(|_| backlog.unspill(size));
    assert!(backlog.has_capacity());
}

#[derive(Clone, Debug)]
enum Step {
    Accept(Size),
    Start,
    StopReason,
}

fn step() -> impl Strategy<Value = Step> {
    let body = prop_oneof![0..2000usize, 0..LARGEST.body, Just(LARGEST.body)];
    prop_oneof![
        4 => (200..LARGEST.fixed, body).prop_map(|(fixed, body)| Step::Accept(Size { fixed, body })),
        2 => Just(Step::Start),
        2 => Just(Step::StopReason),
    ]
}

proptest! {
    /// Like the engine while a target is down: bodies that do not fit wait in the history, and are read back for
    /// their attempts.
    #[test]
    fn bytes_in_memory_are_bounded(steps in prop::collection::vec(step(), 1..400)) {
        let mut backlog = Backlog::default();
        let mut waiting = std::collections::VecDeque::new();
        let mut running = std::collections::VecDeque::new();
        for step in steps {
            match step {
                Step::Accept(size) if backlog.has_capacity() || backlog.may_spill() => {
                    let is_stored = !backlog.has_capacity() || !backlog.fits(size);
                    if is_stored { backlog.spill(size) } else { backlog.add(size) }
                    waiting.push_back((size, is_stored));
                }
                Step::Accept(_) => {}
                Step::Start => {
                    let next = waiting.front().copied();
                    if let Some((size, is_stored)) = next.filter(|(size, is_stored)| {
                        !is_stored || backlog.may_load(size.body)
                    }) {
                        if is_stored {
                            backlog.load(size.body);
                        }
                        waiting.pop_front();
                        running.push_back((size, is_stored));
                    }
                }
                Step::StopReason => match running.pop_front() {
                    Some((size, true)) => {
                        backlog.unload(size.body);
                        backlog.unspill(size);
                    }
                    Some((size, false)) => backlog.remove(size),
                    None => {}
                },
            }
            // Waiting bodies, bodies that were read back, and the metadata of each event.
            let bound = 2 * MAX_BYTES + (waiting.len() + running.len()) * LARGEST.fixed;
            prop_assert!(backlog.bytes_in_memory() <= bound, "{} bytes", backlog.bytes_in_memory());
        }
        for (size, is_stored) in running.drain(..) {
            if is_stored {
                backlog.unload(size.body);
            }
            waiting.push_back((size, is_stored));
        }
        for (size, is_stored) in waiting {
            if is_stored { backlog.unspill(size) } else { backlog.remove(size) }
        }
        prop_assert_eq!((backlog.bytes_in_memory(), backlog.events(), backlog.has_capacity()), (0, 0, true));
    }
}
