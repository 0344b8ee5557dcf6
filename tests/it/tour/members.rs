//! The members that `cstar help json` lists are those that the commands print.

use serde_json::Value;

use super::{quoted, table};
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY};

/// A command by its name in the table, and the members of its output, or of the first element of it.
struct Printed {
    home: Home,
    sandbox: Sandbox,
    rows: Vec<(String, Vec<String>)>,
}

impl Printed {
    /// Runs `args` for the row of this name; returns the output.
    fn run(&mut self, row: &str, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let printed = CommandOutput::run(self.sandbox.cstar(&self.home).args(&args)).ok().json();
        let object = if printed.is_array() { &printed[0] } else { &printed };
        let members = object.as_object().unwrap_or_else(|| panic!("{row}: {printed}"));
        self.rows.push((row.to_owned(), members.keys().cloned().collect()));
        object.clone()
    }
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_else(|| panic!("{member}: {object}"))
}

fn resources(printed: &mut Printed) {
    let ticket = printed.run("tickets create", &["tickets", "create", "--title", "Kettle"]);
    // `tickets list` has the same members
    printed.rows.pop();
    let id = text(&ticket, "id");
    printed.run("tickets list", &["tickets", "list"]);
    printed.run("tickets reply", &["tickets", "reply", id, "Hello"]);
    printed.run("search", &["search", "kettle"]);
    printed.run("tags list", &["tags", "create", "vip"]);
    printed.run("bulk update", &["bulk", "update", "tickets", id, "--status", "open"]);
    let records = printed.home.path().join("records.json");
    std::fs::write(&records, r#"[{"name": "Jane", "email": "jane@example.com"}]"#).unwrap();
    printed.run("import", &["import", "customers", records.to_str().unwrap()]);
    printed.run("audit-log", &["audit-log"]);
    printed.run("tickets delete", &["tickets", "delete", id, "--yes"]);
}

#[test]
fn json_topic_lists_what_commands_print() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let (sandbox, url) = (Sandbox::start(&home), receiver.url());
    let body = home.path().join("body.json");
    std::fs::write(&body, "{}").unwrap();
    let body = body.to_str().unwrap().to_owned();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &url]);
    let mut printed = Printed { home, sandbox, rows: Vec::new() };

    printed.run("events", &["events"]);
    printed.run("events show", &["events", "show", "ticket.created"]);
    printed.run("trigger", &["trigger", "ticket.created"]);
    let waited = printed.run("trigger --wait", &["trigger", "ticket.created", "--wait"]);
    printed.run("trigger --to", &["trigger", "ticket.created", "--to", &url, "--secret", "whsec_a"]);
    let signed = printed.run("sign", &["sign", &body, "--secret", "whsec_a"]);
    let signature = text(&signed, "signature").to_owned();
    let verify = ["verify", &body, "--secret", "whsec_a", "--signature", &signature, "--explain"];
    printed.run("verify", &verify[..6]);
    printed.run("verify --explain", &verify);
    printed.run("open", &["open", "docs"]);
    let id = text(&waited, "eventId").to_owned();
    listen.wait_until("it", |printed_text| printed_text["type"] == "delivered" && printed_text["id"] == *id);
    printed.run("history", &["history"]);
    printed.run("history show", &["history", "show", &id]);
    printed.run("history stats", &["history", "stats"]);
    let fixture = printed.home.path().join("fixture.json").to_str().unwrap().to_owned();
    printed.run("history save", &["history", "save", &id, &fixture]);
    printed.run("why", &["why", &id]);
    printed.run("replay", &["replay", &id]);
    printed.run("status", &["status"]);
    printed.run("doctor", &["doctor"]);
    printed.run("check", &["check", &url, "--secret", "whsec_a", "--only", "valid-event"]);
    printed.run("check --list", &["check", "--list"]);
    printed.run("logs", &["logs"]);
    printed.run("keys list", &["keys", "list"]);
    let key = printed.run("keys create", &["keys", "create", "--name", "a"]);
    printed.run("keys revoke", &["keys", "revoke", text(&key, "id"), "--yes"]);
    let create = ["webhooks", "create", "--name", "a", "--url", &url, "--events", "ticket.*"];
    let webhook = printed.run("webhooks create", &create);
    let webhook = text(&webhook, "id");
    printed.run("webhooks list", &["webhooks", "list"]);
    printed.run("webhooks test", &["webhooks", "test", webhook, "ticket.created"]);
    printed.run("webhooks deliveries", &["webhooks", "deliveries", webhook]);
    printed.run("webhooks rotate-secret", &["webhooks", "rotate-secret", webhook, "--yes"]);
    printed.run("webhooks delete", &["webhooks", "delete", webhook, "--yes"]);
    resources(&mut printed);
    printed.run("api ls", &["api", "ls"]);
    printed.run("login", &["login", "--api-key", TEST_KEY]);
    printed.run("profiles list", &["profiles", "list"]);
    printed.run("logout", &["logout", "--yes"]);
    printed.run("help", &["help", "json"]);

    let rows = table("json", "## Other commands").into_iter();
    let listed: Vec<_> = rows.map(|row| (quoted(&row[0]).concat(), quoted(&row[2]))).collect();
    let mut actual = printed.rows;
    // The API orders its members, so only the set counts.
    let sorted = |rows: &mut Vec<(String, Vec<String>)>| rows.iter_mut().for_each(|(_, row)| row.sort());
    let mut listed = listed;
    sorted(&mut listed);
    sorted(&mut actual);
    for (listed, actual) in listed.iter().zip(&actual) {
        assert_eq!(listed, actual);
    }
    assert_eq!(listed.len(), actual.len());
}
