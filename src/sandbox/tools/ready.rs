//! `GET /_sandbox/ready`: for health checks of containers (ours, without a key). Unlike every other path it answers to
//! any IP address as its host, see `guard`, so the answer holds no data.

use std::time::Duration;

use axum::Json;
use axum::extract;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::{Shared, State};

/// A request has the state for milliseconds, and so has the background count of [`crate::sandbox::letter_counter`].
const PATIENCE: Duration = Duration::from_millis(500);
const RETRY: Duration = Duration::from_millis(5);

/// 200 if the sandbox can serve: the state can be written, deliveries run, and no import or seed is in progress.
pub(crate) async fn ready(extract::State(state): extract::State<Shared>) -> Result<Json<Value>, ApiError> {
    if *state.closing().borrow() {
        return Err(ApiError::not_ready("it is stopping"));
    }
    if let Some(problem) = state.readiness.problem() {
        return Err(ApiError::not_ready(problem));
    }
    match check_writable(&state).await {
        Some(Ok(())) => Ok(Json(json!({ "ready": true }))),
        Some(Err(error)) => Err(ApiError::not_ready(format!("its state cannot be written: {error}"))),
        None => Err(ApiError::not_ready("its state is in use by a long operation")),
    }
}

/// `None` if the state is in use for longer than [`PATIENCE`].
async fn check_writable(state: &State) -> Option<rusqlite::Result<()>> {
    let began = Instant::now();
    loop {
        match state.store.check_writable() {
            None if began.elapsed() < PATIENCE => sleep(RETRY).await,
            found => return found,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;
    use crate::sandbox::caller::Environment;
    use crate::sandbox::settings::Settings;

    #[tokio::test]
    async fn ready_says_why_it_is_not() {
        let state = Arc::new(State::new(Settings::default(), 80));
        let ask = || async {
            match ready(extract::State(state.clone())).await {
                Ok(_) => "ready".to_owned(),
                Err(error) => format!("{} {}", error.status.as_u16(), error.message),
            }
        };
        assert!(ask().await.starts_with("503 The sandbox is not ready: webhook deliveries"));
        let delivering = state.readiness.delivering();
        assert_eq!(ask().await, "ready");
        // Another thread has the store for as long as this test likes.
        let hold = || {
            let (begun, has_begun) = mpsc::channel();
            let (end, has_to_end) = mpsc::channel::<()>();
            let own = state.clone();
            let reader = std::thread::spawn(move || {
                own.store.read(Environment::Test, |_| {
                    begun.send(()).unwrap();
                    has_to_end.recv().map_err(drop).unwrap();
                    Ok::<_, ()>(())
                })
            });
            has_begun.recv().unwrap();
            move || {
                end.send(()).unwrap();
                reader.join().unwrap().unwrap();
            }
        };
        let release = hold();
        assert!(ask().await.contains("in use by a long operation"));
        release();
        let release = hold();
        // It asks first, and finds the store in use.
        let (answer, ()) = tokio::join!(ask(), async { release() });
        assert_eq!(answer, "ready", "the store was not in use for long");
        assert_eq!(ask().await, "ready");
        state.close();
        assert!(ask().await.contains("it is stopping"));
        drop(delivering);
    }
}
