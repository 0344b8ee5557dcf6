//! The API key, the base URL and the signing secret in force, each with its origin, and the profiles under which keys
//! are stored on this machine.

mod address;
mod config;
mod credentials;
mod generated_secret;
mod key;
mod legacy;
mod options;
mod origin;
mod private_file;
mod profile;
mod project;
mod resolve;
mod resolve_error;
mod sandbox;
mod store;
mod stored;

#[cfg(any(test, fuzzing))]
#[path = "account/tests/fuzz.rs"]
pub(crate) mod fuzz;

pub(crate) use credentials::{Backend, KeychainError, StorageChoice, probe_keychain};
pub(crate) use generated_secret::{generated_secret, inspector_token, stored_inspector_token, stored_secret};
pub(crate) use key::{ApiKey, ApiKeyError};
pub(crate) use legacy::LegacyKey;
pub(crate) use options::AccountOptions;
pub(crate) use origin::Origin;
pub(crate) use profile::{NewCredential, Profile};
pub(crate) use project::{ProjectError, ProjectFile};
pub(crate) use resolve::{Account, webhook_secret};
pub(crate) use resolve_error::ResolveError;
pub(crate) use sandbox::{
    SandboxChoice, given_key as given_sandbox_key, is_sandbox_variable_on, sandbox_address,
};
pub(crate) use store::{ProfileStore, ProfileStoreError, SavedProfile};
