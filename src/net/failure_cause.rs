//! Why a server did not respond, or a command did not start: one list of causes, each with a message and advice.
//!
//! `target_client` finds the cause where the request is made. `listen`, `trigger`, `replay`, `why`, `doctor`, `webhooks
//! test` and the MCP tools all show the same message and the same advice. The history and the API store the
//! message as text, so [`FailureCause::from_message`] finds the cause again.

/// Why there is no response. The subject of each message is the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureCause {
    // No byte of the request was sent.
    /// Nothing listens at the address.
    Refused,
    /// The host name has no address, or no name server answered.
    NameNotFound,
    /// There is no route to the address.
    NoRoute,
    /// This machine has no descriptor, port or permission left for a connection.
    LocalLimit,
    /// The connection was not accepted in time.
    ConnectTimeout,
    /// The certificate is not signed by a trusted authority.
    CertificateUntrusted,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateWrongName,
    /// TLS on a port that speaks plain http.
    SpeaksHttp,
    /// TLS on a port that speaks neither https nor http.
    NotTls,
    /// The server offers only HTTP/2.
    SpeaksHttp2,
    /// The server ended the handshake with an alert, or the two share no version or cipher.
    TlsRejected,
    /// The connection ended during the handshake.
    TlsClosed,
    TlsTimeout,

    /// There is no such program, or its interpreter is missing.
    CommandNotFound,
    /// The program is not executable, or for another system.
    CommandNotExecutable,
    /// There are no processes, descriptors or memory left for it.
    CommandNotStarted,

    // The request may have been received.
    /// Plain http on a port that speaks TLS.
    SpeaksHttps,
    /// The first bytes of the response are not HTTP.
    NotHttp,
    /// The status line or a header is invalid.
    BadHead,
    /// Closed without a byte of a response.
    Closed,
    /// Reset without a byte of a response.
    Reset,
    /// Closed within the status line or the headers.
    CutOff,
}

impl FailureCause {
    const ALL: [Self; 24] = [
        Self::Refused,
        Self::NameNotFound,
        Self::NoRoute,
        Self::LocalLimit,
        Self::ConnectTimeout,
        Self::CertificateUntrusted,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::CertificateWrongName,
        Self::SpeaksHttp,
        Self::NotTls,
        Self::SpeaksHttp2,
        Self::TlsRejected,
        Self::TlsClosed,
        Self::TlsTimeout,
        Self::CommandNotFound,
        Self::CommandNotExecutable,
        Self::CommandNotStarted,
        Self::SpeaksHttps,
        Self::NotHttp,
        Self::BadHead,
        Self::Closed,
        Self::Reset,
        Self::CutOff,
    ];

    /// Whether no byte of the request can have been received, so that the delivery can wait.
    pub(crate) fn is_connect_failure(self) -> bool {
        !matches!(
            self,
            Self::SpeaksHttps | Self::NotHttp | Self::BadHead | Self::Closed | Self::Reset | Self::CutOff
        )
    }

    /// The message, which fits after the address of the server.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Refused => "refuses connections",
            Self::NameNotFound => "has a host name that cannot be resolved",
            Self::NoRoute => "cannot be reached: there is no route to the address",
            Self::LocalLimit => "could not be connected to from this machine",
            Self::ConnectTimeout => "did not accept the connection in time",
            Self::CertificateUntrusted => "has a certificate that this machine does not trust",
            Self::CertificateExpired => "has an expired certificate",
            Self::CertificateNotYetValid => "has a certificate that is not valid yet",
            Self::CertificateWrongName => "has a certificate for another host name",
            Self::SpeaksHttp => "speaks http, not https",
            Self::NotTls => "speaks neither https nor http",
            Self::SpeaksHttp2 => "speaks HTTP/2 only",
            Self::TlsRejected => "did not agree on TLS with this client",
            Self::TlsClosed => "closed the connection during the TLS handshake",
            Self::TlsTimeout => "did not finish the TLS handshake in time",
            Self::CommandNotFound => "cannot be started: there is no such program",
            Self::CommandNotExecutable => {
                "cannot be started: it is not a program that this system can execute"
            }
            // The beginning of the others, so it comes after them in `ALL`.
            Self::CommandNotStarted => "cannot be started",
            Self::SpeaksHttps => "speaks https, not http",
            Self::NotHttp => "answered with something that is not HTTP",
            Self::BadHead => "answered with an invalid status line or header",
            Self::Closed => "closed the connection without an answer",
            Self::Reset => "reset the connection without an answer",
            Self::CutOff => "closed the connection in the middle of its answer",
        }
    }

    /// What to check or change.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::Refused => "is your server running, at this address and port?",
            Self::NameNotFound => "check the host name; in containers, whether its service is up",
            Self::NoRoute => "check the address, and the network of this machine or container",
            Self::LocalLimit => {
                "check the limits of this machine: open files (`ulimit -n`), local ports, firewall"
            }
            Self::ConnectTimeout => "check address, port and firewall, and whether the server is overloaded",
            Self::CertificateUntrusted => "self-signed, or from a private authority? add --insecure",
            Self::CertificateExpired => "renew the certificate, or add --insecure",
            Self::CertificateNotYetValid => "check the clock of this machine, or add --insecure",
            Self::CertificateWrongName => "use the name that the certificate is for, or add --insecure",
            Self::SpeaksHttp => "use http:// in the address",
            Self::SpeaksHttp2 => "enable HTTP/1.1 in the server: webhooks are sent with it",
            Self::TlsRejected => "the server needs TLS 1.2 or 1.3, and must not ask for a client certificate",
            Self::TlsClosed | Self::TlsTimeout => "does it speak https at this port? see the server's log",
            Self::CommandNotFound => {
                "check the name and PATH; a pipe or another word of a shell needs --exec-shell"
            }
            Self::CommandNotExecutable => "make it executable (`chmod +x`), and begin a script with `#!`",
            Self::CommandNotStarted => {
                "check the limits of this machine: processes (`ulimit -u`), open files"
            }
            Self::SpeaksHttps => "use https:// in the address",
            Self::NotTls | Self::NotHttp => "another kind of server has this port: check the port",
            Self::BadHead => "see the server's log; is there a proxy in between?",
            Self::Closed | Self::Reset | Self::CutOff => "did the handler crash? see the server's log",
        }
    }

    /// Whether the server's certificate is the problem.
    pub(crate) fn is_certificate(self) -> bool {
        matches!(
            self,
            Self::CertificateUntrusted
                | Self::CertificateExpired
                | Self::CertificateNotYetValid
                | Self::CertificateWrongName
        )
    }

    pub(crate) fn from_message(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| text.starts_with(cause.message()))
    }
}

/// A cause and, if it helps, the system's message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .cause.message(), .detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default())]
pub(crate) struct NoResponse {
    pub(crate) cause: FailureCause,
    pub(crate) detail: Option<String>,
}

impl From<FailureCause> for NoResponse {
    fn from(cause: FailureCause) -> Self {
        Self { cause, detail: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_found_by_message() {
        for cause in FailureCause::ALL {
            let plain = NoResponse::from(cause).to_string();
            let detailed = NoResponse { cause, detail: Some("x".into()) }.to_string();
            assert_eq!(FailureCause::from_message(&plain), Some(cause), "{plain}");
            assert_eq!(FailureCause::from_message(&detailed), Some(cause), "{detailed}");
            assert!(!cause.advice().is_empty());
        }
        assert_eq!(FailureCause::from_message("answered HTTP 500"), None);
    }
}
