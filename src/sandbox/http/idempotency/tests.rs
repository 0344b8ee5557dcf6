//! Idempotency keys: repetitions, conflicts, and the limits of stored responses.

use super::*;
use crate::host::clock::Clock;
use crate::sandbox::caller::Environment;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox_info::{SECRET_LIVE_KEY, SECRET_TEST_KEY};

fn finish<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

struct Bench {
    store: Store,
    runs: u32,
}

impl Bench {
    fn new() -> Self {
        Self { store: Store::in_memory(10).unwrap(), runs: 0 }
    }

    fn send(
        &mut self,
        api_key: &str,
        key: &str,
        path: &str,
        body: &str,
        millis: i64,
    ) -> Result<bool, &'static str> {
        let meta = RequestMeta::new(&Clock::fixed(millis));
        let call = Call { meta, caller: Caller::from_key(api_key).unwrap() };
        let headers = HeaderMap::from_iter([(KEY, HeaderValue::from_str(key).unwrap())]);
        let (uri, body) = (path.parse().unwrap(), Bytes::from(body.to_owned()));
        let write = Write { call, body, method: Method::POST, uri, headers };
        let runs = &mut self.runs;
        let answer = finish(once(&self.store, &write, |_| {
            *runs += 1;
            Ok(Rendered { status: StatusCode::OK, body: runs.to_string().into() })
        }));
        answer.map(|response| response.headers().contains_key(REPLAYED)).map_err(|error| error.code)
    }
}

#[test]
fn repeated_write_happens_once() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 1), Ok(true));
    assert_eq!(bench.send(SECRET_TEST_KEY, "b", "/x", "{}", 1), Ok(false));
    assert_eq!(bench.runs, 2);
}

#[test]
fn reused_key_for_other_request_conflicts() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{ }", 1), Err("idempotency_key_reused"));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/y", "{}", 1), Err("idempotency_key_reused"));
    assert_eq!(bench.send(SECRET_LIVE_KEY, "a", "/y", "{}", 1), Ok(false), "keys belong to their API key");
}

#[test]
fn response_is_forgotten_after_a_day() {
    const DAY: i64 = 24 * 3600 * 1000;
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", DAY - 1), Ok(true));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a", "/x", "{}", DAY), Ok(false));
}

#[test]
fn responses_are_limited_in_size() {
    let stored = |memory: Memory| {
        let store = Store::in_memory(10).unwrap();
        let mut stored = Vec::new();
        for n in 0..20 {
            let meta = RequestMeta::new(&Clock::fixed(n));
            let answer = Answer { fingerprint: [0; 32], status: 200, body: vec![0; 10] };
            stored = store
                .write::<_, rusqlite::Error>(Environment::Test, &meta, |change| {
                    change.remember("s", &n.to_string(), &answer)?;
                    change.forget(memory)?;
                    let is_stored = |n: &i64| change.answer("s", &n.to_string(), memory).unwrap().is_some();
                    Ok((0..20).filter(is_stored).collect::<Vec<i64>>())
                })
                .unwrap();
        }
        stored
    };
    let wide = Memory { entries: 100, bytes: 1000, milliseconds: 1000 };
    assert_eq!(stored(Memory { entries: 3, ..wide }), [17, 18, 19]);
    assert_eq!(stored(Memory { bytes: 45, ..wide }), [16, 17, 18, 19]);
    assert_eq!(stored(Memory { milliseconds: 2, ..wide }), [18, 19]);
}

#[test]
fn failed_change_leaves_the_key_unused() {
    let mut bench = Bench::new();
    let mut fails = true;
    for _ in 0..2 {
        let meta = RequestMeta::new(&Clock::fixed(0));
        let call = Call { meta, caller: Caller::from_key(SECRET_TEST_KEY).unwrap() };
        let headers = HeaderMap::from_iter([(KEY, HeaderValue::from_static("k"))]);
        let (uri, body) = ("/x".parse().unwrap(), Bytes::new());
        let write = Write { call, body, method: Method::POST, uri, headers };
        let outcome = finish(once(&bench.store, &write, |change| {
            let number = change.next_number("n")?;
            if fails {
                return Err(ApiError::internal());
            }
            Ok(Rendered { status: StatusCode::CREATED, body: number.to_string().into() })
        }));
        assert_eq!(outcome.is_err(), fails);
        fails = false;
    }
    assert_eq!(bench.send(SECRET_TEST_KEY, "k", "/x", "", 0), Ok(true));
    let next = bench.store.write::<_, rusqlite::Error>(
        Environment::Test,
        &RequestMeta::new(&Clock::fixed(0)),
        |change| change.next_number("n"),
    );
    assert_eq!(next.unwrap(), 2, "a failed change uses no number");
}

#[test]
fn keys_are_1_to_255_characters() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(SECRET_TEST_KEY, "", "/x", "{}", 0), Err("PARAMETER_INVALID"));
    assert_eq!(bench.send(SECRET_TEST_KEY, "a\tb", "/x", "{}", 0), Err("PARAMETER_INVALID"));
    assert_eq!(bench.send(SECRET_TEST_KEY, &"k".repeat(255), "/x", "{}", 0), Ok(false));
    assert_eq!(bench.send(SECRET_TEST_KEY, &"k".repeat(256), "/x", "{}", 0), Err("PARAMETER_INVALID"));
    assert_eq!(bench.runs, 1);
}
