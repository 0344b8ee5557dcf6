//! What lies behind a network error: the chain of its causes, and the innermost, which says what happened.

use std::error::Error;
use std::io;

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

/// The text of the innermost cause. The outer ones say only that something failed, and repeat addresses.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    Causes(Some(error)).last().map(ToString::to_string).unwrap_or_default()
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
        assert_eq!(innermost(&error), "connection refused");
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
