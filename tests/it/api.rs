//! `cstar api`: any request, pages, programs and refusals, against the sandbox and hostile servers.

mod compared;
mod hostile;
mod pages;
mod refused;

use serde_json::{Value, json};

use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// Runs `cstar api` with these arguments.
fn api(sandbox: &Sandbox, home: &Home, args: &[&str]) -> CommandOutput {
    CommandOutput::run(sandbox.cstar(home).arg("api").args(args))
}

#[test]
fn api_reads_and_writes_any_path() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let whoami = api(&sandbox, &home, &["auth/whoami"]).ok();
    assert_eq!(whoami.json()["data"]["teamName"], "Acme Corp");
    assert_eq!(whoami.stderr, "");
    let made = api(&sandbox, &home, &["POST", "tickets", "-f", "title=Fire", "-f", "priority=high"]).ok();
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let path = format!("tickets/{id}");
    for same in [
        path.clone(),
        format!("/{path}"),
        format!("/api/v1/teams/{{team}}/{path}"),
        format!("teams/{{team}}/{path}"),
    ] {
        assert_eq!(api(&sandbox, &home, &[&same]).ok().json()["data"]["title"], "Fire", "{same}");
    }
    let whole = format!("{}/api/v1/teams/{{team}}/{path}", sandbox.base_url);
    assert_eq!(api(&sandbox, &home, &[&whole, "--jq", ".data.title"]).ok().stdout, "Fire\n");
    let changed = api(&sandbox, &home, &["-X", "patch", &path, "-F", "tags[]=a", "-F", "tags[]=b"]).ok();
    assert_eq!(changed.json()["data"]["tags"], json!(["a", "b"]));
    assert_eq!(api(&sandbox, &home, &["DELETE", &path]).ok().json()["data"]["deleted"], true);
    assert_eq!(api(&sandbox, &home, &[&path]).code, 1);
}

#[test]
fn api_prints_the_exact_bytes_in_a_pipe() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let plain = api(&sandbox, &home, &["webhooks"]).ok();
    assert!(plain.stdout.starts_with(r#"{"success":true,"data":[]"#), "{plain:?}");
    assert!(plain.json()["meta"]["requestId"].is_string());
    let with_flag = api(&sandbox, &home, &["webhooks", "--json", "--jq", ".data"]).ok();
    assert_eq!(with_flag.stdout, "[]\n");
    assert_eq!(api(&sandbox, &home, &["webhooks", "--json"]).ok().json()["data"], json!([]));
    let included = api(&sandbox, &home, &["webhooks", "-i", "--silent"]).ok().stdout;
    assert!(included.starts_with("HTTP/1.1 200 OK\n") && included.ends_with("\n\n"), "{included}");
    assert!(included.contains("\nx-cstar-request-id: req_"), "{included}");
    assert_eq!(api(&sandbox, &home, &["webhooks", "--silent"]).ok().stdout, "");
}

#[test]
fn api_sends_bodies_from_file_and_stdin() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let customer = br#"{"name":"Ada","email":"ada@example.com"}"#;
    std::fs::write(home.path().join("body.json"), customer).unwrap();
    std::fs::write(home.path().join("title.txt"), "From a file").unwrap();
    let made = api(&sandbox, &home, &["customers", "--input", "body.json", "--jq", ".data.email"]).ok();
    assert_eq!(made.stdout, "ada@example.com\n");
    let other = br#"{"name":"Bob","email":"bob@example.com"}"#;
    let mut command = sandbox.cstar(&home);
    let made = CommandOutput::run_with_input(command.args(["api", "customers", "--input", "-"]), other).ok();
    assert_eq!(made.json()["data"]["name"], "Bob");
    let made = api(&sandbox, &home, &["tickets", "-F", "title=@title.txt", "--jq", ".data.title"]).ok();
    assert_eq!(made.stdout, "From a file\n");
    let listed = api(&sandbox, &home, &["GET", "customers", "-f", "search=ada@example.com"]).ok();
    assert_eq!(listed.json()["pagination"]["total"], 1);
}

#[test]
fn api_lists_its_operations() {
    let home = Home::new();
    let all = home.run(["api", "ls"]).ok().stdout;
    assert!(all.contains("GET\ttickets/{id}\tdocumented\tGet a ticket\n"), "{all}");
    assert!(all.contains("GET\tauth/whoami\tdocumented\t"), "{all}");
    assert!(all.contains("POST\tapi-keys\tours\t"), "{all}");
    let some = home.run(["api", "ls", "MESSAGES"]).ok().stdout;
    assert_eq!(some.lines().filter(|line| line.contains("messages")).count(), some.lines().count());
    let json = home.run(["api", "ls", "whoami", "--json"]).ok().json();
    assert_eq!(json[0]["path"], "/api/v1/auth/whoami");
    assert_eq!(json.as_array().map(Vec::len), Some(1));
    let none = home.run(["api", "ls", "no such thing"]).ok();
    assert!(none.stdout.is_empty() && none.stderr.contains("No operation matches"), "{none:?}");
    assert_eq!(home.run(["api", "ls", "no such thing", "--json"]).ok().json(), json!([]));
}

#[test]
fn api_completes_methods_and_paths() {
    let home = Home::new();
    let offered = |words: &[&str]| -> Vec<String> {
        let place = (words.len() - 1).to_string();
        let mut command = home.cstar();
        let output = CommandOutput::run(command.args(["__complete", "bash", &place, "--"]).args(words)).ok();
        output.stdout.lines().map(str::to_owned).collect()
    };
    assert_eq!(offered(&["cstar", "api", "tick"]), ["tickets", "tickets/"]);
    assert_eq!(offered(&["cstar", "api", "PA"]), ["PATCH"]);
    assert_eq!(offered(&["cstar", "api", "-X", "DEL"]), ["DELETE"]);
    assert!(offered(&["cstar", "api", "DELETE", "webh"]).contains(&"webhooks/".to_owned()));
    assert!(!offered(&["cstar", "api", "PATCH", ""]).iter().any(|path| path.starts_with("auth")));
}

#[test]
fn dry_run_prints_a_command_without_key() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let args = ["tickets", "-f", "title=it's", "-H", "X-Tag: a", "--api-version", "2025-12-10", "--dry-run"];
    let printed = api(&sandbox, &home, &args).ok().stdout;
    assert!(printed.starts_with("curl -sS -X POST 'http://127.0.0.1:"), "{printed}");
    for part in [
        "  -H \"Authorization: Bearer $CSTAR_API_KEY\" \\\n",
        "  -H 'cstar-version: 2025-12-10' \\\n",
        "  -H 'x-tag: a' \\\n",
        "  -H 'idempotency-key: ",
        "  --data-binary '{\"title\":\"it'\\''s\"}'\n",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert!(!printed.contains("sk_test"), "{printed}");
    let tickets = api(&sandbox, &home, &["tickets", "--jq", ".pagination.total"]).ok();
    assert_eq!(tickets.stdout, "0\n", "nothing was sent");
}

#[test]
fn versions_are_sent_and_checked() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let old = |value: &Value| value["error"]["request_id"].is_null();
    // documented: the refusals of that version have fewer members.
    let of = |args: &[&str], variable: &str| {
        let mut command = sandbox.cstar_with_key(&home, "sk_test_unknown00000000000000000000000000");
        CommandOutput::run(command.env("CSTAR_API_VERSION", variable).args(["api", "auth/whoami"]).args(args))
    };
    let (now, by_flag) = (of(&[], ""), of(&["--api-version", "2025-12-10"], ""));
    assert_eq!((now.code, by_flag.code), (4, 4));
    assert!(!old(&now.json()), "{now:?}");
    assert_ne!(now.json()["error"], by_flag.json()["error"]);
    assert_eq!(of(&[], "2025-12-10").json()["error"]["message"], by_flag.json()["error"]["message"]);
    for bad in ["latest", "2026-13-01", "2026-3-1"] {
        let refused = of(&["--api-version", bad], "");
        assert!(refused.code == 2 && refused.stderr.contains("expected a date such as"), "{refused:?}");
        let refused = of(&[], bad);
        assert!(refused.code == 2 && refused.stderr.contains("CSTAR_API_VERSION"), "{refused:?}");
    }
}
