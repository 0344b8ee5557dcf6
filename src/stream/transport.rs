//! Selects the transport: a pure state machine that learns from how connections end.

use std::fmt;
use std::time::Duration;

use super::disconnect::{ConnectFailure, Disconnect};

/// Sessions without any data after which a buffering proxy is suspected.
const SILENT_SESSIONS: u8 = 2;
/// Failed upgrades after which WebSockets are not tried again.
const FAILED_UPGRADES: u8 = 3;

/// The transport that the user chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Transport {
    /// An event stream; a WebSocket if a proxy buffers the event stream.
    #[default]
    Auto,
    /// Server-sent events only.
    Sse,
    /// A WebSocket only.
    Ws,
}

/// The transport of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportKind {
    /// An event stream.
    Sse,
    /// A WebSocket.
    Ws,
}

impl TransportKind {
    /// The name in `--transport`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sse => "sse",
            Self::Ws => "ws",
        }
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sse => "an event stream",
            Self::Ws => "a WebSocket",
        })
    }
}

/// Why the transport was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeReason {
    /// The event stream's headers arrived, but no data within this time.
    HeldBack(Duration),
    /// The answer's headers say that something on the way collects the stream.
    Buffered,
    /// The event stream fell silent right after its session, more than once.
    Silent,
    /// The server, or something on the way, does not upgrade.
    Refused {
        /// The status it answered.
        status: u16,
    },
    /// Upgrades came to nothing, more than once.
    Failing,
}

impl fmt::Display for ChangeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeldBack(wait) => {
                let seconds = wait.as_millis() as f64 / 1000.0;
                write!(
                    f,
                    "something on the way holds the event stream back: nothing of it came within {seconds} s"
                )
            }
            Self::Buffered => f.write_str("a proxy on the way says that it collects the event stream"),
            Self::Silent => f.write_str("the event stream fell silent right after it was opened, twice"),
            Self::Refused { status } => write!(f, "the WebSocket was refused with HTTP {status}"),
            Self::Failing => write!(f, "{FAILED_UPGRADES} WebSockets in a row came to nothing"),
        }
    }
}

/// Chooses. For [`Transport::Auto`] there are at most two changes: to a WebSocket and back for good.
#[derive(Debug)]
pub(super) struct TransportSelector {
    wanted: Transport,
    kind: TransportKind,
    /// Whether a WebSocket was tried in vain.
    settled: bool,
    silent_sessions: u8,
    failed_upgrades: u8,
    /// Whether any connection has had a session.
    proved: bool,
    /// Whether this connection has had a session, and then a frame.
    session: bool,
    alive: bool,
}

impl TransportSelector {
    pub(super) fn new(wanted: Transport) -> Self {
        let kind = if wanted == Transport::Ws { TransportKind::Ws } else { TransportKind::Sse };
        Self {
            wanted,
            kind,
            settled: false,
            silent_sessions: 0,
            failed_upgrades: 0,
            proved: false,
            session: false,
            alive: false,
        }
    }

    /// A connection is about to be made: by this.
    pub(super) fn begin(&mut self) -> TransportKind {
        (self.session, self.alive) = (false, false);
        self.kind
    }

    /// Whether something better may be tried if this event stream does not begin soon.
    pub(super) fn can_try_websocket(&self) -> bool {
        self.wanted == Transport::Auto && self.kind == TransportKind::Sse && !self.settled
    }

    /// Whether an answer that does not come may be the transport's fault, and another one is worth a
    /// try: some proxies hold even the answer's head back. Where a session once was, they do not.
    pub(super) fn may_change_on_timeout(&self) -> bool {
        self.wanted == Transport::Auto && !self.settled && !self.proved
    }

    /// Whether a refusal to upgrade is not the end.
    pub(super) fn can_leave_websocket(&self) -> bool {
        self.wanted == Transport::Auto && self.kind == TransportKind::Ws
    }

    /// Something was read.
    pub(super) fn on_read(&mut self) {
        self.alive |= self.session;
    }

    /// A session was opened.
    pub(super) fn on_session(&mut self) {
        (self.session, self.proved) = (true, true);
        self.failed_upgrades = 0;
    }

    /// Learns from how the connection ended; says why the next one is made by another transport.
    pub(super) fn on_disconnect(&mut self, reason: &Disconnect) -> Option<ChangeReason> {
        let change = if self.can_try_websocket() {
            self.leave_event_stream(reason)?
        } else if self.can_leave_websocket() {
            self.leave_socket(reason)?
        } else {
            return None;
        };
        self.settled = self.kind == TransportKind::Ws;
        self.kind = if self.settled { TransportKind::Sse } else { TransportKind::Ws };
        Some(change)
    }

    fn leave_event_stream(&mut self, reason: &Disconnect) -> Option<ChangeReason> {
        match reason {
            Disconnect::NoSession(wait) => return Some(ChangeReason::HeldBack(*wait)),
            Disconnect::Connect(ConnectFailure::Timeout(wait)) if !self.proved => {
                return Some(ChangeReason::HeldBack(*wait));
            }
            Disconnect::Buffered => return Some(ChangeReason::Buffered),
            Disconnect::Silence(_) if self.session && !self.alive => self.silent_sessions += 1,
            _ if self.alive => self.silent_sessions = 0,
            _ => {}
        }
        (self.silent_sessions >= SILENT_SESSIONS).then_some(ChangeReason::Silent)
    }

    fn leave_socket(&mut self, reason: &Disconnect) -> Option<ChangeReason> {
        match reason {
            Disconnect::NoWebSocket { status, .. } => return Some(ChangeReason::Refused { status: *status }),
            Disconnect::Connect(ConnectFailure::Timeout(_)) if !self.proved => self.failed_upgrades += 1,
            // nothing there at all, asked to wait, or asleep: the transport is not to blame
            Disconnect::Connect(_) | Disconnect::Suspended(_) | Disconnect::Status { status: 429, .. } => {}
            _ if !self.session => self.failed_upgrades += 1,
            _ => {}
        }
        (self.failed_upgrades >= FAILED_UPGRADES).then_some(ChangeReason::Failing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(5);

    fn end(
        selector: &mut TransportSelector,
        session: bool,
        alive: bool,
        reason: Disconnect,
    ) -> Option<ChangeReason> {
        selector.begin();
        if session {
            selector.on_session();
        }
        if alive {
            selector.on_read();
        }
        selector.on_disconnect(&reason)
    }

    fn refused() -> Disconnect {
        Disconnect::NoWebSocket { status: 426, problem: "x" }
    }

    #[test]
    fn a_wish_is_a_wish() {
        for (wanted, kind) in [(Transport::Sse, TransportKind::Sse), (Transport::Ws, TransportKind::Ws)] {
            let mut selector = TransportSelector::new(wanted);
            for reason in [Disconnect::NoSession(WAIT), Disconnect::Buffered, refused()] {
                assert_eq!(end(&mut selector, false, false, reason), None);
                assert_eq!(selector.begin(), kind);
            }
        }
    }

    #[test]
    fn a_stream_held_back_leads_to_a_socket_and_a_refusal_back_for_good() {
        let mut selector = TransportSelector::new(Transport::Auto);
        assert!(selector.can_try_websocket());
        let change = end(&mut selector, false, false, Disconnect::NoSession(WAIT));
        assert_eq!((change, selector.begin()), (Some(ChangeReason::HeldBack(WAIT)), TransportKind::Ws));
        assert!(selector.can_leave_websocket());
        let change = end(&mut selector, false, false, refused());
        assert_eq!(
            (change, selector.begin()),
            (Some(ChangeReason::Refused { status: 426 }), TransportKind::Sse)
        );
        for reason in [Disconnect::NoSession(WAIT), Disconnect::Buffered] {
            assert_eq!(end(&mut selector, false, false, reason), None);
        }
        assert!(!selector.can_try_websocket() && !selector.can_leave_websocket());
    }

    #[test]
    fn no_answer_at_all_counts_until_there_was_a_session() {
        let timeout = || Disconnect::Connect(ConnectFailure::Timeout(WAIT));
        let mut selector = TransportSelector::new(Transport::Auto);
        assert!(selector.may_change_on_timeout());
        assert_eq!(end(&mut selector, false, false, timeout()), Some(ChangeReason::HeldBack(WAIT)));
        assert_eq!(end(&mut selector, false, false, timeout()), None);
        assert_eq!(end(&mut selector, false, false, timeout()), None);
        assert_eq!(end(&mut selector, false, false, timeout()), Some(ChangeReason::Failing));

        let mut selector = TransportSelector::new(Transport::Auto);
        assert_eq!(end(&mut selector, true, true, Disconnect::Ended), None);
        assert!(!selector.may_change_on_timeout());
        assert_eq!(end(&mut selector, false, false, timeout()), None);
    }

    #[test]
    fn two_silent_sessions_in_a_row_lead_to_a_socket() {
        let mut selector = TransportSelector::new(Transport::Auto);
        let silence = || Disconnect::Silence(WAIT);
        assert_eq!(end(&mut selector, true, false, silence()), None);
        assert_eq!(end(&mut selector, true, true, silence()), None, "something was heard");
        assert_eq!(end(&mut selector, true, false, silence()), None);
        assert_eq!(end(&mut selector, false, false, Disconnect::Ended), None);
        assert_eq!(end(&mut selector, true, false, silence()), Some(ChangeReason::Silent));
    }

    #[test]
    fn sockets_that_come_to_nothing_are_given_up_but_not_for_what_is_not_their_fault() {
        let mut selector = TransportSelector::new(Transport::Auto);
        end(&mut selector, false, false, Disconnect::Buffered);
        let bad_gateway = || Disconnect::Status { status: 502, retry_after: None };
        for _ in 0..9 {
            let refused = Disconnect::Connect(ConnectFailure::Refused);
            assert_eq!(end(&mut selector, false, false, refused), None);
        }
        for _ in 0..9 {
            assert_eq!(end(&mut selector, false, false, bad_gateway()), None);
            assert_eq!(end(&mut selector, true, false, Disconnect::Ended), None, "a session");
        }
        assert_eq!(end(&mut selector, false, false, bad_gateway()), None);
        assert_eq!(end(&mut selector, false, false, Disconnect::Ended), None);
        assert_eq!(end(&mut selector, false, false, bad_gateway()), Some(ChangeReason::Failing));
        assert_eq!(selector.begin(), TransportKind::Sse);
    }
}
