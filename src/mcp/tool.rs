//! One tool: its description for clients, and the function that runs.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::RoleServer;
use rmcp::model::{
    JsonObject, ProgressNotificationParam, ProgressToken, Tool as Definition, ToolAnnotations,
};
use rmcp::service::Peer;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Backend;
use super::admission::RequestSlot;
use super::schema;
use crate::output::{Exit, Failure};

#[derive(Clone, Copy, Debug)]
pub(super) struct ToolInfo {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) effect: Effect,
    /// The longest text in a result, in characters. Longer texts are cut.
    pub(super) longest_text: usize,
}

/// The effect of a call, from which the annotations follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Reads data of this machine only.
    ReadsHere,
    /// Reads data from cStar.
    Reads,
    /// Adds something with each call; existing data does not change.
    Adds,
    /// Changes existing data; the same call again changes nothing.
    Changes,
}

impl Effect {
    fn annotations(self, title: &str) -> ToolAnnotations {
        let annotations = ToolAnnotations::with_title(title).read_only(!self.writes());
        let annotations = annotations.open_world(self != Self::ReadsHere);
        match self {
            Self::ReadsHere | Self::Reads => annotations.idempotent(true).destructive(false),
            Self::Adds => annotations.idempotent(false).destructive(false),
            Self::Changes => annotations.idempotent(true).destructive(true),
        }
    }

    /// Whether `--read-only` leaves it out.
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Adds | Self::Changes)
    }
}

pub(super) struct Call {
    pub(super) backend: Arc<Backend>,
    pub(super) arguments: JsonObject,
    pub(super) progress: Progress,
}

type Run = Box<dyn Fn(Call) -> BoxFuture<'static, Result<Value, Failure>> + Send + Sync>;

pub(super) struct Tool {
    pub(super) info: ToolInfo,
    pub(super) definition: Definition,
    run: Run,
}

impl Tool {
    /// A tool with the arguments `A` and the result `O`.
    pub(super) fn new<A, O, F>(info: ToolInfo, run: fn(Arc<Backend>, A, Progress) -> F) -> Self
    where
        A: DeserializeOwned + JsonSchema + 'static,
        O: Serialize + JsonSchema + 'static,
        F: Future<Output = Result<O, Failure>> + Send + 'static,
    {
        let (input, output) = (schema::input_schema::<A>(), schema::output_schema::<O>());
        Self::from_schemas(info, input, output, move |call| {
            match serde_json::from_value(Value::Object(call.arguments)) {
                Ok(arguments) => {
                    let work = run(call.backend, arguments, call.progress);
                    Box::pin(async move { to_value(&work.await?) })
                }
                Err(error) => {
                    let failure = Failure::usage(format!("the arguments cannot be used: {error}"));
                    Box::pin(std::future::ready(Err(failure)))
                }
            }
        })
    }

    /// A tool whose schemas are not those of types.
    pub(super) fn from_schemas(
        info: ToolInfo,
        input: Arc<JsonObject>,
        output: Arc<JsonObject>,
        run: impl Fn(Call) -> BoxFuture<'static, Result<Value, Failure>> + Send + Sync + 'static,
    ) -> Self {
        let promised = Arc::new(Value::Object(output.as_ref().clone()));
        let definition = Definition::new(info.name, info.description, input)
            .with_title(info.title)
            .with_raw_output_schema(output)
            .with_annotations(info.effect.annotations(info.title));
        let run: Run = Box::new(move |call| {
            let (work, promised) = (run(call), Arc::clone(&promised));
            Box::pin(async move {
                let mut value = work.await?;
                schema::conform(&promised, &mut value);
                Ok(value)
            })
        });
        Self { info, definition, run }
    }

    /// Starts the call. It ends when the future is dropped.
    pub(super) fn run(&self, call: Call) -> BoxFuture<'static, Result<Value, Failure>> {
        (self.run)(call)
    }
}

fn to_value(output: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(output)
        .map_err(|error| Failure::new(Exit::Bug, format!("the result cannot be written: {error}")))
}

/// Reports the progress of a call, if the client asked for it, and holds the slot of the call.
pub(super) struct Progress {
    listener: Option<(Peer<RoleServer>, ProgressToken)>,
    slot: Option<RequestSlot>,
}

impl Progress {
    pub(super) fn new(
        peer: Peer<RoleServer>,
        token: Option<ProgressToken>,
        slot: Option<RequestSlot>,
    ) -> Self {
        Self { listener: token.map(|token| (peer, token)), slot }
    }

    /// Runs the part of a call that only waits, without its slot.
    pub(super) async fn waiting<T>(&self, wait: impl Future<Output = T>) -> T {
        match &self.slot {
            Some(slot) => slot.release_during(wait).await,
            None => wait.await,
        }
    }

    pub(super) async fn report(&self, so_far: f64, total: f64, message: String) {
        let Some((peer, token)) = &self.listener else { return };
        let notification = ProgressNotificationParam::new(token.clone(), so_far).with_total(total);
        // A disconnected client is detected by the transport.
        let _ = peer.notify_progress(notification.with_message(message)).await;
    }
}
