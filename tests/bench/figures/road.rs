//! A forwarder between a stream and a receiver.

use std::io::Write;
use std::time::Instant;

use super::case::Case;
use crate::raw::events;
use crate::raw::listen::Listen;
use crate::raw::receiver::Receiver;
use crate::raw::stream::{Listener, StreamServer};

pub(crate) struct Road {
    pub(crate) server: StreamServer,
    pub(crate) listener: Listener,
    pub(crate) receiver: Receiver,
    pub(crate) listen: Listen,
    /// Events sent so far.
    pub(crate) sent: usize,
    body: usize,
}

impl Road {
    /// Starts it, and waits until it is connected. `body` is the size of each event.
    pub(crate) fn open(case: &Case, body: usize) -> Self {
        Self::wrapped(&[], case, body, None)
    }

    /// The same below another program, such as strace, until `count` events are delivered.
    pub(crate) fn wrapped(wrapper: &[&str], case: &Case, body: usize, count: Option<usize>) -> Self {
        let (server, receiver) = (StreamServer::start(), Receiver::start());
        let listen = Listen::start(wrapper, case, &server.base, receiver.port, count);
        let listener = server.listener();
        Self { server, listener, receiver, listen, sent: 0, body }
    }

    /// Sends a burst, of which at most `window` events are not answered; returns the seconds from its first
    /// byte to its last request.
    pub(crate) fn burst(&mut self, count: usize, window: Option<usize>) -> f64 {
        let mut frames = self.frames(count);
        let start = Instant::now();
        if let Some(window) = window.filter(|window| *window < count) {
            let each = frames.len() / count;
            let rest = frames.split_off(window * each);
            self.receiver.feed(self.listener.stream.try_clone().unwrap(), rest, each);
        }
        self.listener.stream.write_all(&frames).unwrap();
        let last = self.receiver.wait_for(self.sent);
        assert_eq!(self.receiver.sum(), self.sent * (self.sent - 1) / 2, "an event is lost or repeated");
        (last - start).as_secs_f64()
    }

    /// The frames of the next events.
    pub(crate) fn frames(&mut self, count: usize) -> Vec<u8> {
        let frames = events::frames(self.sent..self.sent + count, self.body);
        self.sent += count;
        frames
    }
}

/// A delivery as `listen` makes it, byte for byte.
pub(crate) fn sample(cases: &[Case], body: usize) -> Vec<u8> {
    let mut road = Road::open(cases.iter().find(|case| !case.is_reference()).unwrap(), body);
    road.burst(1, None);
    road.receiver.sample().unwrap()
}
