//! A sandbox as seen from elsewhere: another port, another name; and what is done to one that runs.

use std::io::{Read, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

use crate::support::sandbox::Sandbox;
use crate::support::{Home, Ran, TEST_KEY};

/// Passes bytes between a port of its own and `port`, as `ssh -L` or a published container port does.
fn forward(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            let (Ok(mut from), Ok(mut to)) = (client.try_clone(), server.try_clone()) else { continue };
            thread::spawn(move || {
                let _ = copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
            thread::spawn(move || {
                let _ = copy(&mut &server, &mut &client);
                let _ = client.shutdown(Shutdown::Both);
            });
        }
    });
    own
}

fn status(port: u16, headers: &str) -> u16 {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET /_sandbox HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_sandbox_is_reached_by_a_forwarded_port() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = forward(sandbox.port);
    let base = format!("http://127.0.0.1:{port}");
    Ran::of(home.cstar().env("CSTAR_BASE_URL", &base).env("CSTAR_API_KEY", TEST_KEY).arg("status")).ok();
    assert_eq!(status(port, &format!("Host: shop.localhost:{port}\r\n")), 200);
    let foreign = format!("Host: localhost:{port}\r\nOrigin: http://localhost:{}\r\n", sandbox.port);
    assert_eq!(status(port, &foreign), 403, "a page of another port");
    assert_eq!(status(port, "Host: cstar:4747\r\n"), 403);
}

#[test]
fn an_allowed_host_is_a_name_and_a_target() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--allow-host", "cstar", "--allow-host", "app"]);
    assert_eq!(status(sandbox.port, "Host: CSTAR:1\r\n"), 200);
    assert_eq!(status(sandbox.port, "Host: cstar.evil.test\r\n"), 403);
    let create =
        |url| sandbox.run(&home, ["webhooks", "create", "--name", "a", "--url", url, "--events", "*"]);
    create("http://app:8000/hook").ok();
    let refused = create("http://other:8000/hook");
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("--allow-host"), "{refused:?}");
}

#[cfg(unix)]
#[test]
fn a_bound_sandbox_has_keys_of_its_own() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    let refused = home.run(["sandbox", "--bind", "0.0.0.0:0", "--ephemeral"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("--allow-host"), "{refused:?}");
    let file = home.path().join("keys.env");
    let args = ["--bind", "0.0.0.0", "--allow-host", "cstar", "--keys-file", file.to_str().unwrap()];
    let sandbox = Sandbox::start_at(&home, 0, &args);
    let whoami = |key: &str| {
        let mut command = home.cstar();
        Ran::of(command.env("CSTAR_BASE_URL", &sandbox.base_url).env("CSTAR_API_KEY", key).arg("status")).code
    };
    assert_ne!(whoami(TEST_KEY), 0, "the public key is refused");
    let keys = std::fs::read_to_string(&file).unwrap();
    let key = keys.lines().find_map(|line| line.strip_prefix("CSTAR_API_KEY=")).unwrap();
    assert_eq!(whoami(key), 0);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let reset = "POST /_sandbox/reset HTTP/1.1\r\nHost: cstar\r\nConnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port)).unwrap();
    stream.write_all(reset.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 401 "), "{answer}");
    home.run(["trigger", "ticket.created", "--sandbox"]).ok();
}

#[test]
fn a_live_key_never_leaves_over_plain_http() {
    let home = Home::new();
    let run = |key: &str, args: &[&str]| {
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", "http://cstar.invalid:4747").env("CSTAR_API_KEY", key);
        Ran::of(command.arg("status").args(args))
    };
    assert_eq!(run("sk_test_abc", &[]).code, 2);
    let live = run("sk_live_abc", &["--insecure-http-host", "cstar.invalid"]);
    assert!(live.code == 2 && live.stderr.contains("live key"), "{live:?}");
    let other = run("sk_test_abc", &["--insecure-http-host", "invalid"]);
    assert!(other.code == 2 && other.stderr.contains("--insecure-http-host"), "{other:?}");
}

#[test]
fn the_sandbox_key_needs_the_sandbox() {
    let home = Home::new();
    let ran = Ran::of(home.cstar().env("CSTAR_API_KEY", TEST_KEY).arg("status"));
    assert!(ran.code == 2 && ran.stderr.contains("add --sandbox"), "{ran:?}");
    let elsewhere =
        Ran::of(home.cstar().env("CSTAR_BASE_URL", "https://x.invalid").args(["status", "--sandbox"]));
    assert!(elsewhere.code == 2 && elsewhere.stderr.contains("unset CSTAR_BASE_URL"), "{elsewhere:?}");
}

#[test]
fn a_running_sandbox_is_reset_and_seeded() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--ephemeral"]);
    let tickets = || -> u64 {
        let mut rest = crate::support::rest::Rest::at(sandbox.port);
        rest.total("tickets")
    };
    for word in ["Planted", "Already there"] {
        let ran = home.run(["sandbox", "seed", "--tickets", "7"]).ok();
        assert!(ran.stdout.contains(word), "{ran:?}");
        assert_eq!(tickets(), 7);
    }
    home.run(["sandbox", "reset", "--yes"]).ok();
    assert_eq!(tickets(), 0);
}

#[test]
fn foreign_access_is_not_imported_unasked() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    sandbox.run(&home, ["keys", "create", "--name", "CI"]).ok();
    let url = "https://stranger.example/hook";
    sandbox.run(&home, ["webhooks", "create", "--name", "a", "--url", url, "--events", "*"]).ok();
    drop(sandbox);
    home.run(["sandbox", "export", "state.ndjson"]).ok();
    let args = ["sandbox", "import", "state.ndjson", "--yes", "--data-dir", "other"];
    let refused = home.run(args);
    assert_eq!(refused.code, 2, "{refused:?}");
    for named in [url, "\"CI\"", "--accept-access"] {
        assert!(refused.stderr.contains(named), "{named}: {refused:?}");
    }
    Ran::of(home.cstar().args(args).arg("--accept-access")).ok();
    let text = std::fs::read_to_string(home.path().join("state.ndjson")).unwrap();
    let line = r#"{"environment":"test","counter":"ticket","value":9223372036854775807}"#;
    std::fs::write(home.path().join("bad.ndjson"), format!("{text}{line}\n")).unwrap();
    let capped = home.run(["sandbox", "import", "bad.ndjson", "--yes", "--accept-access"]);
    assert!(capped.code == 2 && capped.stderr.contains("counter"), "{capped:?}");
}

#[test]
fn an_export_of_nothing_creates_nothing() {
    let home = Home::new();
    for args in [["export", "--data-dir", "./typo"], ["reset", "--data-dir=./typo", "--yes"]] {
        let ran = Ran::of(home.cstar().arg("sandbox").args(args));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("typo") && !home.path().join("typo").exists(), "{ran:?}");
    }
    let json = Ran::of(home.cstar().args(["sandbox", "export", "--data-dir", "x", "--json"]));
    let error: Value = serde_json::from_str(json.stderr.trim()).unwrap_or_else(|_| json.json_error());
    assert!(error.is_object());
}
