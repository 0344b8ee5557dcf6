//! The attempts in flight, which the task of the engine drives itself: a task for each costs more than an attempt.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use tokio::task::coop::unconstrained;

use super::job::InFlight;
use crate::forward::attempt::AttemptResult;

/// A job whose attempt has ended.
pub(super) type AttemptEnd = (InFlight, AttemptResult);

type Running = Pin<Box<dyn Future<Output = AttemptResult> + Send>>;

#[derive(Default)]
pub(super) struct Attempts {
    slots: Vec<Slot>,
    /// The numbers of the slots without an attempt.
    free: Vec<usize>,
    awake: Arc<Awake>,
    /// What was awake at the last look; kept for its memory.
    polled: Vec<usize>,
    ended: VecDeque<AttemptEnd>,
}

/// The place of one attempt, used again for later ones.
struct Slot {
    /// Kept here, so that not even a panic can lose it.
    flight: Option<InFlight>,
    running: Option<Running>,
    signal: Arc<Signal>,
    waker: Waker,
}

/// Wakes the attempt in one slot.
struct Signal {
    number: usize,
    is_awake: AtomicBool,
    awake: Arc<Awake>,
}

/// The slots whose attempts can continue.
#[derive(Default)]
struct Awake {
    numbers: Mutex<Vec<usize>>,
    engine: AtomicWaker,
}

impl Awake {
    fn with_numbers<T>(&self, act: impl FnOnce(&mut Vec<usize>) -> T) -> T {
        act(&mut self.numbers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_awake.swap(true, Ordering::AcqRel) {
            self.awake.with_numbers(|numbers| numbers.push(self.number));
            self.awake.engine.wake();
        }
    }
}

impl Attempts {
    /// Its first step is made by [`advance`](Self::advance) or [`next_end`](Self::next_end).
    pub(super) fn start<F>(&mut self, flight: InFlight, attempt: F)
    where
        F: Future<Output = AttemptResult> + Send + 'static,
    {
        let number = self.free.pop().unwrap_or_else(|| self.add_slot());
        if let Some(slot) = self.slots.get_mut(number) {
            slot.flight = Some(flight);
            slot.running = Some(Box::pin(attempt));
            slot.signal.wake_by_ref();
        }
    }

    fn add_slot(&mut self) -> usize {
        let number = self.slots.len();
        let signal =
            Arc::new(Signal { number, is_awake: AtomicBool::new(false), awake: Arc::clone(&self.awake) });
        let waker = Waker::from(Arc::clone(&signal));
        self.slots.push(Slot { flight: None, running: None, signal, waker });
        number
    }

    /// Lets every attempt continue that need not wait. [`next_end`](Self::next_end) returns those that end.
    pub(super) async fn advance(&mut self) {
        poll_fn(|context| {
            self.poll_awake(context);
            Poll::Ready(())
        })
        .await;
    }

    /// Waits for an attempt to end; `None` if none is running. Cancel safe.
    pub(super) async fn next_end(&mut self) -> Option<AttemptEnd> {
        poll_fn(|context| {
            if self.ended.is_empty() {
                self.poll_awake(context);
            }
            match self.ended.pop_front() {
                None if self.in_flight() > 0 => Poll::Pending,
                end => Poll::Ready(end),
            }
        })
        .await
    }

    /// Another attempt that has ended already.
    pub(super) fn try_next_end(&mut self) -> Option<AttemptEnd> {
        self.ended.pop_front()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// The jobs of the attempts that have not ended.
    pub(super) fn flights(&self) -> impl Iterator<Item = &InFlight> {
        self.slots.iter().filter_map(|slot| slot.flight.as_ref())
    }

    /// Ends all attempts without a result.
    pub(super) fn abort(&mut self) {
        for slot in &mut self.slots {
            slot.running = None;
        }
    }

    fn poll_awake(&mut self, context: &mut Context<'_>) {
        self.awake.engine.register(context.waker());
        self.awake.with_numbers(|numbers| std::mem::swap(numbers, &mut self.polled));
        for number in self.polled.drain(..) {
            let Some(slot) = self.slots.get_mut(number) else { continue };
            slot.signal.is_awake.store(false, Ordering::Release);
            let Some(result) = slot.poll() else { continue };
            if let Some(flight) = slot.flight.take() {
                self.ended.push_back((flight, result));
                self.free.push(number);
            }
        }
    }
}

impl Slot {
    fn poll(&mut self) -> Option<AttemptResult> {
        let running = self.running.as_mut()?;
        let mut context = Context::from_waker(&self.waker);
        // All attempts would share the budget of one task; each waits for the network after a few steps anyway.
        let polled = catch_unwind(AssertUnwindSafe(|| {
            Pin::new(&mut unconstrained(running.as_mut())).poll(&mut context)
        }));
        let result = match polled {
            Ok(Poll::Pending) => return None,
            Ok(Poll::Ready(result)) => result,
            // A bug in cstar: it is reported as a failed delivery.
            Err(panic) => {
                let text = panic.downcast_ref::<&str>().copied();
                let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                AttemptResult::impossible(format!("internal error: {}", text.unwrap_or("a panic")))
            }
        };
        self.running = None;
        Some(result)
    }
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts").field("in_flight", &self.in_flight()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "attempts/tests.rs"]
mod tests;
