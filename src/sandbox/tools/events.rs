//! `POST /_sandbox/events`: fires an event of any type (ours). For the types that no documented request causes, such as
//! those of the game and of surveys. Automations run on it as on any other event.

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::sandbox::delivery::trigger_request::TriggerRequest;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::model::{automation_runs, emit};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::state::Shared;
use crate::sandbox::tools::control::environment;

pub(crate) async fn fire(State(state): State<Shared>, body: Bytes) -> Result<Json<Value>, ApiError> {
    let request = TriggerRequest::parse(&body, "type")?;
    let environment = environment(request.environment.as_deref())?;
    let meta = RequestMeta::new(&state.settings.clock);
    state.store.write(environment, &meta, |change| {
        let event_type = request.event.name;
        let listeners = change.listeners(event_type);
        let data = request.data(&meta);
        let id = emit::append(change, event_type, &data)?;
        let facts = serde_json::from_str(&data.to_string()).unwrap_or_default();
        emit::start_automations(change, event_type, facts)?;
        let webhooks = change.enqueued();
        automation_runs::run(change)?;
        Ok(Json(json!({
            "id": id,
            "type": event_type,
            "environment": environment.as_str(),
            "listeners": listeners,
            "webhooks": webhooks,
        })))
    })
}
