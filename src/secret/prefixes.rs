//! The prefixes of secrets (documented). The client defines them only here.

pub(crate) const API_KEY: [&str; 4] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_"];

pub(crate) const SIGNING_SECRET: &str = "whsec_";

pub(crate) fn all() -> impl Iterator<Item = &'static str> + Clone {
    API_KEY.into_iter().chain([SIGNING_SECRET])
}
