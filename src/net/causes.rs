//! What lies behind a network error: the chain of its causes, and the innermost, which says what happened.

use std::error::Error;
use std::io;

use crate::host::io_words;

/// An error and its causes, outermost first. Looks into I/O errors too, which hide the error they wrap.
pub(crate) struct Causes<'a>(pub(crate) Option<&'a (dyn Error + 'static)>);

impl<'a> Iterator for Causes<'a> {
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

/// What happened to a connection, in words. The outer causes say only that something failed, and repeat addresses;
/// the innermost one is shown when it is none of the usual ones.
pub(crate) fn in_words(error: &(dyn Error + 'static)) -> String {
    if let Some(tls) = Causes(Some(error)).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return tls.to_string();
    }
    if let Some(words) = Causes(Some(error)).find_map(usual) {
        return words.to_owned();
    }
    let last = Causes(Some(error)).last();
    match last.and_then(|cause| cause.downcast_ref::<io::Error>()) {
        Some(error) => io_words::in_words(error),
        None => last.map(ToString::to_string).unwrap_or_default(),
    }
}

fn usual(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    if let Some(http) = cause.downcast_ref::<hyper::Error>() {
        return match http {
            http if http.is_incomplete_message() => {
                Some("the server closed the connection without a full answer")
            }
            http if http.is_parse() => Some("the server answered with something that is not valid HTTP"),
            _ => None,
        };
    }
    if cause.to_string().starts_with("dns error") {
        return Some("the host name could not be resolved");
    }
    match cause.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some("the server refuses connections"),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            Some("the connection was reset")
        }
        io::ErrorKind::UnexpectedEof => Some("the server closed it in the middle of its answer"),
        _ => None,
    }
}

/// Whether TLS itself said no, which another try will not change.
pub(crate) fn is_tls(error: &(dyn Error + 'static)) -> bool {
    Causes(Some(error)).any(|cause| cause.is::<rustls::Error>())
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
    Other,
}

/// Whether it was the server's certificate that ended the connection, and why.
pub(crate) fn certificate_problem(error: &(dyn Error + 'static)) -> Option<CertificateProblem> {
    use rustls::CertificateError as Bad;
    let found = Causes(Some(error)).find_map(|cause| match cause.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(problem)) => Some(problem),
        _ => None,
    })?;
    Some(match found {
        Bad::UnknownIssuer => CertificateProblem::UnknownIssuer,
        Bad::Expired | Bad::ExpiredContext { .. } => CertificateProblem::Expired,
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => CertificateProblem::NotYetValid,
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => CertificateProblem::WrongName,
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
        assert_eq!(in_words(&error), "the server refuses connections");
        let cut = io::Error::new(io::ErrorKind::UnexpectedEof, "unexpected EOF during chunk size line");
        assert_eq!(in_words(&io::Error::other(cut)), "the server closed it in the middle of its answer");
        let full = io::Error::other(io::Error::from_raw_os_error(28));
        assert!(!in_words(&full).contains("os error"));
        let tls = io::Error::other(io::Error::other(rustls::Error::DecryptError));
        assert!(is_tls(&tls));
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
