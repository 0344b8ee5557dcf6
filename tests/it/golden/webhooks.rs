//! The requests of the reference page on webhooks, verbatim: run by `sh` and `curl` with another host, team, key
//! and id. Each gets the response on the page, down to the last member.
//!
//! The samples come from the page, not from the types or the OpenAPI document of the sandbox.

mod page;

use std::process::Command;

use page::{
    ALL, CREATE, DELETE, GET, LIST, TRIGGER, UPDATE, created, deleted, fetched, listed, refused, triggered,
    updated,
};
use serde_json::{Value, json};

use crate::support::LIVE_KEY;
use crate::support::http::TEAM;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const PUBLISHABLE: &str = "pk_live_sandbox0000000000000000000000000";

/// The kind of a sample text: an id with this prefix, a time, or a fixed text.
fn kind(text: &str) -> &str {
    let prefix = ["whk_", "evt_", "req_", "whsec_"].into_iter().find(|prefix| text.starts_with(prefix));
    let is_time = text.len() == 20 && text.ends_with('Z') && text.get(10..11) == Some("T");
    prefix.unwrap_or(if is_time { "a time" } else { text })
}

/// Fails unless every member of a documented sample is there, in order, with a value of the same kind, or the same
/// value if it does not depend on time and place.
fn assert_same_shape(sample: &Value, found: &Value, place: &str) {
    match (sample, found) {
        (Value::Object(sample), Value::Object(found)) => {
            let order: Vec<_> = found.keys().filter(|name| sample.contains_key(*name)).collect();
            assert_eq!(order, sample.keys().collect::<Vec<_>>(), "{place}");
            for (name, value) in sample {
                assert_same_shape(value, &found[name], &format!("{place}/{name}"));
            }
        }
        (Value::Array(sample), Value::Array(found)) => {
            assert_eq!(sample.len(), found.len(), "{place}");
            for (number, (sample, found)) in sample.iter().zip(found).enumerate() {
                assert_same_shape(sample, found, &format!("{place}/{number}"));
            }
        }
        (Value::String(sample), Value::String(found)) => assert_eq!(kind(found), kind(sample), "{place}"),
        _ => assert_eq!(found, sample, "{place}"),
    }
}

/// A sandbox, and the directory of `curl`'s settings.
struct CurlRunner {
    home: Home,
    sandbox: Sandbox,
}

impl CurlRunner {
    fn start(limit: &str) -> Self {
        let home = Home::new();
        let sandbox = Sandbox::start_at(&home, 0, &["--ephemeral", "--rate-limit", limit]);
        // in a file, so that the command stays as it is on the page
        let settings = "silent\nshow-error\nnoproxy = \"*\"\nwrite-out = \"\\n%{http_code}\"\n";
        std::fs::write(home.path().join(".curlrc"), settings).unwrap();
        Self { home, sandbox }
    }

    /// Runs a request of the page; returns the status and the body.
    fn run(&self, request: &str, key: &str, id: &str) -> (u16, Value) {
        let mut request = request.to_owned();
        for (theirs, ours) in [
            ("https://www.cstar.help", self.sandbox.base_url.as_str()),
            ("{teamId}", TEAM),
            ("sk_live_your_key", key),
            ("{webhookId}", id),
        ] {
            request = request.replace(theirs, ours);
        }
        assert!(!request.contains("cstar.help") && !request.contains("{webhook"), "{request}");
        let mut command = Command::new("sh");
        let output =
            CommandOutput::run(command.args(["-c", &request]).env("CURL_HOME", self.home.path())).ok();
        let (body, status) = output.stdout.rsplit_once('\n').unwrap();
        let body = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (status.parse().unwrap(), body)
    }

    fn answers(&self, request: &str, id: &str, status: u16, sample: &Value) -> Value {
        let (found, body) = self.run(request, LIVE_KEY, id);
        assert_eq!(found, status, "{request}\n{body:#}");
        assert_same_shape(sample, &body, request);
        body["data"].clone()
    }

    /// With the message of `other`, which is from the newer page on errors, where the two pages differ.
    fn refuses(&self, request: &str, key: &str, status: u16, other: &[&str]) -> Value {
        let (found, body) = self.run(request, key, "whk_a1b2c3d4e5f6");
        assert_eq!(found, status, "{request}\n{body:#}");
        let mut sample = refused(status);
        for member in other {
            assert!(body["error"][member].is_string(), "{request}\n{body:#}");
            sample["error"][member] = body["error"][member].clone();
        }
        assert_same_shape(&sample, &body, request);
        body
    }
}

fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn documented_requests_get_documented_responses() {
    if !has_curl() {
        return;
    }
    let scene = CurlRunner::start("0");
    let new = scene.answers(CREATE, "", 201, &created());
    let id = new["id"].as_str().unwrap();
    // the page shows another webhook here; with the values of this one, the members are the same
    let of_this = |mut sample: Value, place: &str| {
        let reported = sample.pointer_mut(place).unwrap();
        for member in ["name", "url"] {
            reported[member] = new[member].clone();
        }
        sample
    };
    let list = scene.answers(LIST, "", 200, &of_this(listed(), "/data/0"));
    let one = scene.answers(GET, id, 200, &of_this(fetched(), "/data"));
    let changed = scene.answers(UPDATE, id, 200, &updated());
    for reported in [&list[0], &one, &changed] {
        assert_eq!((&reported["id"], &reported["createdAt"]), (&new["id"], &new["createdAt"]));
        assert!(!reported.to_string().contains("whsec_"), "a secret is shown only at creation: {reported}");
    }
    scene.answers(DELETE, id, 200, &deleted());
    // so that no remote endpoint is called
    scene.answers(TRIGGER, "", 200, &triggered());
    assert_eq!(scene.answers(LIST, "", 200, &json!({ "success": true, "data": [] })), json!([]));
}

#[test]
fn documented_refusals_match_the_page() {
    if !has_curl() {
        return;
    }
    let scene = CurlRunner::start("0");
    for request in ALL {
        // the page on codes has this code for requests without a key, and another for malformed keys
        let without = request.replace("-H \"Authorization: Bearer sk_live_your_key\"", "");
        scene.refuses(&without, "", 401, &["message", "doc_url"]);
        let reads = request.starts_with("curl -X GET");
        // and this one for writes with a read-only key
        let other: &[&str] =
            if reads { &["type", "doc_url"] } else { &["type", "doc_url", "code", "message"] };
        let refused = scene.refuses(request, PUBLISHABLE, 403, other);
        let code = if reads { "insufficient_permissions" } else { "publishable_key_write" };
        assert_eq!(refused["error"]["code"], code, "{request}");
    }
    for request in [GET, UPDATE, DELETE] {
        scene.refuses(request, LIVE_KEY, 404, &[]);
    }
    let unknown = TRIGGER.replace("ticket.created", "invalid.event");
    scene.refuses(&unknown, LIVE_KEY, 400, &[]);
    let scene = CurlRunner::start("1");
    scene.run(LIST, LIVE_KEY, "");
    for request in ALL {
        // the duration depends on the clock
        let body = scene.refuses(request, LIVE_KEY, 429, &["message", "doc_url"]);
        let printed = body["error"]["message"].as_str().unwrap();
        let wait = printed.strip_prefix("Rate limit exceeded. Try again in ").unwrap();
        let (wait, rest) = wait.split_once(" seconds.").unwrap();
        assert!(wait.parse::<u32>().is_ok() && rest.contains("--rate-limit 0"), "{printed}");
    }
}
