//! From the errors of other rooms to failures: the exit code and what to do next, all in this one file.

use crate::account::ResolveError;
use crate::api::ApiError;
use crate::api::error::Detail;
use crate::net::SetupError;
use crate::net::causes::CertificateProblem;

use super::failure::{ApiDetail, Exit, Failure};

pub(crate) const LOGIN: &str =
    "set CSTAR_API_KEY to a key from Settings → Team → API Keys, or try without an account: --sandbox";

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::NoKey => Self::new(Exit::Auth, error.to_string()).hint(LOGIN),
            ResolveError::Key { .. } => Self::new(Exit::Auth, error.to_string())
                .hint("keys look like sk_test_… or sk_live_…; copy it whole from Settings → Team → API Keys"),
            ResolveError::Base { .. } | ResolveError::CaCert { .. } => Self::usage(error.to_string()),
            ResolveError::SandboxElsewhere(_) => {
                Self::usage(error.to_string()).hint("leave out --sandbox, or name a loopback address")
            }
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        Self::failed(format!("could not {error}"))
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let detail = error.detail().map(api_detail);
        let failure = Self::new(exit(&error), error.to_string());
        let failure = match hint(&error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        };
        match detail {
            Some(detail) => failure.with_api(detail),
            None => failure,
        }
    }
}

fn exit(error: &ApiError) -> Exit {
    match error {
        ApiError::Unreachable { .. } => Exit::Unreachable,
        ApiError::Refused { status: 401 | 403, .. } | ApiError::KeyNotHeaderSafe => Exit::Auth,
        _ => Exit::Failed,
    }
}

/// What to do about an error of the API client.
pub(crate) fn hint(error: &ApiError) -> Option<&'static str> {
    let code =
        error.detail().and_then(|detail| detail.code.as_deref()).unwrap_or_default().to_ascii_lowercase();
    match error {
        ApiError::Unreachable { certificate: Some(problem), .. } => Some(certificate(*problem)),
        ApiError::Unreachable { base, .. } if base.is_loopback() => {
            Some("is the sandbox running? start it with: cstar sandbox")
        }
        ApiError::Unreachable { .. } => Some("find out what is in the way: cstar doctor"),
        ApiError::Refused { status: 401, .. } => Some(match code.as_str() {
            "key_expired" => "create a new key under Settings → Team → API Keys",
            _ => {
                "check the key: it may be revoked, mistyped, or of another server (--api-key, CSTAR_API_KEY)"
            }
        }),
        ApiError::Refused { status: 403, .. } => Some(match code.as_str() {
            "team_access_denied" => "the key belongs to another team",
            _ => "this needs a secret key (sk_…); publishable keys (pk_…) only read",
        }),
        ApiError::Refused { status: 404, .. } => {
            Some("check the id, and that the base URL is that of cStar's API, or of a sandbox")
        }
        ApiError::RateLimited { .. } => {
            Some("wait until the limit is reset; keys may send 1,000 requests an hour")
        }
        ApiError::Server { .. } => {
            Some("this is on cStar's side; try again later, and name the request id to support")
        }
        ApiError::NotUnderstood(_) => Some("is the base URL that of cStar's API, or of a sandbox?"),
        ApiError::Redirect { .. } => {
            Some("set --base-url to the address that the server wants to be called by")
        }
        _ => None,
    }
}

/// What to do about a certificate of cStar's that is not accepted.
pub(crate) const fn certificate(problem: CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::UnknownIssuer => {
            "if it is your company's own authority, trust it: --ca-cert FILE, or SSL_CERT_FILE=FILE"
        }
        CertificateProblem::Expired => {
            "check this machine's clock (date -u); otherwise the server needs a new one"
        }
        CertificateProblem::NotYetValid => "check this machine's clock (date -u): it may be behind",
        CertificateProblem::WrongName => "check the host name in --base-url or CSTAR_BASE_URL",
        CertificateProblem::Other => {
            "the server, or a proxy on the way, shows a certificate that nobody may trust"
        }
    }
}

fn api_detail(detail: &Detail) -> ApiDetail {
    ApiDetail {
        error_type: detail.error_type.clone(),
        code: detail.code.clone(),
        param: detail.param.clone(),
        request_id: detail.request_id.clone(),
    }
}
