//! A sandbox behind another port or another name.

mod state;

use std::io::{Read, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

#[cfg(target_os = "linux")]
use crate::support::LIVE_KEY;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY, assert_private};

/// Copies bytes between a port of its own and `port`, as `ssh -L` or a published container port does.
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
fn sandbox_is_reachable_by_a_forwarded_port() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = forward(sandbox.port);
    let base = format!("http://127.0.0.1:{port}");
    CommandOutput::run(
        home.cstar().env("CSTAR_BASE_URL", &base).env("CSTAR_API_KEY", TEST_KEY).arg("status"),
    )
    .ok();
    assert_eq!(status(port, &format!("Host: shop.localhost:{port}\r\n")), 200);
    let foreign = format!("Host: localhost:{port}\r\nOrigin: http://localhost:{}\r\n", sandbox.port);
    assert_eq!(status(port, &foreign), 403, "a page of another port");
    assert_eq!(status(port, "Host: cstar:4747\r\n"), 403);
}

#[test]
fn allowed_host_is_a_name_and_a_target() {
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

#[test]
fn bound_sandbox_has_its_own_keys() {
    let home = Home::new();
    let refused = home.run(["sandbox", "--bind", "0.0.0.0:0", "--ephemeral"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("--allow-host"), "{refused:?}");
    let file = home.path().join("keys.env");
    let args = ["--bind", "0.0.0.0", "--allow-host", "cstar", "--keys-file", file.to_str().unwrap()];
    let sandbox = Sandbox::start_at(&home, 0, &args);
    let whoami = |key: &str| {
        let mut command = home.cstar();
        CommandOutput::run(
            command.env("CSTAR_BASE_URL", &sandbox.base_url).env("CSTAR_API_KEY", key).arg("status"),
        )
        .code
    };
    assert_ne!(whoami(TEST_KEY), 0, "the public key is refused");
    let keys = std::fs::read_to_string(&file).unwrap();
    let key = keys.lines().find_map(|line| line.strip_prefix("CSTAR_API_KEY=")).unwrap();
    assert_eq!(whoami(key), 0);
    assert_private(&file);
    let reset = "POST /_sandbox/reset HTTP/1.1\r\nHost: cstar\r\nConnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port)).unwrap();
    stream.write_all(reset.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 401 "), "{answer}");
    home.run(["trigger", "ticket.created", "--sandbox"]).ok();

    let second = ["sandbox", "--ephemeral", "--port", &sandbox.port.to_string()].map(str::to_owned);
    let taken = CommandOutput::run(home.cstar().args(second).args(args));
    assert!(taken.code != 0 && taken.stderr.contains("in use"), "{taken:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), keys, "the keys of the running sandbox");
}

#[test]
fn wrong_environment_of_a_key_is_named() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["keys", "create", "--name", "a", "--environment", "live"]);
    assert_eq!(output.code, 4, "{output:?}");
    assert!(output.stderr.contains("use a key of that environment"), "{output:?}");
}

#[test]
fn live_key_is_never_sent_over_plain_http() {
    let home = Home::new();
    let run = |key: &str, args: &[&str]| {
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", "http://cstar.invalid:4747").env("CSTAR_API_KEY", key);
        CommandOutput::run(command.arg("status").args(args))
    };
    assert_eq!(run("sk_test_abc", &[]).code, 2);
    let live = run("sk_live_abc", &["--insecure-http-host", "cstar.invalid"]);
    assert!(live.code == 2 && live.stderr.contains("live key"), "{live:?}");
    let other = run("sk_test_abc", &["--insecure-http-host", "invalid"]);
    assert!(other.code == 2 && other.stderr.contains("--insecure-http-host"), "{other:?}");
}

#[test]
fn sandbox_key_needs_the_sandbox() {
    let home = Home::new();
    let output = CommandOutput::run(home.cstar().env("CSTAR_API_KEY", TEST_KEY).arg("status"));
    assert!(output.code == 2 && output.stderr.contains("add --sandbox"), "{output:?}");
    let elsewhere = CommandOutput::run(
        home.cstar().env("CSTAR_BASE_URL", "https://x.invalid").args(["status", "--sandbox"]),
    );
    assert!(elsewhere.code == 2 && elsewhere.stderr.contains("unset CSTAR_BASE_URL"), "{elsewhere:?}");
}

#[test]
fn listen_names_the_kept_sandbox_state() {
    let home = Home::new();
    let listen = || home.run(["listen", "--sandbox", "--forward-to", "9", "--for", "100ms"]).ok().stderr;
    assert!(!listen().contains("It holds"));
    home.run(["sandbox", "seed", "--tickets", "2"]).ok();
    assert!(listen().contains("It holds 0 webhooks and 2 tickets, kept since"));
}

#[test]
fn rate_limit_hints_name_the_owner() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--ephemeral", "--rate-limit", "1"]);
    sandbox.run(&home, ["status"]);
    let limited = sandbox.run(&home, ["status", "--json"]);
    assert_ne!(limited.code, 0, "{limited:?}");
    let hint = limited.json_error()["hint"].to_string();
    assert!(hint.contains("--rate-limit 0") && !hint.contains("wait"), "{hint}");
}

#[test]
fn library_articles_respect_limit() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--ephemeral"]);
    home.run(["sandbox", "seed", "--live"]).ok();
    let mut api = crate::support::api_connection::ApiConnection::open(sandbox.port);
    let mut get = |query: &str| {
        let line = format!("GET /api/library/acme/articles?{query}");
        let reply = api.send(&line, &Value::Null, None);
        (reply.status, reply.json["data"].as_array().map(Vec::len))
    };
    assert_eq!(get("limit=1"), (200, Some(1)));
    assert_eq!(get("limit=3"), (200, Some(3)));
    assert_eq!(get("pageSize=2"), (200, Some(2)));
    for bad in ["limit=0", "limit=-1", "limit=many", "limit=101"] {
        assert_eq!(get(bad).0, 400, "{bad}");
    }
}

#[test]
fn listen_hints_name_only_its_own_flags() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let free = format!("http://127.0.0.1:{}", crate::support::ports::closed_port());
    let other = home.run(["listen", "--sandbox", "--base-url", &free, "--for", "1s"]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.stderr.contains(&sandbox.base_url) && other.stderr.contains("CSTAR_HOME"), "{other:?}");
    drop(sandbox);
    std::fs::write(home.path().join("cstar/sandbox/sandbox.db"), "nonsense ".repeat(400)).unwrap();
    let damaged = home.run(["listen", "--sandbox", "--for", "1s"]);
    assert_eq!(damaged.code, 1, "{damaged:?}");
    for output in [other, damaged] {
        assert!(
            !output.stderr.contains("--data-dir") && !output.stderr.contains("--ephemeral"),
            "{output:?}"
        );
    }
}

/// 0.0.0.0 is not a loopback address but leads here on Linux, so it stands in for another machine.
#[cfg(target_os = "linux")]
#[test]
fn profile_may_be_for_an_insecure_host() {
    let home = Home::new();
    let sandbox = Sandbox::start_in_own_home(&["--ephemeral", "--allow-host", "0.0.0.0"]);
    let base = format!("http://0.0.0.0:{}", sandbox.port);
    let run = |hosts: &str, key: &str, args: &[&str]| {
        let mut command = home.cstar();
        CommandOutput::run_with_input(
            command.env("CSTAR_INSECURE_HTTP_HOSTS", hosts).args(args),
            key.as_bytes(),
        )
    };
    let login = ["login", "--store", "file", "--base-url", &base];
    for (hosts, key, expected) in [
        ("", TEST_KEY, "--insecure-http-host 0.0.0.0"),
        ("0.0.0.1", TEST_KEY, "--insecure-http-host 0.0.0.0"),
        ("0.0.0.0", LIVE_KEY, "live key"),
        ("http://0.0.0.0", TEST_KEY, "CSTAR_INSECURE_HTTP_HOSTS"),
    ] {
        let output = run(hosts, key, &login);
        assert!(output.code == 2 && output.stderr.contains(expected), "{hosts}: {output:?}");
    }
    run("other, 0.0.0.0", TEST_KEY, &login).ok();
    run("0.0.0.0", "", &["status"]).ok();
    let without = run("", "", &["status"]);
    assert!(without.code == 2 && without.stderr.contains("--insecure-http-host 0.0.0.0"), "{without:?}");
    run("", "", &["status", "--insecure-http-host", "0.0.0.0"]).ok();
    run("", "", &["profiles", "list"]).ok();
}
