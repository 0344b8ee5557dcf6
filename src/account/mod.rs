//! Who we are to cStar: the API key, the base URL and the signing secret, each with its origin.

mod generated_secret;
mod key;
mod resolve;

pub(crate) use generated_secret::generated_secret;
pub(crate) use key::{ApiKey, ApiKeyError};
pub(crate) use resolve::{Account, Origin, ResolveError, Wishes, webhook_secret};
