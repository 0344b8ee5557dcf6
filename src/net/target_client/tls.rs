//! TLS to targets: the trusted certificates, and the causes of failed handshakes.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::net::error_chain::{CertificateProblem, ErrorChain, certificate_problem};
use crate::net::failure_cause::{FailureCause, NoResponse};

/// The TLS settings for https targets. Offers HTTP/1.1 only.
pub(in crate::net) fn config(insecure: bool) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        || ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let mut config = if insecure {
        let any = Arc::new(AnyCertificate(Arc::clone(&provider)));
        builder()?.dangerous().with_custom_certificate_verifier(any).with_no_client_auth()
    } else {
        match builder()?.with_platform_verifier() {
            Ok(verified) => verified.with_no_client_auth(),
            Err(_) => builder()?.with_root_certificates(bundled()).with_no_client_auth(),
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// For machines without a certificate store.
fn bundled() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    roots
}

/// Accepts every certificate (`--insecure`), even one that is too malformed to check a signature.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_tls12_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Why a handshake failed, given the first bytes from the server. No request was sent.
pub(super) fn cause(error: &io::Error, first_bytes: &[u8]) -> NoResponse {
    if let Some(problem) = certificate_problem(error) {
        return match problem {
            CertificateProblem::Expired => FailureCause::CertificateExpired,
            CertificateProblem::NotYetValid => FailureCause::CertificateNotYetValid,
            CertificateProblem::WrongName => FailureCause::CertificateWrongName,
            _ => FailureCause::CertificateUntrusted,
        }
        .into();
    }
    match tls_error(error) {
        // The server did not send a TLS record. Some servers answer with a bare page, as in HTTP/0.9.
        Some(rustls::Error::InvalidMessage(_)) => match first_bytes {
            [b'<', ..] | [b'H', b'T', b'T', b'P', ..] => FailureCause::SpeaksHttp.into(),
            _ => FailureCause::NotTls.into(),
        },
        Some(rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)) => {
            FailureCause::SpeaksHttp2.into()
        }
        Some(rustls::Error::AlertReceived(alert)) => {
            NoResponse { cause: FailureCause::TlsRejected, detail: Some(words(&format!("{alert:?}"))) }
        }
        Some(_) => FailureCause::TlsRejected.into(),
        None => FailureCause::TlsClosed.into(),
    }
}

/// The TLS error in the chain of causes.
pub(super) fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    ErrorChain(Some(error)).find_map(|cause| cause.downcast_ref::<rustls::Error>())
}

/// `ProtocolVersion` as `protocol version`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
