//! Selects the transport from the results of earlier connections: a pure state machine.

use std::fmt;
use std::time::Duration;

use super::disconnect::{ConnectFailure, Disconnect};

/// Sessions without any data after which a buffering proxy is suspected.
const SILENT_SESSIONS: u8 = 2;
/// Failed WebSocket connections after which no more are tried.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportKind {
    Sse,
    /// A WebSocket.
    Ws,
}

impl TransportKind {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeReason {
    /// The headers of the event stream arrived, but no data within this time.
    NoSession(Duration),
    /// The headers of the response show a proxy that buffers the stream.
    Buffered,
    /// There was no data after the session of the event stream, more than once.
    Silent,
    /// The server or a proxy does not upgrade.
    Refused { status: u16 },
    /// WebSocket connections failed, more than once.
    Failing,
}

impl fmt::Display for ChangeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSession(wait) => {
                let seconds = wait.as_millis() as f64 / 1000.0;
                write!(f, "a proxy seems to buffer the event stream: no data arrived within {seconds} s")
            }
            Self::Buffered => f.write_str("the response headers show that a proxy buffers the event stream"),
            Self::Silent => f.write_str("the event stream sent no data after its session, twice"),
            Self::Refused { status } => write!(f, "the WebSocket was refused with HTTP {status}"),
            Self::Failing => write!(f, "{FAILED_UPGRADES} consecutive WebSocket connections failed"),
        }
    }
}

/// Selects transports. [`Transport::Auto`] changes at most twice: to a WebSocket, and permanently back.
#[derive(Debug)]
pub(super) struct TransportSelector {
    wanted: Transport,
    kind: TransportKind,
    websocket_failed: bool,
    silent_sessions: u8,
    failed_upgrades: u8,
    had_any_session: bool,
    /// Whether the current connection has a session.
    session: bool,
    /// Whether it received data after its session.
    received_data: bool,
}

impl TransportSelector {
    pub(super) fn new(wanted: Transport) -> Self {
        let kind = if wanted == Transport::Ws { TransportKind::Ws } else { TransportKind::Sse };
        Self {
            wanted,
            kind,
            websocket_failed: false,
            silent_sessions: 0,
            failed_upgrades: 0,
            had_any_session: false,
            session: false,
            received_data: false,
        }
    }

    /// Begins a connection and returns its transport.
    pub(super) fn begin(&mut self) -> TransportKind {
        (self.session, self.received_data) = (false, false);
        self.kind
    }

    /// Whether a WebSocket may be tried if this event stream does not begin soon.
    pub(super) fn can_try_websocket(&self) -> bool {
        self.wanted == Transport::Auto && self.kind == TransportKind::Sse && !self.websocket_failed
    }

    /// Whether a missing response may be caused by the transport: some proxies buffer even the head of the response.
    /// Not after a first session, which shows that there is no such proxy.
    pub(super) fn may_change_on_timeout(&self) -> bool {
        self.wanted == Transport::Auto && !self.websocket_failed && !self.had_any_session
    }

    /// Whether the event stream may be tried after a refused upgrade.
    pub(super) fn can_leave_websocket(&self) -> bool {
        self.wanted == Transport::Auto && self.kind == TransportKind::Ws
    }

    pub(super) fn on_read(&mut self) {
        self.received_data |= self.session;
    }

    pub(super) fn on_session(&mut self) {
        (self.session, self.had_any_session) = (true, true);
        self.failed_upgrades = 0;
    }

    /// Records how the connection ended. Returns the reason if the next one uses another transport.
    pub(super) fn on_disconnect(&mut self, reason: &Disconnect) -> Option<ChangeReason> {
        let change = if self.can_try_websocket() {
            self.leave_event_stream(reason)?
        } else if self.can_leave_websocket() {
            self.leave_socket(reason)?
        } else {
            return None;
        };
        self.websocket_failed = self.kind == TransportKind::Ws;
        self.kind = if self.websocket_failed { TransportKind::Sse } else { TransportKind::Ws };
        Some(change)
    }

    fn leave_event_stream(&mut self, reason: &Disconnect) -> Option<ChangeReason> {
        match reason {
            Disconnect::NoSession(wait) => return Some(ChangeReason::NoSession(*wait)),
            Disconnect::Connect(ConnectFailure::Timeout(wait)) if !self.had_any_session => {
                return Some(ChangeReason::NoSession(*wait));
            }
            Disconnect::Buffered => return Some(ChangeReason::Buffered),
            Disconnect::Silence(_) if self.session && !self.received_data => self.silent_sessions += 1,
            _ if self.received_data => self.silent_sessions = 0,
            _ => {}
        }
        (self.silent_sessions >= SILENT_SESSIONS).then_some(ChangeReason::Silent)
    }

    fn leave_socket(&mut self, reason: &Disconnect) -> Option<ChangeReason> {
        match reason {
            Disconnect::NoWebSocket { status, .. } => return Some(ChangeReason::Refused { status: *status }),
            Disconnect::Connect(ConnectFailure::Timeout(_)) if !self.had_any_session => {
                self.failed_upgrades += 1
            }
            // No connection, a rate limit, or a suspended machine: not caused by the transport.
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
    fn chosen_transport_is_never_changed() {
        for (wanted, kind) in [(Transport::Sse, TransportKind::Sse), (Transport::Ws, TransportKind::Ws)] {
            let mut selector = TransportSelector::new(wanted);
            for reason in [Disconnect::NoSession(WAIT), Disconnect::Buffered, refused()] {
                assert_eq!(end(&mut selector, false, false, reason), None);
                assert_eq!(selector.begin(), kind);
            }
        }
    }

    #[test]
    fn buffered_stream_changes_to_websocket() {
        let mut selector = TransportSelector::new(Transport::Auto);
        assert!(selector.can_try_websocket());
        let change = end(&mut selector, false, false, Disconnect::NoSession(WAIT));
        assert_eq!((change, selector.begin()), (Some(ChangeReason::NoSession(WAIT)), TransportKind::Ws));
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
    fn missing_response_counts_before_a_session() {
        let timeout = || Disconnect::Connect(ConnectFailure::Timeout(WAIT));
        let mut selector = TransportSelector::new(Transport::Auto);
        assert!(selector.may_change_on_timeout());
        assert_eq!(end(&mut selector, false, false, timeout()), Some(ChangeReason::NoSession(WAIT)));
        assert_eq!(end(&mut selector, false, false, timeout()), None);
        assert_eq!(end(&mut selector, false, false, timeout()), None);
        assert_eq!(end(&mut selector, false, false, timeout()), Some(ChangeReason::Failing));

        let mut selector = TransportSelector::new(Transport::Auto);
        assert_eq!(end(&mut selector, true, true, Disconnect::Ended), None);
        assert!(!selector.may_change_on_timeout());
        assert_eq!(end(&mut selector, false, false, timeout()), None);
    }

    #[test]
    fn two_silent_sessions_change_to_websocket() {
        let mut selector = TransportSelector::new(Transport::Auto);
        let silence = || Disconnect::Silence(WAIT);
        assert_eq!(end(&mut selector, true, false, silence()), None);
        assert_eq!(end(&mut selector, true, true, silence()), None, "data was received");
        assert_eq!(end(&mut selector, true, false, silence()), None);
        assert_eq!(end(&mut selector, false, false, Disconnect::Ended), None);
        assert_eq!(end(&mut selector, true, false, silence()), Some(ChangeReason::Silent));
    }

    #[test]
    fn failing_websockets_change_back() {
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
