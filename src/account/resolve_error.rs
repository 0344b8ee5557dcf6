//! Why no account could be resolved.

use std::path::PathBuf;

use super::origin::Origin;
use super::project::ProjectError;
use super::{ApiKeyError, ProfileStoreError};
use crate::net::{BaseUrl, BaseUrlError, TrustError};

/// Why no account could be resolved. No message contains a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("no API key: not logged in")]
    NoKey,
    #[error("{error} (from {origin})")]
    Key { error: ApiKeyError, origin: Origin },
    #[error("the base URL `{url}` (from {origin}) cannot be used: {error}")]
    Base { url: String, origin: Origin, error: BaseUrlError },
    /// `by` is what asks for the sandbox.
    #[error("{by} needs a loopback address, but {base} (from {origin}) is remote")]
    SandboxIsRemote { by: Origin, base: String, origin: Origin },
    #[error("CSTAR_SANDBOX is `{0}`, which is neither 1, 0 nor a base URL")]
    SandboxValue(String),
    #[error("--profile {0} names a stored key, but CSTAR_SANDBOX is set")]
    SandboxAndProfile(String),
    #[error("CSTAR_SANDBOX is set, and the sandbox needs no login")]
    SandboxLogin,
    #[error("a live key is never sent over plain http to `{0}`")]
    LiveKeyOverHttp(String),
    #[error("this is a key of a sandbox, but {0} is not a local sandbox")]
    SandboxKeyToRemote(BaseUrl),
    #[error("`{text}` (from {origin}) is not a host: {problem}")]
    InsecureHost { text: String, origin: Origin, problem: String },
    #[error("could not use --ca-cert `{}`: {error}", path.display())]
    CaCert { path: PathBuf, error: TrustError },
    #[error("there is no profile `{name}` (from {origin})")]
    NoProfile { name: String, origin: Origin },
    #[error("the key of profile `{profile}` is for {own} and is not sent to {asked} (from {origin})")]
    WrongAddress { profile: String, own: String, asked: String, origin: Origin },
    #[error("the stored key of profile `{0}` is missing")]
    KeyGone(String),
    #[error("could not read the key of profile `{profile}`: {error}")]
    Unreadable { profile: String, error: ProfileStoreError },
    #[error("{0}")]
    Store(#[from] ProfileStoreError),
    #[error("{0}")]
    Project(#[from] ProjectError),
}
