//! The session recorded in `cstar help agents`, run for real: an agent creates a ticket, waits for the event, sees the
//! delivery fail with 401, finds that the signing secret is wrong, and delivers the event after the fix.

use serde_json::{Value, json};

use super::client::{McpClient, names};
use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{Home, SANDBOX_SECRET};
use crate::tour::{block, first_column, run::matches};

const OWN_SECRET: &str = "whsec_that_the_server_has";

/// A server at `port` that verifies with this secret, as the guides recommend.
fn verifying(port: u16, secret: &'static str) -> Receiver {
    Receiver::start_at(port, move |request| {
        let header = Some(request.header("x-signature"));
        let verified = cstar::signature::verify_signature(&request.body, header, secret);
        Response::status(if verified.is_ok() { 200 } else { 401 })
    })
}

/// An agent with a transcript.
struct Agent {
    client: McpClient,
    record: Vec<String>,
}

impl Agent {
    /// Calls a tool and records these members of the result, `/`-separated.
    fn call(&mut self, tool: &str, arguments: Value, members: &[&str]) -> Value {
        self.record.push(format!("> {tool} {arguments}"));
        let result = self.client.call(tool, arguments);
        for member in members {
            let printed =
                result.pointer(&format!("/{member}")).unwrap_or_else(|| panic!("{member}: {result}"));
            let lines = printed.as_array().map_or(std::slice::from_ref(printed), Vec::as_slice);
            let name = member.replace('/', ".");
            self.record.extend(lines.iter().map(|line| format!("  {name}: {}", line.as_str().unwrap())));
        }
        result
    }
}

#[test]
fn recorded_session_finds_the_wrong_secret() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let server = verifying(0, OWN_SECRET);
    let _listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &server.url()]);
    let mut agent = Agent { client: McpClient::start(sandbox.cstar(&home), &[]), record: Vec::new() };

    let status = agent.client.call("cstar_get_status", json!({}));
    assert_eq!((&status["team"]["name"], &status["environment"]), (&"Acme Corp".into(), &"test".into()));
    assert_eq!(status["listening"][0]["targets"], json!([server.url()]));

    let new = json!({ "title": "Cannot log in", "priority": "high", "customer_name": "Jane Doe" });
    let created = agent.call("cstar_create_ticket", new, &["ticket/id"]);

    let waiting = json!({ "types": ["ticket.created"], "containing": created["ticket"]["id"] });
    let waited = agent.call("cstar_wait_for_event", waiting, &["conclusion"]);
    assert_eq!((&waited["received"], &waited["delivery"]["status"]), (&true.into(), &"failed".into()));
    assert_eq!(waited["event"]["body"]["data"]["ticket"]["title"], "Cannot log in");
    let id = waited["event"]["id"].as_str().unwrap().to_owned();

    let listed =
        agent.client.call("cstar_list_deliveries", json!({ "status": "failed", "since_minutes": 5 }));
    assert_eq!((&listed["deliveries"][0]["id"], &listed["has_more"]), (&id.as_str().into(), &false.into()));

    agent.call("cstar_explain_delivery", json!({ "event_id": id }), &["story", "next"]);

    let with_secret = json!({ "event_id": id, "secret": OWN_SECRET });
    let verdict = agent.call("cstar_verify_signature", with_secret, &["conclusion"]);
    assert_eq!(verdict["valid"], false);
    assert!(
        !verdict.to_string().contains(OWN_SECRET) && !verdict.to_string().contains(SANDBOX_SECRET),
        "{verdict}"
    );
    let verdict = agent.client.call("cstar_verify_signature", json!({ "event_id": id }));
    assert_eq!(
        (&verdict["valid"], &verdict["secret_tried"]),
        (&true.into(), &"the one of the listen session".into())
    );

    let port = server.port;
    server.stop();
    let fixed = verifying(port, SANDBOX_SECRET);
    let replayed = agent.call("cstar_replay_event", json!({ "event_id": id }), &["next"]);
    assert_eq!((&replayed["delivered"], &replayed["attempts"][0]["attempt"]), (&true.into(), &2.into()));
    assert_eq!(fixed.next().header("x-event-id"), id);

    // Lines with more indentation continue the one before.
    let recorded = block("agents", "session").replace("\n    ", " ");
    let recorded: Vec<&str> = recorded.lines().collect();
    assert_eq!(recorded.len(), agent.record.len(), "{}", agent.record.join("\n"));
    for (expected, printed) in recorded.iter().zip(&agent.record) {
        assert!(matches(expected, printed), "recorded: {expected}\nsaid: {printed}");
    }
    let (status, stderr) = agent.client.close();
    assert_eq!((status.code(), stderr), (Some(0), Vec::new()));
}

#[test]
fn agents_topic_lists_every_tool() {
    let mut client = McpClient::start_without_account(&Home::new());
    let offered = names(&client.request("tools/list", json!({})));
    assert_eq!(first_column("agents", "## Tools"), offered);
}
