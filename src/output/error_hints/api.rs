//! Failures of requests to the API: exit codes and hints, also for checks of the connection.

use crate::api::ApiError;
use crate::api::error::ErrorDetail;
use crate::net::error_chain::CertificateProblem;
use crate::net::{BaseUrl, FailureCause};
use crate::output::failure::{ApiDetail, Exit, Failure};

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let error = match error {
            ApiError::Setup(error) => return error.into(),
            other => other,
        };
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
        ApiError::Unreachable { base, cause: Some(cause), .. } if protocol(base, *cause).is_some() => {
            protocol(base, *cause)
        }
        ApiError::Unreachable { base, connected: true, .. } if base.is_loopback() => Some(
            "the server there is not a sandbox, or it hangs: restart it, or name the sandbox with --base-url",
        ),
        ApiError::Unreachable { base, .. } if base.is_loopback() => {
            Some("is the sandbox running? start it with: cstar sandbox")
        }
        ApiError::Unreachable { .. } => Some("find out what is in the way: cstar doctor"),
        ApiError::Refused { status: 401, .. } => Some(match code.as_str() {
            "key_expired" => "create a new key under Settings → Team → API Keys",
            _ => {
                "the key may be revoked, mistyped, or of another server; log in with another one: cstar login, or set CSTAR_API_KEY"
            }
        }),
        ApiError::Refused { status: 403, .. } => Some(match code.as_str() {
            "team_access_denied" => "the key belongs to another team",
            _ if is_about_environment(error) => {
                "use a key of that environment: --api-key, or a profile of its own (cstar login --profile)"
            }
            _ => "this needs a secret key (sk_…); publishable keys (pk_…) only read",
        }),
        ApiError::Refused { status: 404, .. } => {
            Some("check the id, and that the base URL is that of cStar's API, or of a sandbox")
        }
        // cStar's limit cannot be lifted, that of a sandbox can.
        ApiError::RateLimited { detail, .. }
            if detail.message.as_deref().is_some_and(|said| said.contains("--rate-limit")) =>
        {
            Some("start the sandbox without --rate-limit, or with --rate-limit 0")
        }
        ApiError::RateLimited { .. } => {
            Some("wait until the limit is reset; keys may send 1,000 requests an hour")
        }
        ApiError::Server { detail, .. }
            if detail.message.as_deref().is_some_and(|said| said.contains("in the sandbox")) =>
        {
            Some("the terminal of the sandbox shows the cause")
        }
        ApiError::Server { .. } => {
            Some("this is on cStar's side; try again later, or give the request id to support")
        }
        ApiError::InvalidResponse(_) => Some("is the base URL that of cStar's API, or of a sandbox?"),
        ApiError::EventStream { .. } => Some("follow it with: cstar listen --print, or cstar logs --tail"),
        ApiError::Redirect { .. } => Some("set --base-url to the address that the server redirects to"),
        _ => None,
    }
}

/// What to do about a server that responds, but not as a cStar API.
pub(crate) fn protocol(base: &BaseUrl, cause: FailureCause) -> Option<&'static str> {
    Some(match cause {
        FailureCause::SpeaksHttps if !base.is_https() => "this port speaks TLS: use https:// in --base-url",
        FailureCause::SpeaksHttp2 if !base.is_https() => {
            "this port speaks HTTP/2 only, not HTTP/1.1: check host and port of --base-url or CSTAR_BASE_URL"
        }
        FailureCause::NotTls | FailureCause::SpeaksHttp | FailureCause::TlsClosed if base.is_loopback() => {
            "does the server speak https there? a sandbox speaks http: use http:// in --base-url, or check the port"
        }
        FailureCause::NotTls
        | FailureCause::SpeaksHttp
        | FailureCause::TlsClosed
        | FailureCause::TlsRejected
        | FailureCause::SpeaksHttp2 => {
            "does the server speak https there? check host and port of --base-url or CSTAR_BASE_URL"
        }
        FailureCause::NotHttp | FailureCause::BadHead | FailureCause::SpeaksHttps if base.is_https() => {
            "another kind of server has this port: check host and port of --base-url or CSTAR_BASE_URL"
        }
        FailureCause::NotHttp
        | FailureCause::BadHead
        | FailureCause::SpeaksHttps
        | FailureCause::Closed
        | FailureCause::Reset
        | FailureCause::CutOff
            if base.is_loopback() =>
        {
            "what listens there is no cStar sandbox, or it speaks https: check host and port of --base-url"
        }
        FailureCause::NotHttp | FailureCause::BadHead | FailureCause::Closed | FailureCause::Reset
            if !base.is_https() =>
        {
            "does the server speak https there? use https:// in --base-url, or check host and port"
        }
        _ => return None,
    })
}

/// Whether a test key was used for live data or the other way round. Other refusals have the same code.
fn is_about_environment(error: &ApiError) -> bool {
    let message = error.detail().and_then(|detail| detail.message.as_deref());
    message.is_some_and(|message| message.contains("environment"))
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
        CertificateProblem::Authority => {
            "the server shows an authority's own certificate: let it sign one for the server, and trust it: --ca-cert FILE"
        }
        CertificateProblem::Other => {
            "the server, or a proxy on the way, shows a certificate that is not valid"
        }
    }
}

fn api_detail(detail: &ErrorDetail) -> ApiDetail {
    ApiDetail {
        error_type: detail.error_type.clone(),
        code: detail.code.clone(),
        param: detail.param.clone(),
        request_id: detail.request_id.clone(),
    }
}
