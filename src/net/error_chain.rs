//! What lies behind a network error: the chain of its causes, and what happened in plain words.

use std::error::Error;
use std::io;

use super::failure_cause::{FailureCause, NoResponse};

/// An error and its causes, outermost first. Looks into I/O errors too, which hide the error they wrap.
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

/// What happened to a request to cStar, in the words of its [`FailureCause`] where there is one.
pub(crate) fn error_message(error: &(dyn Error + 'static)) -> String {
    match no_response(error) {
        // What the answer began with is not known here, so these two say less than for a target.
        Some(NoResponse { cause: FailureCause::NotTls, .. }) => "the server does not speak https".to_owned(),
        Some(NoResponse { cause: FailureCause::NotHttp, .. }) => {
            "the server answered with something that is not HTTP/1.1".to_owned()
        }
        Some(found) => format!("the server {found}"),
        // The outer causes say only that something failed, and repeat addresses.
        None => system_words(&ErrorChain(Some(error)).last().map(ToString::to_string).unwrap_or_default()),
    }
}

/// Why a request got no answer, as far as its error says.
pub(crate) fn no_response(error: &(dyn Error + 'static)) -> Option<NoResponse> {
    let request = error.downcast_ref::<reqwest::Error>();
    let connecting = request.is_some_and(reqwest::Error::is_connect);
    // What is no error of a request is one of a stream, which has begun.
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
        // The connector's error type is private; its text is all there is.
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
    // The client has no method for these two kinds. The second is a server that speaks first, as mail servers do.
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

/// The system's words in the middle of a sentence: `Broken pipe (os error 32)` as `broken pipe`.
fn system_words(text: &str) -> String {
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text.to_owned(),
    }
}

/// Whether TLS itself said no, which another try will not change.
pub(crate) fn is_tls(error: &(dyn Error + 'static)) -> bool {
    ErrorChain(Some(error)).any(|cause| cause.is::<rustls::Error>())
}

/// What is wrong with the certificate that a server showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateProblem {
    /// No authority that we trust has signed it.
    UnknownIssuer,
    Expired,
    /// Its time has not begun, or this machine's clock is behind.
    NotYetValid,
    /// It is for another host.
    WrongName,
    /// It signed itself, as an authority does, which no server's certificate may be.
    Authority,
    Other,
}

/// Whether it was the server's certificate that ended the connection, and why.
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
        // The type of what went wrong is that of another crate; its name is all there is.
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => CertificateProblem::Authority,
        _ => CertificateProblem::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_io_error_wraps_is_found() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let error = io::Error::other(io::Error::other(refused));
        assert!(!is_tls(&error));
        assert_eq!(error_message(&error), "the server refuses connections");
        let tls = io::Error::other(io::Error::other(rustls::Error::DecryptError));
        assert!(is_tls(&tls));
    }

    #[test]
    fn causes_have_plain_words() {
        let said = |error: rustls::Error| error_message(&io::Error::other(error));
        let no_tls = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        assert_eq!(said(no_tls), "the server does not speak https");
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::NoApplicationProtocol);
        assert_eq!(said(alert), "the server speaks HTTP/2 only");
        let issuer = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        assert!(said(issuer).ends_with("this machine does not trust"));
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(error_message(&reset), "the server closed the connection in the middle of its answer");
        assert_eq!(error_message(&io::Error::other("odd")), "odd");
        assert_eq!(system_words("Broken pipe (os error 32)"), "broken pipe");
    }

    #[test]
    fn the_usual_troubles_with_certificates_are_told_apart() {
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
