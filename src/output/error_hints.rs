//! From the errors of other rooms to failures: the exit code and what to do next, all in this one file.

use std::io::{self, ErrorKind};

use crate::account::{KeychainError, Origin, ProfileStoreError, ProjectError, ResolveError};
use crate::api::ApiError;
use crate::api::error::ErrorDetail;
use crate::net::error_chain::CertificateProblem;
use crate::net::{BaseUrl, FailureCause, SetupError};

use super::failure::{ApiDetail, Exit, Failure};

pub(crate) const LOGIN: &str =
    "log in: cstar login; or set CSTAR_API_KEY, or try without an account: --sandbox";
const KEYS: &str = "keys look like sk_test_… or sk_live_…; copy it whole from Settings → Team → API Keys";
const PROFILES: &str = "list profiles: cstar profiles list";

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        let said = error.to_string();
        match error {
            ResolveError::NoKey => Self::new(Exit::Auth, said).hint(LOGIN),
            ResolveError::Key { .. } => Self::new(Exit::Auth, said).hint(KEYS),
            ResolveError::Base { .. } | ResolveError::CaCert { .. } => Self::usage(said),
            ResolveError::SandboxIsRemote { origin, .. } => Self::usage(said).hint(match origin {
                Origin::Environment(name) => format!("leave out --sandbox, or unset {name}"),
                _ => "leave out --sandbox, or name a loopback address".to_owned(),
            }),
            ResolveError::LiveKeyOverHttp(_) => Self::usage(said).hint("use https, or a test key"),
            ResolveError::SandboxKeyToRemote(_) => Self::usage(said).hint("add --sandbox"),
            ResolveError::InsecureHost { .. } => Self::usage(said),
            ResolveError::NoProfile { name, .. } => {
                Self::usage(said).hint(format!("{PROFILES}; to make it: cstar login --profile {name}"))
            }
            ResolveError::WrongAddress { asked, .. } => Self::usage(said).hint(format!(
                "give a key for {asked} with CSTAR_API_KEY, or log in there: cstar login --base-url {asked} --profile NAME"
            )),
            ResolveError::KeyGone(profile) => {
                Self::new(Exit::Auth, said).hint(format!("log in again: cstar login --profile {profile}"))
            }
            ResolveError::Unreadable { profile, error } => unreadable(said, &profile, &error),
            ResolveError::Store(error) => error.into(),
            ResolveError::Project(error) => error.into(),
        }
    }
}

/// The profile is there, its key is not to be had.
fn unreadable(said: String, profile: &str, error: &ProfileStoreError) -> Failure {
    let again = format!("cstar login --profile {profile}");
    match error {
        ProfileStoreError::Keychain(KeychainError::Locked(_)) => {
            Failure::new(Exit::Auth, said).hint("unlock the keychain, or set CSTAR_API_KEY")
        }
        ProfileStoreError::Keychain(_) => Failure::new(Exit::Auth, said)
            .hint(format!("set CSTAR_API_KEY, or log in again: {again} --store file")),
        ProfileStoreError::OtherKey { .. } => {
            Failure::new(Exit::Auth, said).hint(format!("log in again: {again}"))
        }
        other => with_hint(Failure::failed(said), other),
    }
}

impl From<ProfileStoreError> for Failure {
    fn from(error: ProfileStoreError) -> Self {
        let said = error.to_string();
        let failure = match error {
            ProfileStoreError::NoProfile(_) | ProfileStoreError::BadName(_) => Self::usage(said),
            _ => Self::failed(said),
        };
        with_hint(failure, &error)
    }
}

/// What helps when a file of ours cannot be used where it is.
fn place_hint(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Some("set CSTAR_HOME to a directory that you can write to")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some("free some space, or set CSTAR_HOME to a directory on another disk")
        }
        // A directory, a pipe or a device where a file should be.
        ErrorKind::InvalidInput | ErrorKind::IsADirectory | ErrorKind::NotADirectory => {
            Some("move it away, or set CSTAR_HOME to another directory")
        }
        _ => None,
    }
}

fn with_hint(failure: Failure, error: &ProfileStoreError) -> Failure {
    match error {
        ProfileStoreError::NoHome => failure.hint("set CSTAR_HOME to a directory"),
        ProfileStoreError::OpenToOthers { path, .. } => {
            failure.hint(format!("restrict its permissions: chmod 600 '{}'", path.display()))
        }
        ProfileStoreError::Foreign(path) => failure.hint(format!(
            "check its owner: ls -ld '{}'; remove it, or set CSTAR_HOME to a directory of your own",
            path.display()
        )),
        ProfileStoreError::OpenDirectory(path) => failure.hint(format!(
            "restrict its permissions: chmod go-w '{}'; or set CSTAR_HOME to a directory of your own",
            path.display()
        )),
        ProfileStoreError::Corrupt { path, .. } => failure.hint(format!(
            "nothing was changed; fix the file, or remove it and log in again: '{}'",
            path.display()
        )),
        ProfileStoreError::Newer(_) => failure.hint("update cstar"),
        ProfileStoreError::Read { error, .. } | ProfileStoreError::Write { error, .. } => {
            match place_hint(error) {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
        ProfileStoreError::Keychain(KeychainError::Locked(_)) => failure.hint("unlock the keychain"),
        ProfileStoreError::Keychain(_) => {
            failure.hint("a desktop session has one; a key can be kept in a file: cstar login --store file")
        }
        ProfileStoreError::NoProfile(_) => failure.hint(PROFILES),
        _ => failure,
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            ProjectError::Store(error) => error.into(),
            ProjectError::Untrusted { .. } | ProjectError::Foreign(_) => {
                failure.hint("read it, and if that is what you want: cstar profiles trust")
            }
            ProjectError::WritableByAll(path) => failure.hint(format!("run: chmod o-w '{}'", path.display())),
            ProjectError::Secret { .. } => failure
                .hint("take it out, and revoke it if others have seen it; keys are stored by: cstar login"),
            _ => failure,
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        let said = format!("could not {error}");
        match error {
            SetupError::Proxy(problem) => Self::usage(said).hint(problem.fix()),
            SetupError::Tls(_) => Self::failed(said),
        }
    }
}

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
        ApiError::Redirect { .. } => Some("set --base-url to the address that the server redirects to"),
        _ => None,
    }
}

/// What to do about a server that answers, and not as a cStar API does.
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

/// A key of test data was used for live data, or the other way round. The code is shared with other refusals.
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
