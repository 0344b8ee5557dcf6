//! Fuzz targets for untrusted input: imports, queries of lists, and redaction. None may panic or cause a 500.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::host::clock::Clock;
use crate::sandbox::caller::Environment;
use crate::sandbox::http::limits::RateLimit;
use crate::sandbox::request_log::redact;
use crate::sandbox::server::router;
use crate::sandbox::server::teams::Teams;
use crate::sandbox::settings::Settings;
use crate::sandbox::state::State;
use crate::sandbox::tools::import_export;
use crate::sandbox::tools::seed::{Plan, seed_store};
use crate::sandbox::tools::storage::{StorageLocation, open};
use crate::sandbox_info::{SECRET_TEST_KEY, TEAM_ID};

/// A fixed time, so that a finding is reproducible.
const NOW: i64 = 1_765_377_000_000;
/// The first byte of an input selects the list.
const LISTS: [&str; 4] = ["tickets", "customers", "webhooks", "logs"];

/// An import survives an export and another import, and a refused file changes nothing.
pub(crate) fn import(data: &[u8]) {
    let (Ok(store), Ok(again)) = (open(&StorageLocation::Memory, 100), open(&StorageLocation::Memory, 100))
    else {
        return;
    };
    let export = |store| {
        let mut out = Vec::new();
        import_export::export(store, &mut out).map(|_| out)
    };
    let Ok(before) = export(&store) else { return };
    if import_export::import(&store, &mut &*data, import_export::Access::Accepted).is_err() {
        assert_eq!(export(&store).ok(), Some(before), "a refused import has changed the state");
        return;
    }
    let first = export(&store);
    assert!(first.is_ok(), "an imported state cannot be exported");
    let Ok(first) = first else { return };
    let imported = import_export::import(&again, &mut &*first, import_export::Access::Accepted);
    assert!(imported.is_ok(), "{imported:?}: {}", String::from_utf8_lossy(&first));
    let second = export(&again).unwrap_or_default();
    assert_eq!(String::from_utf8_lossy(&second), String::from_utf8_lossy(&first));
}

struct Running {
    runtime: Runtime,
    router: Router,
}

/// All inputs share one sandbox, because lists do not change it.
fn running() -> Option<&'static Running> {
    static RUNNING: OnceLock<Option<Running>> = OnceLock::new();
    let make = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let settings =
            Settings { clock: Clock::fixed(NOW), rate_limit: RateLimit::Off, ..Settings::default() };
        let store = open(&StorageLocation::Memory, 100).ok()?;
        let plan =
            Plan { environment: Environment::Test, customers: 20, tickets: 40, seed: 1, events: false };
        seed_store(&store, &plan, &mut |_, _| ()).ok()?;
        let state = {
            let _inside = runtime.enter();
            Arc::new(State::with(settings, store, 4747))
        };
        Some(Running { router: router::router(Arc::new(Teams::of(state, StorageLocation::Memory))), runtime })
    };
    RUNNING.get_or_init(make).as_ref()
}

/// A query string of a list: filters, search, sorting, pages.
pub(crate) fn lists(data: &[u8]) {
    let Some((first, query)) = data.split_first() else { return };
    let Some(running) = running() else { return };
    let list = LISTS[usize::from(*first) % LISTS.len()];
    let query: String =
        String::from_utf8_lossy(query).chars().map(|c| if c == '#' { '%' } else { c }).collect();
    let uri = format!("/api/v1/teams/{TEAM_ID}/{list}?{query}");
    let Ok(request) = Request::builder()
        .uri(uri)
        .header(header::HOST, "127.0.0.1:4747")
        .header(header::AUTHORIZATION, format!("Bearer {SECRET_TEST_KEY}"))
        .body(Body::empty())
    else {
        return;
    };
    let router = TowerToHyperService::new(running.router.clone());
    let (status, body) = running.runtime.block_on(async {
        let Ok(answer) = router.call(request).await;
        let status = answer.status().as_u16();
        (status, to_bytes(answer.into_body(), usize::MAX).await.unwrap_or_default())
    });
    assert!(matches!(status, 200 | 400 | 414 | 422 | 429), "{status} for {list}?{query}: {body:?}");
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    assert!(answer.is_object(), "{list}?{query}: {body:?}");
    if status == 200 {
        let items = answer["data"].as_array().map_or(0, Vec::len);
        assert!(items <= 100, "{list}?{query}: a page of {items}");
    }
}

/// A secret that no input of the corpus contains.
const SECRET: &str = "Hunter2Hunter2";
const SECRET_NUMBER: u64 = 7_326_451_987;
/// Names whose values are always redacted.
const SECRET_NAMES: [&str; 10] = [
    "password",
    "passwd",
    "api_key",
    "apiKeys",
    "clientSecret",
    "X-Auth-Token",
    "token[]",
    "user[password]",
    "secret_2",
    "signature",
];

/// Checks that no key and no value of a secret name survives.
pub(crate) fn redaction(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let whole = redact::body(data).unwrap_or_default();
    for mark in ["sk_live_", "sk_test_", "pk_live_", "pk_test_", "whsec_"] {
        for (at, _) in whole.match_indices(mark) {
            let next = whole[at + mark.len()..].chars().next();
            assert!(!next.is_some_and(|c| c.is_ascii_alphanumeric()), "{whole:?} of {text:?}");
        }
    }
    let value: Value =
        serde_json::from_slice(data).unwrap_or_else(|_| Value::String(text.clone().into_owned()));
    for name in SECRET_NAMES {
        let secrets = [
            format!("{SECRET}{text}").into(),
            serde_json::json!([1, SECRET]),
            serde_json::json!({ "x": { "y": SECRET } }),
            SECRET_NUMBER.into(),
        ];
        for secret in secrets {
            let around = serde_json::json!({ "a": [{ "b": &value, name: secret }], "c": &value }).to_string();
            // complete and truncated
            for body in [around.as_str(), around.strip_suffix('}').unwrap_or_default()] {
                let redacted = redact::body(body.as_bytes()).unwrap_or_default();
                let number = SECRET_NUMBER.to_string();
                let leaks =
                    redacted.contains(SECRET) || redacted.contains(&number) && !text.contains(&number);
                assert!(!leaks, "{name}: {redacted:?} of {body:?}");
            }
        }
    }
    for mark in ["sk_live_", "SK_LIVE_", "pk_Test_", "WHSEC_"] {
        let note = serde_json::json!({ "note": format!("{text} {mark}{SECRET}"), "c": &value }).to_string();
        let redacted = redact::body(note.as_bytes()).unwrap_or_default();
        assert!(!redacted.contains(SECRET), "{mark}: {redacted:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_valid_response() {
        for first in 0..LISTS.len() {
            lists(&[u8::try_from(first).unwrap()]);
        }
    }
}
