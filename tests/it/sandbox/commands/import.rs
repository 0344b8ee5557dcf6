//! `sandbox export` and `sandbox import`.

use serde_json::json;

use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, assert_private, set_mode};

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
fn failed_import_leaves_no_state() {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "2", "--data-dir", "a"]).ok();
    let whole = home.run(["sandbox", "export", "--data-dir", "a"]).ok().stdout;
    let import =
        |state: &str| home.run_with_input(["sandbox", "import", "-", "--data-dir", "new"], state.as_bytes());
    let failed = import(&whole[..whole.len() / 2]);
    assert!(failed.code == 2 && failed.stderr.contains("nothing was changed"), "{failed:?}");
    // Without --yes, which an existing state needs.
    import(&whole).ok();
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
    assert!(output.stderr.contains("accepts at most 64 MiB"), "{output:?}");
}

#[test]
fn imported_webhooks_and_keys_still_work() {
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

    // a file that others could read becomes private
    let file = home.path().join("state.ndjson");
    std::fs::write(&file, "").unwrap();
    set_mode(&file, 0o644);
    let reported = file.to_str().unwrap();
    let output = home.run(["sandbox", "export", reported, "--data-dir", "a"]).ok();
    assert!(output.stderr.contains("1 webhook") && output.stderr.contains("1 api key"), "{output:?}");
    assert_private(&file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(secret) && !text.contains(key), "a secret signs, of a key there is a hash");
    for _ in 0..2 {
        home.run(["sandbox", "import", reported, "--data-dir", "b", "--yes", "--accept-access"]).ok();
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
