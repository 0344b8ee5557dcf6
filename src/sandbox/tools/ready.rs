//! `GET /_sandbox/ready`: for health checks of containers (ours, without a key). Unlike every other path it answers to
//! any IP address as its host, see `guard`, so the answer holds no data.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::Shared;

/// 200 if the sandbox can serve: the state can be written, deliveries run, and no import or seed is in progress.
pub(crate) async fn ready(State(state): State<Shared>) -> Result<Json<Value>, ApiError> {
    if *state.closing().borrow() {
        return Err(ApiError::not_ready("it is stopping"));
    }
    if let Some(problem) = state.readiness.problem() {
        return Err(ApiError::not_ready(problem));
    }
    match state.store.check_writable() {
        Some(Ok(())) => Ok(Json(json!({ "ready": true }))),
        Some(Err(error)) => Err(ApiError::not_ready(format!("its state cannot be written: {error}"))),
        None => Err(ApiError::not_ready("its state is in use by a long operation")),
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
        let state = Arc::new(crate::sandbox::state::State::new(Settings::default(), 80));
        let ask = || async {
            match ready(State(state.clone())).await {
                Ok(_) => "ready".to_owned(),
                Err(error) => format!("{} {}", error.status.as_u16(), error.message),
            }
        };
        assert!(ask().await.starts_with("503 The sandbox is not ready: webhook deliveries"));
        let delivering = state.readiness.delivering();
        assert_eq!(ask().await, "ready");
        // Another thread has the store for as long as this test likes.
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
        assert!(ask().await.contains("in use by a long operation"));
        end.send(()).unwrap();
        reader.join().unwrap().unwrap();
        assert_eq!(ask().await, "ready");
        state.close();
        assert!(ask().await.contains("it is stopping"));
        drop(delivering);
    }
}
