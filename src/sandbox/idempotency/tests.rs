//! Same key: once. Other request: conflict. Old or too many: forgotten.

use axum::http::StatusCode;

use super::*;
use crate::host::clock::Clock;
use crate::sandbox::envelope::Stamp;
use crate::sandbox::team::{SECRET_LIVE_KEY, SECRET_TEST_KEY};

struct Bench {
    memory: Idempotency,
    runs: u32,
}

impl Bench {
    fn new() -> Self {
        Self { memory: Idempotency::default(), runs: 0 }
    }

    fn send(
        &mut self,
        api_key: &str,
        key: &str,
        path: &str,
        body: &str,
        millis: i64,
    ) -> Result<bool, &'static str> {
        let stamp = Stamp::new(&Clock::fixed(millis));
        let call = Call { stamp, caller: Caller::of(api_key).unwrap() };
        let headers = HeaderMap::from_iter([(KEY, HeaderValue::from_str(key).unwrap())]);
        let (uri, body) = (path.parse().unwrap(), Bytes::from(body.to_owned()));
        let write = Write { call: &call, method: &Method::POST, uri: &uri, headers: &headers, body: &body };
        let runs = &mut self.runs;
        let answer = self.memory.once(&write, || {
            *runs += 1;
            Ok(Rendered { status: StatusCode::OK, body: runs.to_string().into() })
        });
        answer.map(|response| response.headers().contains_key(REPLAYED)).map_err(|error| error.code)
    }
}

#[test]
fn the_same_write_happens_once() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 1), Ok(true));
    assert_eq!(bench.send(SECRET_TEST_KEY, "b", "/x", "{}", 1), Ok(false));
    assert_eq!(bench.runs, 2);
}

#[test]
fn another_request_under_the_same_key_is_a_conflict() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{ }", 1), Err("idempotency_key_reused"));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/y", "{}", 1), Err("idempotency_key_reused"));
    assert_eq!(bench.send(SECRET_LIVE_KEY, "a", "/y", "{}", 1), Ok(false), "keys belong to their API key");
}

#[test]
fn an_answer_is_forgotten_after_a_day() {
    const DAY: i64 = 24 * 3600 * 1000;
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", DAY - 1), Ok(true));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", DAY), Ok(false));
}

#[test]
fn memory_is_bounded() {
    let mut bench = Bench::new();
    for n in 0..=MAX_ENTRIES {
        assert_eq!(bench.send(SECRET_TEST_KEY, &n.to_string(), "/x", "{}", 0), Ok(false));
    }
    let memory = locked(&bench.memory.memory);
    assert_eq!((memory.answers.len(), memory.order.len()), (MAX_ENTRIES, MAX_ENTRIES));
    assert_eq!(memory.bytes, memory.answers.values().map(|a| a.rendered.body.len()).sum::<usize>());
}

#[test]
fn keys_are_1_to_255_characters() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "", "/x", "{}", 0), Err("PARAMETER_INVALID"));
    assert_eq!(bench.send(SECRET_TEST_KEY, &"k".repeat(255), "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, &"k".repeat(256), "/x", "{}", 0), Err("PARAMETER_INVALID"));
    assert_eq!(bench.runs, 1);
}
