//! `cstar bulk` and `cstar search`.

use serde_json::{Value, json};

use super::{create, run};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

#[test]
fn bulk_close_reports_each_failure() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let ids: Vec<String> = ["A", "B"]
        .iter()
        .map(|title| create(&sandbox, &home, &["tickets", "create", "--title", title]))
        .collect();
    let input = format!("{}\n{}\ntkt_none\n{}\n", ids[0], ids[1], ids[0]);
    let args = ["bulk", "update", "tickets", "-", "--status", "closed"];
    let output = CommandOutput::run_with_input(sandbox.cstar(&home).args(args), input.as_bytes());
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(output.stdout, "Failed  tkt_none  Ticket not found\nChanged 2 tickets, 1 failed\n");
    let list = run(&sandbox, &home, &["tickets", "list", "--status", "closed", "--json"]).ok().json();
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
    let asked = run(&sandbox, &home, &["bulk", "delete", "tickets", &ids[0]]);
    assert!(asked.code == 2 && asked.stderr.contains("--yes"), "{asked:?}");
    let args = ["bulk", "delete", "tickets", &ids[0], &ids[1], "--yes", "--json"];
    let result = run(&sandbox, &home, &args).ok().json();
    let expected = json!({"object": "bulk_result", "action": "delete", "resource": "tickets", "total": 2,
        "succeeded": 2, "failed": 0, "errors": []});
    assert_eq!(result, expected);
}

#[test]
fn bulk_splits_more_than_100_ids() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    run(&sandbox, &home, &["sandbox", "seed", "--tickets", "130"]).ok();
    let list = run(&sandbox, &home, &["tickets", "list", "--all"]).ok().stdout;
    let ids: Vec<&str> = list.lines().filter_map(|line| line.split('\t').next()).collect();
    let args = ["bulk", "update", "tickets", "-", "--field", "notes=Seen", "--json"];
    let result = CommandOutput::run_with_input(sandbox.cstar(&home).args(args), ids.join("\n").as_bytes());
    assert_eq!(result.ok().json()["succeeded"], 130);
    for (args, expected) in [
        (&["bulk", "update", "tickets", "tkt_1"][..], "nothing to change"),
        (&["bulk", "update", "members", "mem_1"], "unrecognized subcommand"),
        (&["bulk", "delete", "tickets"], "<ID>"),
    ] {
        let output = run(&sandbox, &home, args);
        assert!(output.code == 2 && output.stderr.contains(expected), "{args:?}: {output:?}");
    }
    let none =
        CommandOutput::run_with_input(sandbox.cstar(&home).args(["bulk", "delete", "tickets", "-"]), b"\n");
    assert!(none.code == 2 && none.stderr.contains("there are no ids"), "{none:?}");
}

#[test]
fn search_covers_all_kinds_of_objects() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let ticket = create(&sandbox, &home, &["tickets", "create", "--title", "Lost invoice"]);
    create(&sandbox, &home, &["customers", "create", "--name", "Invoice Ltd", "--email", "i@example.com"]);
    let found = run(&sandbox, &home, &["search", "lost", "invoice"]).ok();
    assert!(found.stdout.starts_with(&format!("ticket\t{ticket}\tLost invoice\t")), "{found:?}");
    let all = run(&sandbox, &home, &["search", "invoice", "--json"]).ok().json();
    assert_eq!(all.as_array().map(Vec::len), Some(2), "{all}");
    let only =
        run(&sandbox, &home, &["search", "invoice", "--type", "customers,articles", "--json"]).ok().json();
    assert_eq!(only[0]["type"], "customer", "{only}");
    let none = run(&sandbox, &home, &["search", "nothing at all"]).ok();
    assert!(none.stdout.is_empty() && none.stderr.contains("Nothing contains"), "{none:?}");
    assert_eq!(run(&sandbox, &home, &["search", "zzz", "--json"]).ok().json(), Value::Array(Vec::new()));
}
