//! Wrong command lines, each as people would type it and with `--json`.

use std::ffi::OsString;

use super::{Case, KEY, SECRET, case, check_all, usage};
use crate::support::Home;
use crate::support::ports::closed_port;

fn command_lines() -> Vec<Case> {
    vec![
        usage("unrecognized subcommand 'lisen'", ["lisen"]),
        usage("unrecognized subcommand ''", [""]),
        usage("unexpected argument '--nope'", ["--nope"]),
        usage("unexpected argument '--forward-too'", ["listen", "--forward-too", "3000"]),
        usage("unexpected argument '-x'", ["events", "-x"]),
        usage("unexpected argument 'more'", ["demo", "more"]),
        usage("--quiet", ["events", "--quiet", "--verbose"]),
        usage("--all", ["trigger", "--all", "ticket.created"]),
        usage("<EVENT>", ["trigger"]),
        usage("<TYPE>", ["events", "show"]),
        usage("<SHELL>", ["completion"]),
        usage("invalid value 'tcsh'", ["completion", "tcsh"]),
        usage("show", ["events", "--category", "tickets", "show", "ticket.created"]),
        usage("cannot be used multiple times", ["listen", "--count", "1", "--count", "2"]),
        usage("a value is required", ["listen", "--forward-to"]),
        usage("a value is required", ["--api-key"]),
    ]
}

fn values() -> Vec<Case> {
    let long = "x".repeat(100_000);
    vec![
        usage("port 0", ["listen", "--forward-to", "0"]),
        usage("port 0", ["listen", "--forward-to", "localhost:0"]),
        usage("invalid port", ["listen", "--forward-to", "65536"]),
        usage("expected a URL", ["listen", "--forward-to", "not a target"]),
        usage("expected a URL", ["listen", "--forward-to", ""]),
        usage("expected a URL", ["listen", "--forward-to", &long]),
        usage("unsupported scheme `ftp`", ["listen", "--forward-to", "ftp://localhost/"]),
        usage("is not sent", ["listen", "--forward-to", "http://user:hunter2@localhost:3000/"]),
        usage("expected PATTERN=TARGET", ["listen", "--route", "3000"]),
        usage("did you mean ticket.*", ["listen", "--route", "tickt.*=3000"]),
        usage("expected a URL", ["listen", "--route", "ticket.*="]),
        usage("malformed", ["listen", "--events", "ticket.**"]),
        usage("malformed", ["listen", "--events", "ticket.created,,"]),
        usage("did you mean ticket.created", ["listen", "--events", "tickt.created"]),
        usage("malformed", ["listen", "--events", "a\n  tip: b"]),
        usage("there is no colon", ["listen", "--header", "hunter2"]),
        usage("line break", ["listen", "--header", "X-Token: hunter2\r\nX-Other: 1"]),
        usage("is not a header name", ["listen", "--header", "a b: hunter2"]),
        usage("is set by the HTTP client", ["listen", "--header", "Content-Length: 5"]),
        usage("it is blank", ["listen", "--secret", " "]),
        usage("expected a duration", ["listen", "--timeout", "soon"]),
        usage("expected a duration", ["listen", "--timeout=-1s"]),
        usage("expected a duration", ["listen", "--for", "1 fortnight"]),
        usage("expected a duration", ["listen", "--for", "99999999999999999999h"]),
        usage("expected a whole number from 1 ", ["listen", "--count", "0"]),
        usage("'--count <N>'", ["listen", "--count", "18446744073709551616"]),
        usage("a number from 1 to 1024", ["listen", "--concurrency", "0"]),
        usage("a number from 1 to 1024", ["listen", "--concurrency", "many"]),
        usage("'--retries <N>'", ["listen", "--retries=-1"]),
        usage("expected a whole number from 0 to 65535", ["sandbox", "--port", "65536"]),
        usage("'--rate-limit <N>'", ["sandbox", "--rate-limit", "fast"]),
        usage("it is one of auto, sse, ws", ["listen", "--transport", "tcp"]),
        usage("one of tickets", ["events", "--category", "ticket"]),
        usage("one of tickets", ["events", "--category", "\u{1b}[31m\u{202e}"]),
        usage("no event type `tickt.created`", ["events", "show", "tickt.created"]),
        usage("no event type", ["events", "show", "\u{1b}]0;x\u{7}"]),
        usage("no event type", ["events", "show", "sk_live_hunter2"]),
        usage("no event type", ["events", "show", &long]),
        usage("'--at <UNIX>'", ["sign", "--secret", SECRET, "--at", "noon"]),
        usage("'--at <UNIX>'", ["verify", "--secret", SECRET, "--at", "9223372036854775808"]),
    ]
}

fn triggers() -> Vec<Case> {
    vec![
        usage("did you mean `ticket.created`", ["trigger", "tickt.created"]),
        usage("malformed", ["trigger", "ticket.nosuch*"]),
        usage("expected a whole number from 1 ", ["trigger", "ticket.created", "--count", "0"]),
        usage("expected a whole number from 1 to", ["trigger", "ticket.created", "--count", "100001"]),
        usage("--data is not JSON", ["trigger", "ticket.created", "--data", "{"]),
        usage("must be a JSON object", ["trigger", "ticket.created", "--data", "[1]"]),
        usage("could not read --data", ["trigger", "ticket.created", "--data", "@no-such-file"]),
        usage("could not read --data", ["trigger", "ticket.created", "--data", "@."]),
        usage("standard input is empty", ["trigger", "ticket.created", "--data", "-"]),
        usage("`junk` is not UTF-8 text", ["trigger", "ticket.created", "--data", "@junk"]),
        usage("there is no `=`", ["trigger", "ticket.created", "--set", "data.ticket"]),
        usage("must begin with `data.`", ["trigger", "ticket.created", "--set", "ticket.id=1"]),
        usage("has no name", ["trigger", "ticket.created", "--set", "data..id=1"]),
        usage("--to <TARGET>", ["trigger", "ticket.created", "--secret", SECRET]),
        usage("--to <TARGET>", ["trigger", "ticket.created", "--insecure"]),
        usage("--to <TARGET>", ["trigger", "ticket.created", "-H", "A: hunter2"]),
        usage("no signing secret", ["trigger", "ticket.created", "--to", "3000"]),
        usage("no signing secret", ["trigger", "ticket.created", "--to", "3000"])
            .env("CSTAR_WEBHOOK_SECRET", " "),
        usage("port 0", ["trigger", "ticket.created", "--to", "http://localhost:0/x"]),
    ]
}

fn signatures() -> Vec<Case> {
    let header = format!("t=1700000000,v1={}", "a".repeat(64));
    vec![
        usage("no signing secret", ["sign", "junk"]),
        usage("no signing secret", ["verify", "junk"]),
        usage("it is blank", ["sign", "--secret", "", "junk"]),
        usage("could not read the body", ["sign", "--secret", SECRET, "no-such-file"]),
        usage("could not read the body", ["sign", "--secret", SECRET, "."]),
        usage("could not read the body", ["verify", "--secret", SECRET, "--signature", &header, "."]),
        usage("has no signature", ["verify", "--secret", SECRET, "junk"]),
        usage("has no signature", ["verify", "--secret", SECRET, "--signature", " ", "junk"]),
        case(1, "malformed", ["verify", "--secret", SECRET, "--signature", "v1", "junk"]),
        case(1, "malformed", ["verify", "--secret", SECRET, "--signature", "\u{1b}[2J\u{9b}", "junk"]),
        case(1, "malformed", ["verify", "--secret", SECRET, "--signature", "t=1,v1=zz", "junk"]),
        case(1, "malformed", ["verify", "--secret", SECRET, "--signature", &"t=1,".repeat(20_000), "junk"]),
        case(1, "matches the body", ["verify", "--secret", SECRET, "--signature", &header, "junk"]),
        case(1, "matches the body", ["verify", "--secret", KEY, "--signature", &header, "junk"]),
        case(1, "matches the body", ["verify", "--secret", SECRET, "--signature", &header, "-"]),
    ]
}

fn accounts() -> Vec<Case> {
    let trigger = |more: &[&str]| {
        let args = ["trigger", "ticket.created"].iter().chain(more).map(OsString::from).collect();
        Case { code: 4, expected: "", args, env: Vec::new() }
    };
    let key = |key: &str, expected| Case { expected, ..trigger(&["--api-key", key]) };
    let base = |url: &str, expected| Case { code: 2, expected, ..trigger(&["--base-url", url]).key() };
    let ca_cert = |file: &str, expected| Case { code: 2, expected, ..trigger(&["--ca-cert", file]).key() };
    vec![
        Case { expected: "not logged in", ..trigger(&[]) },
        case(4, "not logged in", ["listen"]),
        case(4, "not logged in", ["listen", "--print-secret"]),
        Case { expected: "not logged in", ..trigger(&[]).env("CSTAR_API_KEY", "") },
        key("", "is empty"),
        key("hunter2", "must begin with sk_live_"),
        key("sk_test_", "ends after its prefix"),
        key("sk_test_hunter2\nhunter2", "white space"),
        key(" sk_test_hunter2", "white space"),
        key("sk_test_hunter2é", "is not allowed in an HTTP header"),
        key("sk_test_hunter2\u{1b}", "is not allowed in an HTTP header"),
        key(SECRET, "webhook signing secret"),
        Case { expected: "from CSTAR_API_KEY", ..trigger(&[]).env("CSTAR_API_KEY", SECRET) },
        base("www.cstar.help", "has no scheme"),
        base("localhost:4747", "has no scheme"),
        base("", "cannot be used"),
        base("https://", "cannot be used"),
        base("ftp://www.cstar.help", "`ftp`"),
        base("http://www.cstar.help", "never sent over plain http"),
        base("http://127.0.0.1.evil.example", "never sent over plain http"),
        base("http://2130706433.evil.example", "never sent over plain http"),
        base("https://user:hunter2@www.cstar.help", "user name or password"),
        base("https:user:hunter2@www.cstar.help", "user name or password"),
        base("https://www.cstar.help/api/v2", "has a path"),
        base("https://www.cstar.help/?a=b", "has a path"),
        ca_cert("no-such-file", "could not use --ca-cert"),
        ca_cert(".", "could not use --ca-cert"),
        ca_cert("empty", "no certificate"),
        ca_cert("junk", "no certificate"),
        ca_cert("broken.pem", "could not use --ca-cert"),
        usage("could not use --ca-cert", ["listen", "--ca-cert", "no-such-file"]).key(),
        usage("a value is required", ["listen", "--ca-cert"]),
        Case { code: 2, expected: "is remote", ..trigger(&["--sandbox", "--base-url", "https://h.example"]) },
        Case { code: 2, expected: "no profile `hunter`", ..trigger(&["--profile", "hunter"]) },
        Case { code: 2, expected: "from CSTAR_PROFILE", ..trigger(&[]).env("CSTAR_PROFILE", "hunter") },
        usage("a value is required", ["trigger", "--profile"]),
        usage("is not a valid profile name", ["login", "--profile", "../x"]),
        usage("there is no profile", ["profiles", "use", "x"]),
        usage("there is no profile", ["profiles", "remove", "x"]),
        usage("exclude each other", ["logout", "--all", "--profile", "x"]),
        usage("it is one of", ["login", "--store", "drawer"]),
        usage("unrecognized subcommand", ["profiles", "lst"]),
        case(4, "no API key on standard input", ["login"]),
        case(1, "there is no .cstar.toml", ["profiles", "trust"]),
        Case { code: 2, expected: "CSTAR_BASE_URL", ..trigger(&[]).key().env("CSTAR_BASE_URL", "nonsense") },
    ]
}

/// Few, because each waits for three retries.
fn unreachable() -> Vec<Case> {
    let base = || format!("http://127.0.0.1:{}", closed_port());
    vec![
        case(3, "could not reach", ["trigger", "ticket.created", "--base-url", &base()]).key(),
        case(3, "could not reach", ["trigger", "--all", "--base-url", &base()]).key(),
        case(3, "could not reach", ["listen", "--base-url", &base()]).key(),
        case(3, "could not reach", ["listen", "--print-secret", "--base-url", &base()]).key(),
    ]
}

#[cfg(unix)]
fn not_unicode() -> Vec<Case> {
    use std::os::unix::ffi::OsStringExt;
    let not_utf8 = || OsString::from_vec(vec![b'x', 0xff, 0x1b, b'[']);
    vec![
        case(2, "unrecognized subcommand", [not_utf8()]),
        case(2, "invalid UTF-8", ["events".into(), "show".into(), not_utf8()]),
        case(2, "invalid UTF-8", ["listen".into(), "--forward-to".into(), not_utf8()]),
        case(2, "UTF-8", ["listen".into(), "--secret".into(), not_utf8()]),
        case(2, "could not read the body", ["sign".into(), "--secret".into(), "s".into(), not_utf8()]),
        case(2, "one of tickets", ["events".into(), "--category".into(), OsString::from("\u{fffd}")]),
    ]
}

#[cfg(not(unix))]
fn not_unicode() -> Vec<Case> {
    Vec::new()
}
#[test]
fn invalid_input_gets_a_short_error_and_code() {
    let cases: Vec<Case> = [command_lines(), values(), triggers(), signatures(), accounts(), not_unicode()]
        .into_iter()
        .flatten()
        .collect();
    assert!(cases.len() >= 100, "only {}", cases.len());
    check_all(&cases, 4);
}

#[test]
fn unreachable_api_is_reported() {
    check_all(&unreachable(), 8);
}

#[test]
fn no_command_prints_help_with_exit_code_2() {
    let home = Home::new();
    let output = home.run([]);
    assert_eq!((output.code, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("Usage: cstar") && output.stderr.contains("listen"), "{output:?}");
    let output = home.run(["--json"]);
    assert_eq!(output.code, 2);
    assert_eq!(output.json_error()["exit_code"], 2);
}
