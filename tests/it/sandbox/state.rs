//! The state of the API across restarts, environments and listeners.

use serde_json::{Value, json};

use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::receiver::{ReceivedRequest, Receiver};
use crate::support::sandbox::Sandbox;
use crate::support::{Home, LIVE_KEY};

fn event_type(request: &ReceivedRequest) -> String {
    request.header("x-event-type").to_owned()
}

#[test]
fn every_resource_survives_a_restart() {
    let home = Home::new();
    let mut sandbox = Sandbox::start(&home);
    let mut api = ApiConnection::open(sandbox.port);
    let mut kept = Vec::new();
    for (path, made, changed) in [
        ("customers", json!({"name": "Jane", "email": "jane@example.com"}), json!({"status": "inactive"})),
        ("tickets", json!({"title": "T", "initialMessage": "Hello"}), json!({"status": "closed"})),
        ("articles", json!({"title": "A", "content": "C"}), json!({"status": "published"})),
        ("categories", json!({"name": "C"}), json!({"sortOrder": 3})),
        ("customer-groups", json!({"name": "G"}), json!({"externalId": "x-1"})),
        ("community/posts", json!({"title": "P"}), json!({"is_pinned": true})),
    ] {
        let id = api.data(&format!("POST {path}"), &made)["id"].as_str().unwrap().to_owned();
        let one = api.data(&format!("PATCH {path}/{id}"), &changed);
        let (name, value) = changed.as_object().unwrap().iter().next().unwrap();
        assert_eq!(&one[name], value, "{path}");
        let deleted =
            api.data(&format!("POST {path}"), &json!({"name": "X", "title": "X", "email": "x@example.com"}));
        let deleted = deleted["id"].as_str().unwrap();
        assert_eq!(api.data(&format!("DELETE {path}/{deleted}"), &Value::Null)["deleted"], true);
        assert_eq!(api.send(&format!("GET {path}/{deleted}"), &Value::Null, None).status, 404, "{path}");
        kept.push((format!("GET {path}/{id}"), api.data(&format!("GET {path}/{id}"), &Value::Null)));
    }
    api.data("PATCH settings", &json!({"teamName": "Ours"}));
    kept.push(("GET settings".to_owned(), api.data("GET settings", &Value::Null)));
    sandbox.kill();

    let sandbox = Sandbox::start(&home);
    let mut api = ApiConnection::open(sandbox.port);
    for (line, before) in kept {
        assert_eq!(api.data(&line, &Value::Null), before, "{line}");
    }
    assert_eq!(ApiConnection::open_with_key(sandbox.port, LIVE_KEY).total("tickets"), 0);
    // numbering continues
    api.data("POST tickets", &json!({"title": "next"}));
    assert_eq!(api.total("tickets"), 2);
}

#[test]
fn idempotency_keys_survive_a_restart() {
    let home = Home::new();
    let mut sandbox = Sandbox::start(&home);
    let body = json!({"title": "T"});
    let first = ApiConnection::open(sandbox.port).send("POST tickets", &body, Some("k-1"));
    assert_eq!((first.status, first.replayed), (201, false));
    sandbox.kill();

    let sandbox = Sandbox::start(&home);
    let mut api = ApiConnection::open(sandbox.port);
    let again = api.send("POST tickets", &body, Some("k-1"));
    assert_eq!((again.status, again.replayed, &again.json), (201, true, &first.json));
    assert_eq!(api.send("POST tickets", &json!({"title": "U"}), Some("k-1")).status, 409);
    assert_eq!(api.total("tickets"), 1);
    // idempotency keys are separate per environment
    let live = ApiConnection::open_with_key(sandbox.port, LIVE_KEY).send("POST tickets", &body, Some("k-1"));
    assert!(!live.replayed);
}

#[test]
fn changes_reach_a_listener_once_in_order() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let mut api = ApiConnection::open(sandbox.port);
    let id = api.data("POST tickets", &json!({"title": "T"}))["id"].as_str().unwrap().to_owned();
    let path = format!("tickets/{id}");
    api.data(&format!("PATCH {path}"), &json!({"status": "open"}));
    api.data(&format!("PATCH {path}"), &json!({"status": "open"}));
    api.send(&format!("PATCH {path}"), &json!({"status": "nonsense"}), None);
    for _ in 0..3 {
        api.send(&format!("POST {path}/messages"), &json!({"content": "Hi"}), Some("once"));
    }
    ApiConnection::open_with_key(sandbox.port, LIVE_KEY)
        .data("POST tickets", &json!({"title": "not for test keys"}));
    api.data(&format!("PATCH {path}"), &json!({"status": "resolved", "assignedTo": "mem_1"}));
    api.data(&format!("DELETE {path}"), &Value::Null);
    let requests = receiver.take(7);
    let types: Vec<String> = requests.iter().map(event_type).collect();
    assert_eq!(
        types,
        [
            "ticket.created",
            "ticket.updated",
            "ticket.message_added",
            "ticket.updated",
            "ticket.assigned",
            "ticket.closed",
            "ticket.deleted",
        ]
    );
    assert!(requests.iter().all(|request| request.json()["data"]["ticket"]["id"] == *id));
    let status = &requests[1].json()["data"]["changes"]["status"];
    assert_eq!(*status, json!({"from": "new", "to": "open"}));
    listen.wait_for_all("delivered", 7);
    listen.stop();
}

#[test]
fn listener_resumes_without_gap_after_restart() {
    let home = Home::new();
    let port = crate::support::ports::ReservedPort::new();
    let start = || Sandbox::start_at(&home, port.port, &["--rate-limit", "0"]);
    let mut sandbox = start();
    let receiver = Receiver::start();
    // three tickets, because events of different tickets may overtake each other
    let args = ["--forward-to", &receiver.url(), "--ordered"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    ApiConnection::open(sandbox.port).data("POST tickets", &json!({"title": "0"}));
    assert_eq!(event_type(&receiver.next()), "ticket.created");
    sandbox.kill();
    listen.wait_for("disconnected");
    // while no `listen` runs, on another port
    {
        let other = Sandbox::start(&home);
        let mut api = ApiConnection::open(other.port);
        for n in 1..4 {
            api.data("POST tickets", &json!({"title": n.to_string()}));
        }
    }
    let _sandbox = start();
    listen.wait_until("a new connection", |line| line["type"] == "connected" && line["reconnected"] == true);
    let titles: Vec<Value> =
        receiver.take(3).iter().map(|request| request.json()["data"]["ticket"]["title"].clone()).collect();
    assert_eq!(titles, ["1", "2", "3"]);
    assert!(listen.all("gap").is_empty());
}
