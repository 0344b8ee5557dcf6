//! `listen --ui`, `sandbox` and `ui` as commands.

use serde_json::json;

use super::{Ui, address};
use crate::support::http::{api, bearer, send};
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, TEST_KEY};

#[test]
fn sandbox_serves_the_inspector() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (port, token) = address(sandbox.ready["inspector"].as_str().unwrap());
    assert_eq!(port, sandbox.port);
    let token = bearer(&token);
    let get = |path: &str| send(port, &format!("GET /_inspector/{path}"), &[&token], "");
    let config = get("config").json();
    assert_eq!(
        (&config["mode"], &config["sandbox"], &config["team"]),
        (&"sandbox".into(), &true.into(), &"Acme Corp".into())
    );
    assert_eq!(
        send(port, "GET /_inspector/config", &[&bearer(TEST_KEY)], "").status,
        401,
        "a key is no token"
    );
    assert_eq!(get("events").json()["total"], 0);
    let tickets = get(&format!("cstar/v1/teams/{}/tickets", crate::support::http::TEAM));
    // It comes in chunks.
    assert!(tickets.status == 200 && tickets.body.contains(r#""success":true"#), "{tickets:?}");
    let log = api(port, "GET", "/logs", "").json();
    assert!(!log.to_string().contains("/_inspector/"), "{log}");
    assert_eq!(send(port, "GET /_sandbox", &[], "").status, 200);
}

#[test]
fn sandbox_without_the_page_has_no_route() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--no-ui"]);
    assert!(sandbox.ready["inspector"].is_null());
    assert_eq!(send(sandbox.port, "GET /_inspector/", &[], "").status, 404);
}

#[test]
fn listen_serves_the_page_beside_the_run() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start_in_own_home(&["--rate-limit", "0"]);
    let args = ["--forward-to", &receiver.url(), "--ui", "--ui-port", "0"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let (port, token) = address(listen.wait_for("inspector")["url"].as_str().unwrap());
    let token = bearer(&token);
    let body = json!({ "type": "ticket.created", "set": { "data.ticket.priority": "urgent" }, "count": 2 });
    let fired = send(port, "POST /_inspector/trigger", &[&token], &body.to_string()).json();
    assert_eq!(fired["triggered"], 2, "{fired}");
    assert_eq!(receiver.take(2)[0].json()["data"]["ticket"]["priority"], "urgent");
    listen.wait_for_all("delivered", 2);
    let config = send(port, "GET /_inspector/config", &[&token], "").json();
    assert_eq!((&config["mode"], &config["targets"]), (&"listen".into(), &json!([receiver.url()])));
    let newest = fired["ids"][1].as_str().unwrap();
    // The history is written a few milliseconds later.
    let event =
        std::iter::repeat_with(|| send(port, &format!("GET /_inspector/events/{newest}"), &[&token], ""))
            .find(|response| response.status == 200 && response.json()["status"] == "delivered");
    let event = event.unwrap().json();
    assert_eq!(event["signature"][0]["valid"], true, "{event}");
    assert_eq!(event["cause"]["method"], "POST", "{event}");
    listen.stop();
}

#[test]
fn a_port_in_use_is_an_error() {
    let home = Home::new();
    let ui = Ui::start(&home);
    let port = ui.port.to_string();
    let output = home.run(["ui", "--port", &port, "--json"]);
    assert_eq!(output.code, 1);
    let message = output.json_error()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(&format!("could not listen on 127.0.0.1:{port}")), "{message}");
    for args in [
        &["listen", "--ui", "--no-history", "--forward-to", "1"][..],
        &["listen", "--ui-port", "1", "--forward-to", "1"],
    ] {
        let output = crate::support::CommandOutput::run(home.cstar().args(args));
        assert_eq!(output.code, 2, "{args:?}");
    }
}
