//! What is merged into the sample of an event that is fired: an object, then single members.

use crate::event::{self, Json, Path};
use crate::output::Failure;
use crate::sandbox_info;

/// The object to merge into the sample of one event type.
pub(crate) struct Overlay {
    overlay: Json,
    /// The sample with the overlay.
    whole: Json,
}

impl Overlay {
    pub(crate) fn new(event_type: &str, data: Json) -> Self {
        let mut whole = sample(event_type);
        whole.overlay(data.clone());
        Self { overlay: data, whole }
    }

    /// The sample's `data` as it is now.
    pub(crate) fn whole(&self) -> &Json {
        &self.whole
    }

    /// Sets one member, or returns why this sample does not allow it.
    pub(crate) fn set(&mut self, path: &Path, value: Json) -> Result<(), String> {
        let over = path.set(&mut self.whole, value)?;
        self.overlay.overlay(over);
        Ok(())
    }

    pub(crate) fn into_json(self) -> Json {
        self.overlay
    }
}

/// The sample's `data`. Ids and times differ from those of the event.
pub(crate) fn sample(event_type: &str) -> Json {
    let seed = sandbox_info::sample_seed(jiff::Timestamp::UNIX_EPOCH, "000000000000000000000000");
    event::find(event_type).map_or(Json::EMPTY, |event| Json::from(&event::sample_data(event, &seed)))
}

/// A path such as `data.ticket.priority`, within `data`.
pub(crate) fn path(text: &str) -> Result<Path, String> {
    let path = Path::parse(text.trim())?;
    path.strip_first("data").ok_or_else(|| "the path must begin with `data.`".to_owned())
}

/// The object to merge. Of a whole event only its `data` is used.
pub(crate) fn data_of(value: Json, source: &str) -> Result<Json, Failure> {
    if !matches!(value, Json::Object(_)) {
        return Err(Failure::usage(format!("{source} must be a JSON object, like the `data` of an event")));
    }
    let whole_event = value.get("type").is_some() && value.get("id").is_some();
    match value.get("data") {
        Some(data @ Json::Object(_)) if whole_event => Ok(data.clone()),
        _ => Ok(value),
    }
}
