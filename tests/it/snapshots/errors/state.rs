//! Conflicts with the state of a sandbox: unknown and ambiguous ids, refused addresses, confirmations.

use crate::snapshots::errors::{area, check_all};
use crate::snapshots::filter::Names;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, TEST_KEY};

const WEBHOOKS: &str = "
cstar webhooks get whk_none
cstar webhooks get ''
cstar webhooks get whk_
cstar webhooks get ../x
cstar webhooks delete whk_none --yes
cstar webhooks delete [WEBHOOK]
cstar webhooks rotate-secret [WEBHOOK]
cstar webhooks update [WEBHOOK]
cstar webhooks update [WEBHOOK] --url http://example.com/x
cstar webhooks update [WEBHOOK] --events nosuch.event
cstar webhooks create --url http://example.com/x --events '*'
cstar webhooks create --url nowhere! --events '*'
cstar webhooks create --url https://example.com/x --events nosuch.event
cstar webhooks create --url https://example.com/x --events ''
cstar webhooks create --url https://example.com/x --events 'tickt.*'
cstar webhooks test [WEBHOOK] nosuch.event
cstar webhooks test [WEBHOOK]
cstar webhooks resend [WEBHOOK] dlv_none
cstar webhooks resend [WEBHOOK] ''
cstar webhooks deliveries whk_none
cstar webhooks deliveries [WEBHOOK] --status broken
cstar webhooks deliveries [WEBHOOK] --limit 0
";

const KEYS: &str = "
cstar keys revoke key_none
cstar keys revoke ''
cstar keys revoke key_
cstar keys revoke [KEYID]
cstar keys create --name ''
cstar keys create --name x --save ../x
CSTAR_API_KEY=pk_test_sandbox0000000000000000000000000 cstar keys list
CSTAR_API_KEY=sk_test_hunter2hunter2hunter2hunter2 cstar keys list
echo sk_test_hunter2hunter2hunter2hunter2 | cstar login --store file
";

const DELIVERIES: &str = "
cstar trigger ticket.created --require-receiver
cstar trigger ticket.created --wait --wait-for 50ms
cstar trigger ticket.* --wait --wait-for 50ms
cstar trigger ticket.created --data '{\"ticket\":3}' --set data.ticket.id=1
cstar listen --ready-file no/such/directory/file --forward-to 1
cstar listen --ready-file . --forward-to 1
cstar listen --events nosuch.event --forward-to 1
cstar history show evt_none
cstar history show ''
cstar history dismiss
cstar history dismiss evt_none --yes
cstar history export --har no/such/directory/file
cstar history export --har . --jsonl
cstar replay evt_none --secret whsec_x
cstar replay
cstar why evt_none
cstar logs --since 2099-13-01
cstar logs --status 4
";

#[test]
fn errors_about_the_state_are_as_reviewed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let create =
        ["webhooks", "create", "--url", "http://127.0.0.1:1/x", "--events", "survey.submitted", "--json"];
    let webhook = sandbox.run(&home, create).ok().json();
    sandbox.run(&home, create).ok();
    let keys = sandbox.run(&home, ["keys", "list", "--json"]).ok().json();
    let own = keys.as_array().unwrap().iter().find(|key| key["type"] == "secret").unwrap();
    let names = Names::default()
        .name("[API]", &sandbox.base_url)
        .name("[WEBHOOK]", webhook["id"].as_str().unwrap())
        .name("[KEYID]", own["id"].as_str().unwrap());
    let areas = [("webhooks", WEBHOOKS), ("keys", KEYS), ("deliveries", DELIVERIES)].map(|(name, lines)| {
        // Lines without a key of their own use the sandbox's.
        let lines = lines.replace("CSTAR_API_KEY", "CSTAR_BASE_URL=[API] CSTAR_API_KEY");
        let lines: Vec<String> = lines
            .lines()
            .map(|line| match line.strip_prefix("cstar ") {
                Some(rest) => format!("CSTAR_BASE_URL=[API] CSTAR_API_KEY={TEST_KEY} cstar {rest}"),
                None => line.replace("| cstar", "| CSTAR_BASE_URL=[API] cstar"),
            })
            .collect();
        (name, area(&home, &names, &lines.join("\n")))
    });
    assert!(check_all("errors-state", areas.into()) >= 30);
}
