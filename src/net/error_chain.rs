//! The causes of network errors, and their messages.

use std::error::Error;
use std::io;

use super::failure_cause::{FailureCause, NoResponse};

/// An error and its causes, outermost first, including the errors inside I/O errors.
pub(crate) struct ErrorChain<'a>(pub(crate) Option<&'a (dyn Error + 'static)>);

impl<'a> Iterator for ErrorChain<'a> {
    type Item = &'a (dyn Error + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let current = self.0?;
        let wrapped = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        self.0 = match wrapped {
            Some(inner) => Some(inner),
            None => current.source(),
        };
        Some(current)
    }
}

/// The message for a failed request to cStar: that of its [`FailureCause`] if there is one.
pub(crate) fn error_message(error: &(dyn Error + 'static)) -> String {
    match no_response(error) {
        // The first bytes of the response are unknown here, so these two are less specific than for a target.
        Some(NoResponse { cause: FailureCause::NotTls, .. }) => "the server does not speak https".to_owned(),
        Some(NoResponse { cause: FailureCause::NotHttp, .. }) => {
            "the server answered with something that is not HTTP/1.1".to_owned()
        }
        Some(found) => format!("the server {found}"),
        // The outer errors add no reason, and repeat addresses.
        None => system_words(&ErrorChain(Some(error)).last().map(ToString::to_string).unwrap_or_default()),
    }
}

/// Why a request got no response, if its error contains the cause.
pub(crate) fn no_response(error: &(dyn Error + 'static)) -> Option<NoResponse> {
    let request = error.downcast_ref::<reqwest::Error>();
    let connecting = request.is_some_and(reqwest::Error::is_connect);
    // Other errors come from a stream, so the response has begun.
    let answered = request.is_none_or(|error| error.is_body() || error.is_decode());
    let ended = if answered { FailureCause::CutOff } else { FailureCause::Closed };
    ErrorChain(Some(error)).find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return Some(tls(error).into());
        }
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            return http(error, ended).map(NoResponse::from);
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return input_output(error, connecting, ended);
        }
        // The error type of the connector is private, so only its text can be compared.
        cause.to_string().starts_with("dns error").then(|| FailureCause::NameNotFound.into())
    })
}

fn tls(error: &rustls::Error) -> FailureCause {
    use rustls::{AlertDescription, Error as Tls};
    match error {
        Tls::InvalidCertificate(_) => match certificate_problem(error) {
            Some(CertificateProblem::Expired) => FailureCause::CertificateExpired,
            Some(CertificateProblem::NotYetValid) => FailureCause::CertificateNotYetValid,
            Some(CertificateProblem::WrongName) => FailureCause::CertificateWrongName,
            _ => FailureCause::CertificateUntrusted,
        },
        Tls::InvalidMessage(_) => FailureCause::NotTls,
        Tls::AlertReceived(AlertDescription::NoApplicationProtocol) => FailureCause::SpeaksHttp2,
        _ => FailureCause::TlsRejected,
    }
}

fn http(error: &hyper::Error, ended: FailureCause) -> Option<FailureCause> {
    let text = error.to_string();
    // hyper has no method for these two kinds. The second is a server that sends data first, such as a mail server.
    if text.starts_with("invalid HTTP version") || text.starts_with("received unexpected message") {
        return Some(FailureCause::NotHttp);
    }
    if error.is_parse() {
        return Some(if ended == FailureCause::CutOff { ended } else { FailureCause::BadHead });
    }
    (error.is_incomplete_message() || error.is_canceled() || error.is_closed()).then_some(ended)
}

fn input_output(error: &io::Error, connecting: bool, ended: FailureCause) -> Option<NoResponse> {
    use io::ErrorKind as Kind;
    Some(match error.kind() {
        Kind::ConnectionRefused => FailureCause::Refused.into(),
        Kind::HostUnreachable | Kind::NetworkUnreachable => FailureCause::NoRoute.into(),
        Kind::TimedOut if connecting => FailureCause::ConnectTimeout.into(),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => match ended {
            FailureCause::CutOff => FailureCause::CutOff.into(),
            _ => FailureCause::Reset.into(),
        },
        Kind::UnexpectedEof if error.get_ref().is_none_or(|inner| !inner.is::<rustls::Error>()) => {
            if connecting {
                FailureCause::TlsClosed.into()
            } else {
                ended.into()
            }
        }
        _ if connecting && error.raw_os_error().is_some() => {
            NoResponse { cause: FailureCause::LocalLimit, detail: Some(system_words(&error.to_string())) }
        }
        _ => return None,
    })
}

/// A system message for the middle of a sentence: `Broken pipe (os error 32)` as `broken pipe`.
fn system_words(text: &str) -> String {
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text.to_owned(),
    }
}

/// Whether TLS failed, which a retry does not change.
pub(crate) fn is_tls(error: &(dyn Error + 'static)) -> bool {
    ErrorChain(Some(error)).any(|cause| cause.is::<rustls::Error>())
}

/// The problem with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateProblem {
    /// Not signed by a trusted authority.
    UnknownIssuer,
    Expired,
    /// Not valid yet, or this machine's clock is behind.
    NotYetValid,
    /// Issued for another host.
    WrongName,
    /// The certificate of an authority, which servers must not use.
    Authority,
    Other,
}

/// The problem with the server's certificate, if that is the cause of the error.
pub(crate) fn certificate_problem(error: &(dyn Error + 'static)) -> Option<CertificateProblem> {
    use rustls::CertificateError as Bad;
    let found = ErrorChain(Some(error)).find_map(|cause| match cause.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(problem)) => Some(problem),
        _ => None,
    })?;
    Some(match found {
        Bad::UnknownIssuer => CertificateProblem::UnknownIssuer,
        Bad::Expired | Bad::ExpiredContext { .. } => CertificateProblem::Expired,
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => CertificateProblem::NotYetValid,
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => CertificateProblem::WrongName,
        // The error type belongs to another crate, so only its text can be compared.
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => CertificateProblem::Authority,
        _ => CertificateProblem::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_inside_io_errors_are_found() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let error = io::Error::other(io::Error::other(refused));
        assert!(!is_tls(&error));
        assert_eq!(error_message(&error), "the server refuses connections");
        let tls = io::Error::other(io::Error::other(rustls::Error::DecryptError));
        assert!(is_tls(&tls));
    }

    #[test]
    fn causes_have_messages() {
        let message = |error: rustls::Error| error_message(&io::Error::other(error));
        let no_tls = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        assert_eq!(message(no_tls), "the server does not speak https");
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::NoApplicationProtocol);
        assert_eq!(message(alert), "the server speaks HTTP/2 only");
        let issuer = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        assert!(message(issuer).ends_with("this machine does not trust"));
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(error_message(&reset), "the server closed the connection in the middle of its answer");
        assert_eq!(error_message(&io::Error::other("odd")), "odd");
        assert_eq!(system_words("Broken pipe (os error 32)"), "broken pipe");
    }

    #[test]
    fn certificate_problems_are_distinguished() {
        use rustls::CertificateError as Bad;
        let problem = |bad: Bad| {
            certificate_problem(&io::Error::other(rustls::Error::InvalidCertificate(bad))).unwrap()
        };
        assert_eq!(problem(Bad::UnknownIssuer), CertificateProblem::UnknownIssuer);
        assert_eq!(problem(Bad::Expired), CertificateProblem::Expired);
        assert_eq!(problem(Bad::NotValidYet), CertificateProblem::NotYetValid);
        assert_eq!(problem(Bad::NotValidForName), CertificateProblem::WrongName);
        assert_eq!(problem(Bad::BadSignature), CertificateProblem::Other);
        assert_eq!(certificate_problem(&io::Error::other(rustls::Error::DecryptError)), None);
    }
}
