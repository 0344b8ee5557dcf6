//! Reads and validates the members of a webhook. Unknown members are ignored.

use serde_json::{Map, Value};
use url::Url;

use crate::event::Pattern;
use crate::net::{AllowedHost, is_loopback};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::webhooks::Spec;

/// The longest name, in characters (ours).
pub(crate) const MAX_NAME: usize = 200;
/// The longest address, in characters (ours).
pub(crate) const MAX_URL: usize = 2_000;
/// The most types and patterns (ours).
pub(crate) const MAX_EVENTS: usize = 100;

/// The body of a creation: `name`, `url` and `events` are required (documented).
pub(crate) fn creation(members: Map<String, Value>, plain: PlainHttp<'_>) -> Result<Spec, ApiError> {
    let empty =
        Spec { name: String::new(), url: String::new(), events: Vec::new(), is_active: true, is_flat: false };
    for required in ["name", "url", "events"] {
        if members.get(required).is_none_or(Value::is_null) {
            return Err(ApiError::parameter_missing(required));
        }
    }
    update(members, &empty, plain)
}

/// The body of an update.
pub(crate) fn update(
    members: Map<String, Value>,
    before: &Spec,
    plain: PlainHttp<'_>,
) -> Result<Spec, ApiError> {
    let mut spec = before.clone();
    if let Some(value) = members.get("name") {
        spec.name = name(value)?;
    }
    if let Some(value) = members.get("url") {
        spec.url = address(value, plain)?;
    }
    if let Some(value) = members.get("events") {
        spec.events = events(value)?;
    }
    if let Some(value) = members.get("isActive") {
        spec.is_active = flag("isActive", value)?;
    }
    // documented as an option, the name is ours
    if let Some(value) = members.get("flatPayload") {
        spec.is_flat = flag("flatPayload", value)?;
    }
    Ok(spec)
}

fn wrong(param: &'static str, what: &str) -> ApiError {
    ApiError::parameter_invalid(param, format!("The '{param}' field {what}."))
}

fn text<'v>(param: &'static str, value: &'v Value) -> Result<&'v str, ApiError> {
    match value {
        Value::Null => Err(ApiError::parameter_missing(param)),
        Value::String(text) if text.trim().is_empty() => Err(ApiError::parameter_missing(param)),
        Value::String(text) => Ok(text.trim()),
        _ => Err(wrong(param, "must be a string")),
    }
}

fn name(value: &Value) -> Result<String, ApiError> {
    let name = text("name", value)?;
    match name.chars().count() {
        0..=MAX_NAME => Ok(name.to_owned()),
        _ => Err(wrong("name", &format!("must have at most {MAX_NAME} characters"))),
    }
}

/// https (documented), or http to this machine and to hosts that were allowed (ours).
fn address(value: &Value, plain: PlainHttp<'_>) -> Result<String, ApiError> {
    let text = text("url", value)?;
    if text.chars().count() > MAX_URL {
        return Err(wrong("url", &format!("must have at most {MAX_URL} characters")));
    }
    let url = Url::parse(text).map_err(|_| wrong("url", "must be an absolute URL"))?;
    if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
        return Err(wrong("url", "must be an absolute URL that can be connected to"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("url", "must not contain a user name or a password"));
    }
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" if plain.allows(&url) => Ok(text.to_owned()),
        _ => Err(wrong(
            "url",
            "must use https, unless it is on this machine or its host was given with --allow-host",
        )),
    }
}

/// The hosts that a webhook may reach over plain http.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PlainHttp<'a> {
    /// This machine and these hosts.
    Only(&'a [AllowedHost]),
    /// Any host: for imports.
    Any,
}

impl PlainHttp<'_> {
    fn allows(self, url: &Url) -> bool {
        let port = url.port_or_known_default().unwrap_or_default();
        match (self, url.host_str()) {
            (Self::Any, _) => true,
            (Self::Only(hosts), Some(name)) => {
                is_loopback(url) || hosts.iter().any(|host| host.matches(name, port))
            }
            (Self::Only(_), None) => false,
        }
    }
}

/// Whether an address is on this machine.
pub(crate) fn is_on_this_machine(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_loopback(&url))
}

/// Types and patterns: comma-separated text on the wire, an array in the SDK (both documented).
fn events(value: &Value) -> Result<Vec<String>, ApiError> {
    let items: Vec<&str> = match value {
        Value::Null => return Err(ApiError::parameter_missing("events")),
        Value::String(text) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
        Value::Array(list) => {
            let item = |item: &'_ Value| item.as_str().map(str::trim).map(str::to_owned);
            if !list.iter().all(|value| item(value).is_some()) {
                return Err(wrong("events", "must be a string or an array of strings"));
            }
            list.iter().filter_map(Value::as_str).map(str::trim).collect()
        }
        _ => return Err(wrong("events", "must be a string or an array of strings")),
    };
    if items.is_empty() {
        return Err(ApiError::parameter_missing("events"));
    }
    if items.len() > MAX_EVENTS {
        return Err(wrong("events", &format!("must name at most {MAX_EVENTS} event types")));
    }
    let mut events: Vec<String> = Vec::new();
    for item in items {
        let pattern = Pattern::parse(item).map_err(|_| ApiError::unknown_subscription(item))?;
        if !events.iter().any(|known| known == pattern.as_str()) {
            events.push(pattern.as_str().to_owned());
        }
    }
    Ok(events)
}

fn flag(param: &'static str, value: &Value) -> Result<bool, ApiError> {
    value.as_bool().ok_or_else(|| wrong(param, "must be true or false"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn made(body: Value) -> Result<Spec, (&'static str, Option<&'static str>)> {
        let Value::Object(members) = body else { panic!("an object") };
        creation(members, PlainHttp::Only(&[])).map_err(|error| (error.code, error.param))
    }

    #[test]
    fn events_are_text_or_array_without_repeats() {
        let events = |events: Value| made(json!({"name": "a", "url": "https://e.test/", "events": events}));
        for same in
            [json!("ticket.created, ticket.*,ticket.created"), json!(["ticket.created", " ticket.* "])]
        {
            assert_eq!(events(same).unwrap().events, ["ticket.created", "ticket.*"]);
        }
        assert_eq!(events(json!("*")).unwrap().events, ["*"]);
        for missing in [json!(null), json!(""), json!(" , "), json!([])] {
            assert_eq!(events(missing), Err(("parameter_missing", Some("events"))));
        }
        for bad in [
            json!("ticket.craeted"),
            json!(["ticket"]),
            json!([1]),
            json!(7),
            json!("tickets.*"),
            json!([""]),
        ] {
            assert_eq!(events(bad.clone()), Err(("PARAMETER_INVALID", Some("events"))), "{bad}");
        }
    }

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        let url = |url: &str| made(json!({"name": "a", "url": url, "events": "*"})).map(|spec| spec.url);
        for good in
            ["https://e.test/hook?x=1", "http://localhost:3000/", "http://127.0.0.2/", "http://[::1]:1/"]
        {
            assert_eq!(url(good).as_deref(), Ok(good));
        }
        for bad in [
            "http://e.test/",
            "ftp://localhost/",
            "localhost:3000",
            "/hook",
            "https://",
            "https://u:p@e.test/",
            "http://localhost:0/",
            "http://localhost.e.test/",
        ] {
            assert_eq!(url(bad), Err(("PARAMETER_INVALID", Some("url"))), "{bad}");
        }
        assert_eq!(url(" "), Err(("parameter_missing", Some("url"))));
    }

    #[test]
    fn update_changes_only_given_members() {
        let before = made(json!({"name": "a", "url": "https://e.test/", "events": "*"})).unwrap();
        assert!(before.is_active && !before.is_flat);
        let change = |body: Value| update(body.as_object().unwrap().clone(), &before, PlainHttp::Only(&[]));
        assert_eq!(change(json!({"new": 1})).unwrap(), before);
        let after = change(json!({"isActive": false, "flatPayload": true, "name": " b "})).unwrap();
        assert_eq!((after.name.as_str(), after.is_active, after.is_flat), ("b", false, true));
        for (bad, param) in [
            (json!({"name": null}), "name"),
            (json!({"isActive": "no"}), "isActive"),
            (json!({"flatPayload": null}), "flatPayload"),
            (json!({"name": "x".repeat(201)}), "name"),
        ] {
            assert_eq!(change(bad).unwrap_err().param, Some(param));
        }
    }
}
