//! Who we are to cStar: the API key, the base URL and the signing secret, each with its origin; and the
//! profiles under which keys are stored on this machine.

mod config;
mod credentials;
mod generated_secret;
mod key;
mod legacy;
mod private_file;
mod profile;
mod project;
mod resolve;
mod store;
mod stored;

#[cfg(any(test, fuzzing))]
#[path = "account/tests/fuzz.rs"]
pub(crate) mod fuzz;

pub(crate) use credentials::{Backend, KeychainError, StorageChoice, probe_keychain};
pub(crate) use generated_secret::generated_secret;
pub(crate) use key::{ApiKey, ApiKeyError};
pub(crate) use legacy::LegacyKey;
pub(crate) use profile::{NewCredential, Profile};
pub(crate) use project::{ProjectError, ProjectFile};
pub(crate) use resolve::{Account, AccountOptions, Origin, ResolveError, webhook_secret};
pub(crate) use store::{ProfileStore, ProfileStoreError, SavedProfile};
