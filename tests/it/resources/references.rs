//! Shortened ids in flags and filters, and values that must not be taken for an id.

use super::{create, run};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const CUSTOMER: [&str; 6] = ["customers", "create", "--name", "Jane", "--email", "jane@example.com"];

#[test]
fn flags_take_shortened_ids() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let customer = create(&sandbox, &home, &CUSTOMER);
    let category = create(&sandbox, &home, &["categories", "create", "--name", "Billing"]);
    let end = format!("…{}", &customer[customer.len() - 8..]);
    let member = |id: &str, name: &str| {
        let ticket = run(&sandbox, &home, &["tickets", "get", id, "--json"]).ok().json();
        ticket[name].as_str().unwrap_or_default().to_owned()
    };
    let id =
        create(&sandbox, &home, &["tickets", "create", "--title", "T", "--customer-id", &customer[..12]]);
    assert_eq!(member(&id, "customerId"), customer);
    run(&sandbox, &home, &["tickets", "update", &id, "--assigned-to", "…00000002", "--customer-id", &end])
        .ok();
    assert_eq!(member(&id, "assignedTo"), "mem_00000000000040008000000000000002");
    run(&sandbox, &home, &["bulk", "update", "tickets", &id, "--assigned-to", "someone"]).ok();
    assert_eq!(member(&id, "assignedTo"), "someone");
    let found = run(&sandbox, &home, &["tickets", "list", "--customer-id", &end, "--jq", ".[].id"]).ok();
    assert_eq!(found.stdout, format!("{id}\n"));
    let article = ["articles", "create", "--title", "A", "--content", "C", "--category-id", &category[..8]];
    let article = create(&sandbox, &home, &article);
    let filed =
        run(&sandbox, &home, &["articles", "list", "--category", &category[..8], "--jq", ".[].id"]).ok();
    assert_eq!(filed.stdout, format!("{article}\n"));
}

#[test]
fn wrong_ids_in_flags_are_one_clear_line() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let none = ["tickets", "list", "--customer-id", "cus_fff"];
    for (args, code, expected) in [
        (&none[..], 1, "there is no customer `cus_fff`"),
        (&["tickets", "create", "--title", "T", "--customer-id", "jane"], 1, "there is no customer `jane`"),
        (
            &["tickets", "list", "--customer-id", "tkt_1"],
            2,
            "`tkt_1` is the id of a ticket, not of a customer",
        ),
        (&["tickets", "get", "cus_1"], 2, "show it: cstar customers get cus_1"),
        // As no filter they would list, or change, every object.
        (&["tickets", "list", "--customer-id", ""], 2, "a value is required for '--customer-id <ID>'"),
        (&["tickets", "list", "--assigned-to", ""], 2, "a value is required"),
        (&["customers", "list", "--tag", ""], 2, "a value is required"),
        (&["tickets", "list", "--limit", "-1"], 2, "'-1' for '--limit <N>': expected a whole number"),
        (&["tickets", "create", "--field", "=x"], 2, "has no name"),
        (&["tickets", "create", "--data", ""], 2, "--data is empty"),
        (&["api", "GET", "tickets", "more"], 2, "unexpected argument 'more' found"),
    ] {
        let output = run(&sandbox, &home, args);
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(expected), "{args:?}: {output:?}");
    }
    let json = CommandOutput::run(sandbox.cstar(&home).args(none).arg("--json"));
    assert_eq!(json.json_error()["message"], "there is no customer `cus_fff`");
}

#[test]
fn ambiguous_ids_in_flags_are_refused() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = run(&sandbox, &home, &["tickets", "create", "--title", "T", "--assigned-to", "mem_0000"]);
    assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{output:?}");
    assert!(output.stderr.contains("mem_00000000000040008000000000000001"), "{output:?}");
}
