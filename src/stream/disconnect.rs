//! Why a connection of the stream failed or ended. The messages contain no URLs or credentials.

use std::time::Duration;
use std::{fmt, io};

use super::content_type::ContentType;
use crate::net::error_chain::{ErrorChain, error_message};

/// Why the stream is not connected; another attempt follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Disconnect {
    /// There was no response.
    Connect(ConnectFailure),
    /// A status that is likely to be temporary.
    Status {
        /// 408, 429 or 5xx.
        status: u16,
        /// The wait that `Retry-After` asks for.
        retry_after: Option<Duration>,
    },
    /// The response to a reconnection was not an event stream.
    NotAStream {
        /// The status, 2xx.
        status: u16,
        found: ContentType,
    },
    /// The response did not open a WebSocket.
    NoWebSocket { status: u16, problem: &'static str },
    /// The headers show a proxy that buffers the stream. The next connection uses the other transport.
    Buffered,
    /// The connection was open, but no session began within this time.
    NoSession(Duration),
    /// The server ended the stream cleanly.
    Ended,
    /// The server closed the WebSocket and gave a reason.
    Closed {
        /// The status code of the close frame.
        code: u16,
        /// The reason, raw.
        reason: String,
    },
    /// The connection broke.
    Cut(String),
    /// The server violated the WebSocket protocol.
    Protocol(String),
    /// One message began this long ago and has not ended.
    Unfinished(Duration),
    /// Nothing was received for this long, so the peer is considered dead.
    Silence(Duration),
    /// This machine was suspended for this long, or its clock was set forward. The connection is
    /// probably dead.
    Suspended(Duration),
    /// The server sent an error frame, which was emitted before.
    ErrorFrame {
        /// The wait that the error object asks for.
        retry_after: Option<Duration>,
    },
}

impl Disconnect {
    /// The wait that the server asks for before the next attempt.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } | Self::ErrorFrame { retry_after } => *retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(failure) => failure.fmt(f),
            Self::Status { status, .. } => write!(f, "the server answered HTTP {status}"),
            Self::NotAStream { status, found } => {
                write!(f, "the server answered HTTP {status} with {found} instead of an event stream")
            }
            Self::NoWebSocket { status, problem } => {
                write!(f, "the server answered the WebSocket request with HTTP {status}: {problem}")
            }
            Self::Buffered => f.write_str("a proxy buffers the stream"),
            Self::Closed { code, reason } if reason.is_empty() => {
                write!(f, "the server closed the WebSocket with code {code}")
            }
            Self::Closed { code, reason } => {
                write!(f, "the server closed the WebSocket with code {code} ({reason})")
            }
            Self::Suspended(time) => write!(f, "this machine was asleep for {} s", time.as_secs()),
            Self::NoSession(wait) => write!(f, "the server opened no session within {}", Seconds(*wait)),
            Self::Ended => f.write_str("the server ended the stream"),
            Self::Cut(cause) => write!(f, "the connection was cut ({cause})"),
            Self::Protocol(cause) => write!(f, "the server violated the WebSocket protocol ({cause})"),
            Self::Unfinished(wait) => {
                write!(f, "a message of the server did not end within {}", Seconds(*wait))
            }
            Self::Silence(wait) => write!(f, "nothing was received from the server for {}", Seconds(*wait)),
            Self::ErrorFrame { .. } => f.write_str("the server ended the stream with an error"),
        }
    }
}

/// Why there was no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConnectFailure {
    /// Nothing listens there.
    Refused,
    /// The host name has no address.
    Dns,
    /// The TLS handshake failed.
    Tls(String),
    /// No response within this time.
    Timeout(Duration),
    /// Another cause.
    Other(String),
}

impl ConnectFailure {
    /// Finds the cause of a failed request. `waited` is the time until a timeout of the system.
    pub(crate) fn from_error(error: &reqwest::Error, waited: Duration) -> Self {
        for cause in ErrorChain(Some(error)) {
            if cause.is::<rustls::Error>() {
                return Self::Tls(error_message(error));
            }
            match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => return Self::Refused,
                Some(io::ErrorKind::TimedOut) => return Self::Timeout(waited),
                _ => {}
            }
            // The error type of the connector is private, so only its text can be compared.
            if cause.to_string().starts_with("dns error") {
                return Self::Dns;
            }
        }
        if error.is_timeout() { Self::Timeout(waited) } else { Self::Other(error_message(error)) }
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("the connection was refused: nothing listens at that address"),
            Self::Dns => f.write_str("the host name could not be resolved"),
            Self::Tls(cause) => write!(f, "the TLS handshake failed ({cause})"),
            Self::Timeout(wait) => write!(f, "the server did not answer within {}", Seconds(*wait)),
            Self::Other(cause) => write!(f, "the connection failed ({cause})"),
        }
    }
}

/// Displays a duration in seconds.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.as_millis() as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_readable() {
        let text = |reason: Disconnect| reason.to_string();
        assert_eq!(
            text(Disconnect::Silence(Duration::from_secs(45))),
            "nothing was received from the server for 45 s"
        );
        assert_eq!(
            text(Disconnect::NoSession(Duration::from_millis(90))),
            "the server opened no session within 0.09 s"
        );
        assert_eq!(
            text(Disconnect::NotAStream { status: 200, found: ContentType::Other("text/html".into()) }),
            "the server answered HTTP 200 with text/html instead of an event stream"
        );
    }
}
