//! The request log across restarts: what is new in the ring goes to the store now and then.
//!
//! A killed sandbox loses the lines of its last moments. Whoever follows the log is told of it then, since
//! the place it was at is unknown.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{CAPACITY, RequestLog};
use crate::sandbox::state::{Shared, State};
use crate::sandbox::store::Store;
use crate::sandbox::team::Environment;

/// How long lines are collected before they are written.
const PAUSE: Duration = Duration::from_millis(200);

/// A line as it is kept.
#[derive(Debug, Deserialize, Serialize)]
struct Kept {
    id: String,
    /// Unix milliseconds.
    time: i64,
    method: String,
    target: String,
    status: u16,
    micros: u64,
    error_code: Option<String>,
    key_prefix: Option<String>,
    user_agent: Option<String>,
    environment: Option<String>,
    ip: Option<String>,
    faults: Vec<String>,
    request_body: Option<String>,
    response_body: Option<String>,
    tail: Option<String>,
}

impl From<&Line> for Kept {
    fn from(line: &Line) -> Self {
        Self {
            id: line.id.to_string(),
            time: line.time.as_millisecond(),
            method: line.method.to_string(),
            target: line.target.clone(),
            status: line.status.as_u16(),
            micros: u64::try_from(line.duration.as_micros()).unwrap_or(u64::MAX),
            error_code: line.error_code.as_deref().map(str::to_owned),
            key_prefix: line.key_prefix.clone(),
            user_agent: line.user_agent.clone(),
            environment: line.environment.map(|environment| environment.as_str().to_owned()),
            ip: line.ip.clone(),
            faults: line.faults.clone(),
            request_body: line.request_body.clone(),
            response_body: line.response_body.clone(),
            tail: line.tail.as_deref().map(str::to_owned),
        }
    }
}

impl Kept {
    /// `None` if it makes no sense, as a line of a later version might not.
    fn line(self) -> Option<Line> {
        let environment = |name: &str| Environment::ALL.into_iter().find(|one| one.as_str() == name);
        Some(Line {
            id: self.id.into(),
            time: jiff::Timestamp::from_millisecond(self.time).ok()?,
            method: self.method.parse().ok()?,
            target: self.target,
            status: self.status.try_into().ok()?,
            duration: Duration::from_micros(self.micros),
            error_code: self.error_code.map(Into::into),
            key_prefix: self.key_prefix,
            user_agent: self.user_agent,
            environment: self.environment.as_deref().and_then(environment),
            ip: self.ip,
            faults: self.faults,
            request_body: self.request_body,
            response_body: self.response_body,
            tail: self.tail.map(Into::into),
        })
    }
}

/// The log of one environment as it was when the sandbox ended.
pub(crate) fn load(store: &Store, environment: Environment) -> RequestLog {
    let kept = store.requests(environment).unwrap_or_else(|error| {
        tracing::warn!(%error, "the request log cannot be read");
        Vec::new()
    });
    let lines = kept.iter().filter_map(|line| serde_json::from_str::<Kept>(line).ok()?.line());
    RequestLog::of(lines, CAPACITY)
}

/// Writes what is new.
pub(crate) fn save(state: &State) {
    if !state.store.is_kept() {
        return;
    }
    for environment in Environment::ALL {
        state.requests(environment).save(|lines| {
            let lines: Vec<String> =
                lines.iter().filter_map(|line| serde_json::to_string(&Kept::from(&**line)).ok()).collect();
            let written = state.store.add_requests(environment, &lines, CAPACITY);
            // they are tried again with the next ones
            written.inspect_err(|error| tracing::warn!(%error, "the request log cannot be written")).is_ok()
        });
    }
}

/// Writes what is new now and then, until the sandbox shuts down.
pub(crate) async fn keep(state: Shared) {
    let mut closing = state.closing();
    let [mut test, mut live] = Environment::ALL.map(|environment| state.requests(environment).changes());
    while !*closing.borrow() {
        tokio::select! {
            _ = test.changed() => {}
            _ = live.changed() => {}
            _ = closing.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = closing.changed() => return,
        }
        // beside the requests that are answered meanwhile
        let state = state.clone();
        let _ = tokio::task::spawn_blocking(move || save(&state)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::request_log::filter::Filter;
    use crate::sandbox::state::Settings;

    fn line(number: usize, environment: Option<Environment>) -> Line {
        Line {
            id: format!("req_{number}").into(),
            time: jiff::Timestamp::from_second(1).unwrap(),
            method: axum::http::Method::PATCH,
            target: "/api/v1/x?a=b".to_owned(),
            status: axum::http::StatusCode::NOT_FOUND,
            duration: Duration::from_micros(1_234),
            error_code: Some("RESOURCE_MISSING".into()),
            key_prefix: Some("sk_test_AbCd".to_owned()),
            user_agent: None,
            environment,
            ip: Some("127.0.0.1".to_owned()),
            faults: vec!["flt_1".to_owned()],
            request_body: Some("{}".to_owned()),
            response_body: None,
            tail: Some("abc".into()),
        }
    }

    fn shown(log: &RequestLog) -> Vec<serde_json::Value> {
        log.list(&Filter::default(), None, 100).unwrap().lines.iter().map(|line| line.to_json()).collect()
    }

    #[test]
    fn what_is_new_is_written_once_and_found_again() {
        let home = tempfile::tempdir().unwrap();
        let open = || State::with(Settings::default(), Store::open(home.path(), 10).unwrap(), 80);
        let state = open();
        let log = state.requests(Environment::Test);
        for number in 0..3 {
            log.append(line(number, Some(Environment::Test)).into());
            save(&state);
            save(&state);
        }
        state.requests(Environment::Live).append(line(9, None).into());
        save(&state);
        let before = shown(log);
        drop(state);

        let again = open();
        assert_eq!(shown(again.requests(Environment::Test)), before);
        assert_eq!(before.len(), 3);
        let live = shown(again.requests(Environment::Live));
        assert_eq!((live.len(), &live[0]["environment"]), (1, &serde_json::Value::Null));
        save(&again);
        assert_eq!(again.store.requests(Environment::Test).unwrap().len(), 3, "what was read is not new");
    }

    #[test]
    fn the_table_is_bounded_and_memory_keeps_nothing() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path(), 10).unwrap();
        let lines: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        store.add_requests(Environment::Test, &lines, 20).unwrap();
        store.add_requests(Environment::Live, &lines[..5], 20).unwrap();
        assert_eq!(store.requests(Environment::Test).unwrap(), lines[10..]);
        assert_eq!(store.requests(Environment::Live).unwrap().len(), 5);
        let memory = State::new(Settings::default(), 80);
        memory.requests(Environment::Test).append(line(1, None).into());
        save(&memory);
        assert!(memory.store.requests(Environment::Test).unwrap().is_empty());
    }
}
