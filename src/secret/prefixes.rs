//! How secrets begin (documented). The only place in the client that has these texts.

/// The beginnings of API keys.
pub(crate) const API_KEY: [&str; 4] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_"];

/// The beginning of signing secrets.
pub(crate) const SIGNING_SECRET: &str = "whsec_";

/// The beginnings of all secrets.
pub(crate) fn all() -> impl Iterator<Item = &'static str> + Clone {
    API_KEY.into_iter().chain([SIGNING_SECRET])
}
