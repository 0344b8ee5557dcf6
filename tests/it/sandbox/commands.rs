//! `sandbox seed`, `export`, `import` and `reset`.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::api_connection::ApiConnection;
use crate::support::process::{Process, read_until};
#[cfg(unix)]
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

#[test]
fn seed_and_import_reproduce_the_same_bytes() {
    let home = Home::new();
    for directory in ["a", "b"] {
        let output =
            home.run(["sandbox", "seed", "--tickets", "20", "--customers", "5", "--data-dir", directory]);
        assert!(output.ok().stdout.contains("5 customers and 20 tickets of test data"));
    }
    let export = |directory: &str| home.run(["sandbox", "export", "--data-dir", directory]).ok().stdout;
    let first = export("a");
    assert_eq!(first, export("b"));
    home.run(["sandbox", "seed", "--seed", "2", "--live", "--data-dir", "b"]).ok();
    assert_ne!(first, export("b"));

    let output = home.run(["sandbox", "export", "state.ndjson", "--data-dir", "a", "--json"]).ok();
    assert_eq!(output.json()["objects"]["ticket"], 20);
    let into = ["sandbox", "import", "state.ndjson", "--data-dir"];
    let output = CommandOutput::run(home.cstar().args(into).arg("b"));
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("add --yes"), "{output:?}");
    for directory in ["b", "new"] {
        let output = CommandOutput::run(home.cstar().args(into).args([directory, "--yes"])).ok();
        assert!(output.stdout.contains("20 tickets"), "{output:?}");
        assert_eq!(export(directory), first);
    }
    let output =
        home.run_with_input(["sandbox", "import", "-", "--data-dir", "b", "--yes"], first.as_bytes());
    output.ok();
    let half = &first[..first.len() / 2];
    let output = home.run_with_input(["sandbox", "import", "-", "--data-dir", "b", "--yes"], half.as_bytes());
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("line ") && output.stderr.contains("nothing was changed"), "{output:?}");
    assert_eq!(export("b"), first);
}

#[test]
fn truncated_import_changes_nothing() {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "5", "--data-dir", "a"]).ok();
    let export = || home.run(["sandbox", "export", "--data-dir", "a"]).ok().stdout;
    let whole = export();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let end: serde_json::Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    assert_eq!(end, json!({ "end": true, "lines": lines.len() - 1 }));
    let running = Sandbox::start(&home);
    let at = format!("http://127.0.0.1:{}", running.port);
    for kept in [1, lines.len() / 2, lines.len() - 1] {
        std::fs::write(home.path().join("cut.ndjson"), lines[..kept].concat()).unwrap();
        for target in [["--data-dir", "a"], ["--base-url", at.as_str()]] {
            let output = CommandOutput::run(
                home.cstar().args(["sandbox", "import", "cut.ndjson", "--yes"]).args(target),
            );
            assert_eq!(output.code, 2, "{target:?} {output:?}");
            let reason =
                format!("line {kept}: the end mark after this line is missing: the file was cut off");
            assert!(output.stderr.contains(&reason), "{target:?} {output:?}");
            assert!(output.stderr.contains("nothing was changed"), "{target:?} {output:?}");
        }
    }
    assert_eq!(export(), whole);
}

#[test]
fn state_in_use_is_not_opened_twice() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    ApiConnection::open(sandbox.port).data("POST tickets", &json!({"title": "T"}));
    let output = home.run(["sandbox", "--port", "0"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("another sandbox is using"), "{output:?}");
    assert!(output.stderr.contains("cstar/sandbox`") && output.stderr.contains("stop"), "{output:?}");
    let output = home.run(["sandbox", "--port", "0", "--json"]);
    assert_eq!(output.json_error()["exit_code"], 1);
    assert_eq!(ApiConnection::open(sandbox.port).total("tickets"), 1);
}

#[test]
fn running_sandbox_can_be_exported() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    home.run(["sandbox", "seed", "--tickets", "7"]).ok();
    let printed = home.run(["sandbox", "export"]).ok().stdout;
    let output = home.run(["sandbox", "export", "state.ndjson", "--json"]).ok();
    assert_eq!(output.json()["objects"]["ticket"], 7);
    assert_eq!(std::fs::read_to_string(home.path().join("state.ndjson")).unwrap(), printed);
    let address = format!("http://127.0.0.1:{}", sandbox.port);
    assert_eq!(home.run(["sandbox", "export", "--base-url", &address]).ok().stdout, printed);
    let output = home.run(["sandbox", "export", "state.ndjson"]).ok();
    assert!(output.stderr.contains("7 tickets"), "{output:?}");
    home.run(["sandbox", "reset", "--yes"]).ok();
    assert_ne!(home.run(["sandbox", "export"]).ok().stdout, printed);
    home.run(["sandbox", "import", "state.ndjson", "--yes"]).ok();
    assert_eq!(home.run(["sandbox", "export"]).ok().stdout, printed);
    drop(sandbox);
    assert_eq!(home.run(["sandbox", "export"]).ok().stdout, printed);
}

#[test]
fn import_error_names_line_and_column_once() {
    let home = Home::new();
    for (input, words) in [
        ("{", "line 1: the file ends in the middle of this line: it was cut off\n"),
        ("{\n", "line 1: not JSON: EOF while parsing an object\n"),
        ("{\"a\" 1}", "line 1: not JSON: expected `:` at column 6\n"),
    ] {
        let output = home.run_with_input(["sandbox", "import", "-", "--yes"], input.as_bytes());
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains(words), "{output:?}");
    }
}

#[test]
fn endless_import_is_refused() {
    let home = Home::new();
    let _sandbox = Sandbox::start(&home);
    let output = home.run(["sandbox", "import", "/dev/zero", "--yes"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("takes at most 64 MiB"), "{output:?}");
}

#[test]
fn file_in_place_of_a_state_is_named() {
    let home = Home::new();
    std::fs::write(home.path().join("file"), "").unwrap();
    std::fs::create_dir_all(home.path().join("cstar")).unwrap();
    std::fs::write(home.path().join("cstar/sandbox"), "").unwrap();
    for args in [
        &["sandbox", "reset", "--yes"][..],
        &["sandbox", "seed"],
        &["sandbox", "seed", "--data-dir", "file"],
        &["sandbox", "--port", "0", "--data-dir", "file"],
        &["sandbox", "seed", "--data-dir", "file/below"],
    ] {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_eq!(output.code, 1, "{args:?} {output:?}");
        assert!(output.stderr.contains("not a directory"), "{args:?} {output:?}");
        assert!(
            output.stderr.contains("\nhint: ") && output.stderr.contains("--data-dir"),
            "{args:?} {output:?}"
        );
    }
}

#[test]
fn reset_asks_first_and_removes_everything() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    ApiConnection::open(sandbox.port).data("POST tickets", &json!({"title": "T"}));
    drop(sandbox);
    let output = home.run(["sandbox", "reset"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("--yes"), "{output:?}");
    let output = home.run(["sandbox", "reset", "--yes", "--json"]).ok();
    assert_eq!(output.json()["reset"], true);
    home.run(["sandbox", "reset", "--yes"]).ok();
    let sandbox = Sandbox::start(&home);
    assert_eq!(ApiConnection::open(sandbox.port).total("tickets"), 0);
}

#[cfg(unix)]
#[test]
fn ephemeral_sandbox_is_private_and_temporary() {
    let home = Home::new();
    let args = ["--rate-limit", "0", "--ephemeral"];
    let (mut one, mut other) = (Sandbox::start_at(&home, 0, &args), Sandbox::start_at(&home, 0, &args));
    ApiConnection::open(one.port).data("POST tickets", &json!({"title": "T"}));
    assert_eq!(ApiConnection::open(other.port).total("tickets"), 0);
    other.interrupt();
    one.interrupt();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    let output = home.run(["sandbox", "--ephemeral", "--data-dir", "x"]);
    assert_eq!(output.code, 2, "{output:?}");
}

#[test]
fn unusable_data_directory_is_named() {
    let home = Home::new();
    std::fs::write(home.path().join("file"), "").unwrap();
    let output = home.run(["sandbox", "--port", "0", "--data-dir", "file"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("`file`: it is not a directory"), "{output:?}");
    std::fs::create_dir(home.path().join("bad")).unwrap();
    std::fs::write(home.path().join("bad/sandbox.db"), "nonsense ".repeat(200)).unwrap();
    let output = home.run(["sandbox", "--port", "0", "--data-dir", "bad"]);
    assert!(output.stderr.contains("is damaged") && output.stderr.contains("sandbox reset"), "{output:?}");
    home.run(["sandbox", "reset", "--data-dir", "bad", "--yes"]).ok();
    for (wrong, why) in [
        (["sandbox", "import", "none"], "could not read the state from `none`"),
        (["sandbox", "seed", "--tickets=-1"], "--tickets"),
        (["sandbox", "export", "--data-dir="], "--data-dir"),
    ] {
        let output = home.run(wrong);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains(why), "{output:?}");
    }
}

#[test]
fn every_filter_works_on_thousands_of_tickets() {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "3000", "--customers", "500"]).ok();
    let sandbox = Sandbox::start(&home);
    let mut api = ApiConnection::open(sandbox.port);
    assert_eq!(api.total("tickets"), 3_000);
    let sum = |api: &mut ApiConnection, param: &str, values: &[&str]| -> u64 {
        values.iter().map(|value| api.total(&format!("tickets?{param}={value}"))).sum()
    };
    assert_eq!(sum(&mut api, "status", &["new", "open", "pending", "resolved", "closed"]), 3_000);
    assert_eq!(sum(&mut api, "priority", &["low", "normal", "high", "urgent"]), 3_000);
    let invoices = api.total("tickets?search=invoice");
    assert!((1..3_000).contains(&invoices));
    assert!(api.total("tickets?search=invoice&status=closed&priority=urgent") < invoices);
    let last = api.send("GET tickets?page=30&pageSize=100", &Value::Null, None).json;
    assert_eq!(
        (last["data"].as_array().unwrap().len(), &last["pagination"]["hasMore"]),
        (100, &json!(false))
    );
    let customers = api.send("GET customers?pageSize=100", &Value::Null, None).json;
    let counted: u64 = (1..=5)
        .map(|page| api.send(&format!("GET customers?pageSize=100&page={page}"), &Value::Null, None).json)
        .flat_map(|page| page["data"].as_array().unwrap().clone())
        .map(|customer| customer["ticketCount"].as_u64().unwrap())
        .sum();
    assert_eq!(customers["pagination"]["total"], 500);
    assert!((2_500..=3_000).contains(&counted), "{counted}: a few came before the first customer");
}

#[cfg(unix)]
#[test]
fn imported_webhooks_and_keys_still_work() {
    use std::os::unix::fs::PermissionsExt;

    use cstar::signature::verify_signature;

    let home = Home::new();
    let receiver = Receiver::start();
    let mut first = Sandbox::start_at(&home, 0, &["--data-dir", "a"]);
    let url = receiver.url();
    let made = first.run(&home, ["webhooks", "create", "--url", &url, "--events", "ticket.*", "--json"]);
    let webhook = made.ok().json();
    let (id, secret) = (webhook["id"].as_str().unwrap(), webhook["secret"].as_str().unwrap());
    let key = first.run(&home, ["keys", "create", "--name", "CI", "--json"]).ok().json();
    let key = key["key"].as_str().unwrap();
    first.interrupt();

    // a file that others could read is not left like that
    let file = home.path().join("state.ndjson");
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let shown = file.to_str().unwrap();
    let output = home.run(["sandbox", "export", shown, "--data-dir", "a"]).ok();
    assert!(output.stderr.contains("1 webhook") && output.stderr.contains("1 api key"), "{output:?}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(secret) && !text.contains(key), "a secret signs, of a key there is a hash");
    for _ in 0..2 {
        home.run(["sandbox", "import", shown, "--data-dir", "b", "--yes", "--accept-access"]).ok();
    }
    assert_eq!(home.run(["sandbox", "export", "--data-dir", "b"]).ok().stdout, text);

    let second = Sandbox::start_at(&home, 0, &["--data-dir", "b"]);
    let listed = second.run(&home, ["webhooks", "list", "--json"]).ok().json();
    assert_eq!((listed.as_array().unwrap().len(), listed[0]["id"].as_str()), (1, Some(id)));
    let mut trigger = second.cstar(&home);
    trigger.env("CSTAR_API_KEY", key).args(["trigger", "ticket.created"]);
    CommandOutput::run(&mut trigger).ok();
    let request = receiver.next();
    verify_signature(&request.body, Some(request.header("x-signature")), secret).unwrap();
}

#[test]
fn broken_state_is_logged_with_request_ids() {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "500"]).ok();
    let log = home.path().join("log");
    let mut command = home.cstar();
    command.args(["sandbox", "--json", "--port", "0"]).stdout(Stdio::piped());
    let mut running = Process::start(command.stderr(File::create(&log).unwrap()));
    let (_, line) = read_until(running.stdout(), "{");
    let ready: Value = serde_json::from_str(&line).unwrap();
    let base_url = ready["base_url"].as_str().unwrap();
    let path = Path::new(ready["data_dir"].as_str().unwrap()).join("sandbox.db");
    let mut state = OpenOptions::new().write(true).open(&path).unwrap();
    // All pages but the first, which says that this is a database.
    state.seek(SeekFrom::Start(4096)).unwrap();
    let length = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
    state.write_all(&vec![0xff; length - 4096]).unwrap();
    let args = ["trigger", "ticket.created", "--sandbox", "--base-url", base_url, "--json"];
    let output = home.run(args);
    assert_eq!(output.code, 1, "{output:?}");
    let id = output.json_error()["request_id"].as_str().unwrap().to_owned();
    let log = std::fs::read_to_string(log).unwrap();
    let line = |id: &str| log.lines().filter(|line| line.contains(id)).count();
    assert_eq!(line(&format!("ERROR {id} is answered with 500: ")), 1, "{log}");
    let ids: BTreeSet<&str> =
        log.lines().filter_map(|line| line.split(' ').find(|word| word.starts_with("req_"))).collect();
    assert_eq!(log.lines().filter(|line| line.contains("answered with 500")).count(), ids.len(), "{log}");
}
