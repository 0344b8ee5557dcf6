//! `cstar tickets` and the other resource commands, against the sandbox and against refusing servers.

mod bulk;
mod many;
mod references;
mod refused;

use serde_json::{Value, json};

use crate::support::sandbox::Sandbox;
#[cfg(unix)]
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{CommandOutput, Home, LIVE_KEY, PUBLISHABLE_KEY};

fn run(sandbox: &Sandbox, home: &Home, args: &[&str]) -> CommandOutput {
    CommandOutput::run(sandbox.cstar(home).args(args))
}

/// Runs a command that creates something, and returns its id.
fn create(sandbox: &Sandbox, home: &Home, args: &[&str]) -> String {
    let args = [args, &["--json"]].concat();
    run(sandbox, home, &args).ok().json()["id"].as_str().unwrap().to_owned()
}

/// A writable resource: its command, the flags of a creation and of an update, and what the update sets.
type Case = (&'static str, &'static [&'static str], &'static [&'static str], (&'static str, &'static str));

const WRITABLE: [Case; 9] = [
    (
        "tickets",
        &["--title", "Cannot log in", "--priority", "high", "--tag", "a", "--tag", "b c"],
        &["--status", "pending"],
        ("status", "pending"),
    ),
    (
        "customers",
        &["--name", "Jane", "--email", "jane@example.com"],
        &["--sentiment", "happy"],
        ("sentiment", "happy"),
    ),
    (
        "articles",
        &["--title", "Reset", "--data", r#"{"content": "Text"}"#],
        &["--status", "published"],
        ("status", "published"),
    ),
    (
        "categories",
        &["--name", "Billing", "--sort-order", "-2", "--public", "false"],
        &["--color", "red"],
        ("color", "red"),
    ),
    ("customer-groups", &["--name", "Early"], &["--description", "Old"], ("description", "Old")),
    (
        "automations",
        &["--name", "Tag", "--trigger-event", "ticket.created", "--data", r#"{"actions": []}"#],
        &["--field", "name=7", "--enabled", "false"],
        ("name", "7"),
    ),
    (
        "views",
        &["--name", "Urgent", "--entity-type", "tickets", "--field", r#"filters={"priority": "urgent"}"#],
        &["--visibility", "team"],
        ("visibility", "team"),
    ),
    (
        "custom-fields",
        &["--name", "Plan", "--type", "select", "--entity-type", "tickets", "--option", "a", "--option", "b"],
        &["--position", "3", "--required", "true", "--name", "Tariff"],
        ("name", "Tariff"),
    ),
    ("posts", &["--title", "Dark mode", "--pinned", "true"], &["--status", "planned"], ("status", "planned")),
];

#[test]
fn resources_are_created_changed_and_deleted() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for (name, created, changed, (member, value)) in WRITABLE {
        let none = run(&sandbox, &home, &[name, "list"]).ok();
        assert!(none.stdout.is_empty() && none.stderr.contains(&format!("cstar {name} create")), "{none:?}");
        let id = create(&sandbox, &home, &[&[name, "create"], created].concat());
        // the beginning of an id is enough
        let short = &id[..12];
        let updated = run(&sandbox, &home, &[&[name, "update", short], changed].concat()).ok();
        assert!(updated.stdout.starts_with(&format!("Updated  {id}  ")), "{updated:?}");
        let shown = run(&sandbox, &home, &[name, "get", short, "--json"]).ok().json();
        assert_eq!((shown["id"].as_str(), shown[member].as_str()), (Some(&*id), Some(value)), "{shown}");
        let lines = run(&sandbox, &home, &[name, "get", &id]).ok();
        assert!(lines.stdout.contains(&format!("\t{value}\n")), "{lines:?}");
        let list = run(&sandbox, &home, &[name, "list"]).ok();
        assert!(list.stdout.starts_with(&format!("{id}\t")) && list.stdout.lines().count() == 1, "{list:?}");
        assert_eq!(run(&sandbox, &home, &[name, "list", "--json"]).ok().json()[0]["id"], *id);
        let asked = run(&sandbox, &home, &[name, "delete", short]);
        assert_eq!(asked.code, 2, "{asked:?}");
        assert!(asked.stderr.contains(&format!("cstar {name} delete {id} --yes")), "{asked:?}");
        let deleted = run(&sandbox, &home, &[name, "delete", short, "--yes"]).ok();
        assert!(deleted.stdout.starts_with(&format!("Deleted  {id}")), "{deleted:?}");
        let gone = run(&sandbox, &home, &[name, "get", &id]);
        assert!(gone.code == 1 && gone.stderr.contains(&format!("cstar {name} list")), "{gone:?}");
    }
    let members = run(&sandbox, &home, &["members", "list", "--role", "agent", "--json"]).ok().json();
    assert_eq!(members.as_array().map(Vec::len), Some(1), "{members}");
    run(&sandbox, &home, &["members", "get", members[0]["id"].as_str().unwrap()]).ok();
    run(&sandbox, &home, &["settings", "update", "--csat", "true"]).ok();
    assert_eq!(run(&sandbox, &home, &["settings", "get", "--json"]).ok().json()["csatEnabled"], true);
}

#[test]
fn body_is_built_from_all_flags() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let args = [
        "tickets",
        "create",
        "--data",
        "-",
        "--field",
        "metadata={\"k\":1}",
        "--field",
        "notes=7",
        "--title",
        "Flag wins",
        "--json",
    ];
    let input = br#"{"title": "From data", "status": "open", "priority": "low"}"#;
    let made = CommandOutput::run_with_input(sandbox.cstar(&home).args(args), input).ok().json();
    assert_eq!(
        (&made["title"], &made["status"], &made["metadata"], &made["notes"]),
        (&json!("Flag wins"), &json!("open"), &json!({"k": 1}), &json!("7"))
    );
    let id = made["id"].as_str().unwrap();
    let cleared = run(&sandbox, &home, &["tickets", "update", id, "--field", "notes=null", "--json"]).ok();
    assert_eq!(cleared.json()["notes"], Value::Null);
    for (args, expected) in [
        (&["tickets", "create"][..], "--title is missing"),
        (&["customers", "create", "--name", "J"], "--email is missing"),
        (&["tickets", "create", "--title", "T", "--priority", "huge"], "low, normal, high, urgent"),
        (&["tickets", "create", "--data", "[1]"], "not a JSON object"),
        (&["tickets", "create", "--data", "@/no/such/file"], "could not read the data"),
        (&["tickets", "create", "--field", "title"], "has no `=`"),
        (&["tickets", "update", id], "there is nothing to change"),
        (&["tickets", "update", "tkt_", "--status", "open"], "too short"),
        (&["tickets", "get", "../settings"], "cannot be the id of a ticket"),
        (&["tickets", "list", "--limit", "0"], "--limit"),
        (&["tickets", "list", "--limit", "1", "--all"], "cannot be used with"),
        (&["members", "create"], "unrecognized subcommand"),
        (&["tickets", "reply", id, " "], "the message is empty"),
        (&["search", " "], "nothing to search for"),
    ] {
        let output = run(&sandbox, &home, args);
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(expected), "{args:?}: {output:?}");
    }
}

#[test]
fn lists_are_filtered_and_have_pages() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    run(&sandbox, &home, &["sandbox", "seed", "--tickets", "130"]).ok();
    let count = |args: &[&str]| {
        let args = [&["tickets", "list", "--json"], args].concat();
        run(&sandbox, &home, &args).ok().json().as_array().unwrap().len()
    };
    assert_eq!((count(&[]), count(&["--limit", "3"]), count(&["--limit", "115"])), (20, 3, 115));
    assert_eq!(count(&["--all"]), 130);
    let list = run(&sandbox, &home, &["tickets", "list", "--limit", "2"]).ok();
    assert!(list.stderr.contains("2 of 130; --all lists all"), "{list:?}");
    let closed =
        run(&sandbox, &home, &["tickets", "list", "--status", "closed", "--all", "--json"]).ok().json();
    assert!(closed.as_array().unwrap().iter().all(|ticket| ticket["status"] == "closed"));
    let none = run(&sandbox, &home, &["tickets", "list", "--search", "no such text"]).ok();
    assert!(none.stdout.is_empty() && none.stderr.contains("No tickets match."), "{none:?}");
    let several = run(&sandbox, &home, &["tickets", "get", "t"]);
    assert_eq!(several.code, 2, "{several:?}");
}

#[test]
fn tickets_are_answered_and_closed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let id = create(&sandbox, &home, &["tickets", "create", "--title", "Kettle"]);
    let none = run(&sandbox, &home, &["tickets", "messages", &id]).ok();
    assert!(none.stdout.is_empty() && none.stderr.contains("no messages"), "{none:?}");
    let reply = run(&sandbox, &home, &["tickets", "reply", &id[..10], "We are\non it\u{1b}[2J"]).ok();
    assert_eq!(reply.stdout, format!("Added to  {id}  Kettle\n"));
    let input = b"For the team";
    let args = ["tickets", "reply", &id, "-", "--internal", "true", "--json"];
    let message = CommandOutput::run_with_input(sandbox.cstar(&home).args(args), input).ok().json();
    assert_eq!((&message["content"], &message["isInternal"]), (&json!("For the team"), &json!(true)));
    let messages = run(&sandbox, &home, &["tickets", "messages", &id]).ok();
    assert!(messages.stdout.contains("\tWe are\\x0aon it\\x1b[2J\n") && !messages.stdout.contains('\u{1b}'));
    let closed = run(&sandbox, &home, &["tickets", "close", &id]).ok();
    assert_eq!(closed.stdout, format!("Closed  {id}  Kettle\n"));
    assert_eq!(run(&sandbox, &home, &["tickets", "get", &id, "--json"]).ok().json()["status"], "closed");
}

#[test]
fn live_writes_ask_for_a_confirmation() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let live = |args: &[&str]| CommandOutput::run(sandbox.cstar_with_key(&home, LIVE_KEY).args(args));
    for args in [
        &["tickets", "create", "--title", "T"][..],
        &["settings", "update", "--csat", "true"],
        &["tags", "create", "vip"],
        &["bulk", "update", "tickets", "tkt_x", "--status", "open"],
    ] {
        let refused = live(args);
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{args:?}: {refused:?}");
        assert!(refused.stderr.contains("--yes"), "{args:?}: {refused:?}");
    }
    assert_eq!(live(&["tickets", "list", "--json"]).ok().json(), json!([]));
    live(&["tickets", "create", "--title", "T", "--yes"]).ok();
    assert_eq!(live(&["tickets", "list", "--json"]).ok().json().as_array().map(Vec::len), Some(1));
}

#[test]
fn publishable_keys_read_but_do_not_write() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let id = create(&sandbox, &home, &["tickets", "create", "--title", "Invoice"]);
    let public =
        |args: &[&str]| CommandOutput::run(sandbox.cstar_with_key(&home, PUBLISHABLE_KEY).args(args));
    public(&["tickets", "get", &id]).ok();
    assert_eq!(public(&["search", "invoice", "--json"]).ok().json()[0]["id"], *id);
    public(&["tags", "list"]).ok();
    for args in [
        &["tickets", "create", "--title", "T"][..],
        &["tickets", "close", &id],
        &["tickets", "delete", &id, "--yes"],
        &["tickets", "reply", &id, "Hello"],
        &["settings", "get"],
        &["tags", "create", "x"],
        &["bulk", "delete", "tickets", &id, "--yes"],
    ] {
        let refused = public(args);
        assert_eq!(refused.code, 4, "{args:?}: {refused:?}");
        assert!(refused.stderr.contains("HTTP 403"), "{args:?}: {refused:?}");
    }
}

#[cfg(unix)]
#[test]
fn tables_fit_a_terminal_of_80_columns() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    run(&sandbox, &home, &["sandbox", "seed", "--tickets", "30"]).ok();
    let group = ["customer-groups", "create", "--name", &"long ".repeat(40)];
    run(&sandbox, &home, &group).ok();
    for args in [
        &["tickets", "list"][..],
        &["customers", "list"],
        &["articles", "list"],
        &["categories", "list"],
        &["customer-groups", "list"],
        &["posts", "list"],
        &["members", "list"],
        &["tags", "list"],
        &["search", "the"],
    ] {
        let Some(mut terminal) = Terminal::start_with_width(80, &sandbox.cstar(&home), args) else {
            println!("{SKIPPED}");
            return;
        };
        let screen = terminal.read_to_end();
        assert!(screen.contains("[exit 0]"), "{args:?}: {screen}");
        for line in screen.lines() {
            let plain = anstream::adapter::strip_str(line).to_string();
            assert!(plain.trim_end().chars().count() <= 80, "{args:?}: {plain}");
        }
    }
}

#[test]
fn tags_are_listed_created_and_deleted() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    assert!(run(&sandbox, &home, &["tags", "list"]).ok().stderr.contains("cstar tags create"));
    let created = run(&sandbox, &home, &["tags", "create", "a/b ü", "--json"]).ok().json();
    assert_eq!(created, json!({"object": "tag", "name": "a/b ü", "count": 0}));
    create(&sandbox, &home, &["tickets", "create", "--title", "T", "--tag", "vip"]);
    assert_eq!(run(&sandbox, &home, &["tags", "list"]).ok().stdout, "a/b ü\t0\nvip\t1\n");
    let again = run(&sandbox, &home, &["tags", "create", "vip"]);
    assert!(again.code == 1 && again.stderr.contains("already exists"), "{again:?}");
    assert_eq!(run(&sandbox, &home, &["tags", "delete", "vip", "--yes"]).code, 1, "it is in use");
    assert_eq!(run(&sandbox, &home, &["tags", "delete", "a/b ü"]).code, 2);
    assert_eq!(run(&sandbox, &home, &["tags", "delete", "a/b ü", "--yes"]).ok().stdout, "Deleted  a/b ü\n");
    for (name, code) in [("a/b ü", 1), ("..", 2)] {
        let refused = run(&sandbox, &home, &["tags", "delete", name, "--yes"]);
        assert!(refused.code == code && refused.stderr.contains("cstar tags list"), "{refused:?}");
    }
}
