//! Additional certificate authorities: `--ca-cert`.
//!
//! `SSL_CERT_FILE` and `SSL_CERT_DIR`, which the TLS library reads, replace those of the machine.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use reqwest::Certificate;

use crate::host::io_error::io_message;

/// The bundle of all public authorities is only 220 KiB.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Additional certificate authorities, for cStar only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    pub(super) extra: Vec<Certificate>,
}

/// Why a file of certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    #[error("{}", io_message(.0))]
    Unreadable(#[from] std::io::Error),
    #[error("it is larger than {} MiB", LARGEST / 1024 / 1024)]
    Large,
    #[error("it holds no certificate in PEM form")]
    Empty,
    #[error("a certificate in it cannot be read")]
    Malformed,
}

impl Trust {
    /// Reads one or more certificates in PEM form.
    pub(crate) fn from_file(path: &Path) -> Result<Self, TrustError> {
        let mut pem = Vec::new();
        File::open(path)?.take(LARGEST + 1).read_to_end(&mut pem)?;
        if pem.len() as u64 > LARGEST {
            return Err(TrustError::Large);
        }
        let extra = Certificate::from_pem_bundle(&pem).map_err(|_| TrustError::Malformed)?;
        if extra.is_empty() {
            return Err(TrustError::Empty);
        }
        Ok(Self { extra })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_without_certificates_is_rejected() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        assert!(matches!(Trust::from_file(&path), Err(TrustError::Unreadable(_))));
        std::fs::write(&path, "nothing").unwrap();
        assert!(matches!(Trust::from_file(&path), Err(TrustError::Empty)));
    }
}
