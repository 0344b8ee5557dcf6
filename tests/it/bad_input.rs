//! Wrong command lines and hostile answers: the documented exit code, three lines at most, no secret
//! repeated, no crash, no hang.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::ports::closed_port;
use crate::support::{CommandOutput, Home};

/// Every secret that a case gives holds this word, so that one search finds any of them.
const MARK: &str = "hunter2";
const KEY: &str = "sk_test_hunter2hunter2hunter2";
const SECRET: &str = "whsec_hunter2";
/// The right lines around no certificate.
const BROKEN_PEM: &str = "-----BEGIN CERTIFICATE-----\n$hunter2$\n-----END CERTIFICATE-----\n";
/// Longer than the three retries of the API client take together.
const QUICKLY: Duration = Duration::from_secs(10);

/// One wrong command line.
struct Case {
    code: i32,
    args: Vec<OsString>,
    env: Vec<(&'static str, String)>,
    /// A part of what must be said.
    says: &'static str,
}

impl Case {
    fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// With a key that has the form of one.
    fn key(self) -> Self {
        self.env("CSTAR_API_KEY", KEY)
    }

    fn command(&self, home: &Home) -> Command {
        let mut command = home.cstar();
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    fn name(&self) -> String {
        format!("{:?} {:?}", self.args, self.env)
    }
}

fn case<A: Into<OsString>, const N: usize>(code: i32, says: &'static str, args: [A; N]) -> Case {
    Case { code, says, args: args.into_iter().map(Into::into).collect(), env: Vec::new() }
}

/// A command line that clap or an argument type refuses.
fn usage<const N: usize>(says: &'static str, args: [&str; N]) -> Case {
    case(2, says, args)
}

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
        usage("no such port", ["listen", "--forward-to", "65536"]),
        usage("expected a URL", ["listen", "--forward-to", "not a target"]),
        usage("expected a URL", ["listen", "--forward-to", ""]),
        usage("expected a URL", ["listen", "--forward-to", &long]),
        usage("the scheme `ftp`", ["listen", "--forward-to", "ftp://localhost/"]),
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
        usage("is set by the connection", ["listen", "--header", "Content-Length: 5"]),
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
        Case { code: 4, says: "", args, env: Vec::new() }
    };
    let key = |key: &str, says| Case { says, ..trigger(&["--api-key", key]) };
    let base = |url: &str, says| Case { code: 2, says, ..trigger(&["--base-url", url]).key() };
    let ca_cert = |file: &str, says| Case { code: 2, says, ..trigger(&["--ca-cert", file]).key() };
    vec![
        Case { says: "not logged in", ..trigger(&[]) },
        case(4, "not logged in", ["listen"]),
        case(4, "not logged in", ["listen", "--print-secret"]),
        Case { says: "not logged in", ..trigger(&[]).env("CSTAR_API_KEY", "") },
        key("", "is empty"),
        key("hunter2", "must begin with sk_live_"),
        key("sk_test_", "ends after its prefix"),
        key("sk_test_hunter2\nhunter2", "white space"),
        key(" sk_test_hunter2", "white space"),
        key("sk_test_hunter2é", "is not allowed in an HTTP header"),
        key("sk_test_hunter2\u{1b}", "is not allowed in an HTTP header"),
        key(SECRET, "webhook signing secret"),
        Case { says: "from CSTAR_API_KEY", ..trigger(&[]).env("CSTAR_API_KEY", SECRET) },
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
        Case { code: 2, says: "is remote", ..trigger(&["--sandbox", "--base-url", "https://h.example"]) },
        Case { code: 2, says: "no profile `hunter`", ..trigger(&["--profile", "hunter"]) },
        Case { code: 2, says: "from CSTAR_PROFILE", ..trigger(&[]).env("CSTAR_PROFILE", "hunter") },
        usage("a value is required", ["trigger", "--profile"]),
        usage("cannot be the name of a profile", ["login", "--profile", "../x"]),
        usage("there is no profile", ["profiles", "use", "x"]),
        usage("there is no profile", ["profiles", "remove", "x"]),
        usage("exclude each other", ["logout", "--all", "--profile", "x"]),
        usage("it is one of", ["login", "--store", "drawer"]),
        usage("unrecognized subcommand", ["profiles", "lst"]),
        case(4, "no API key on standard input", ["login"]),
        case(1, "there is no .cstar.toml", ["profiles", "trust"]),
        Case { code: 2, says: "CSTAR_BASE_URL", ..trigger(&[]).key().env("CSTAR_BASE_URL", "nonsense") },
    ]
}

/// These wait for three retries, so there are few.
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
    let odd = || OsString::from_vec(vec![b'x', 0xff, 0x1b, b'[']);
    vec![
        case(2, "unrecognized subcommand", [odd()]),
        case(2, "invalid UTF-8", ["events".into(), "show".into(), odd()]),
        case(2, "invalid UTF-8", ["listen".into(), "--forward-to".into(), odd()]),
        case(2, "UTF-8", ["listen".into(), "--secret".into(), odd()]),
        case(2, "could not read the body", ["sign".into(), "--secret".into(), "s".into(), odd()]),
        case(2, "one of tickets", ["events".into(), "--category".into(), OsString::from("\u{fffd}")]),
    ]
}

#[cfg(not(unix))]
fn not_unicode() -> Vec<Case> {
    Vec::new()
}

/// Runs `cases` on a few threads, each as it is and with `--json`.
fn check_all(cases: &[Case], threads: usize) {
    let home = Home::new();
    std::fs::write(home.path().join("junk"), b"\x00\xff\x1b[31m{").unwrap();
    std::fs::write(home.path().join("empty"), "").unwrap();
    std::fs::write(home.path().join("broken.pem"), BROKEN_PEM).unwrap();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut found: Vec<String> = check(case, &home, false).into_iter().collect();
                    found.extend(check(case, &home, true));
                    failures.lock().unwrap().extend(found);
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// What is wrong with the answer to `case`.
fn check(case: &Case, home: &Home, json: bool) -> Option<String> {
    let mut command = case.command(home);
    if json {
        command = {
            let mut first = home.cstar();
            first.arg("--json").args(&case.args).envs(case.env.iter().map(|(name, value)| (name, value)));
            first
        };
    }
    let begin = Instant::now();
    let output = CommandOutput::run(&mut command);
    let took = begin.elapsed();
    let wrong = if json { wrong_json(case, &output) } else { wrong_text(case, &output) };
    let wrong = wrong.or_else(|| {
        let all = format!("{}{}", output.stdout, output.stderr);
        [
            (output.code != case.code, format!("exit {} instead of {}", output.code, case.code)),
            (!output.stdout.is_empty(), "something on standard output".to_owned()),
            (all.contains(MARK), "a secret is repeated".to_owned()),
            (all.contains("panicked"), "a panic".to_owned()),
            (all.chars().any(|c| c.is_control() && c != '\n'), "a control character".to_owned()),
            (output.stderr.len() > if json { 9_000 } else { 2_000 }, "a very long answer".to_owned()),
            (took > QUICKLY, format!("it took {took:?}")),
        ]
        .into_iter()
        .find_map(|(wrong, what)| wrong.then_some(what))
    })?;
    Some(format!("{:.300}\n  json {json}: {wrong}\n  {output:#?}", case.name()))
}

fn wrong_text(case: &Case, output: &CommandOutput) -> Option<String> {
    let lines: Vec<&str> = output.stderr.lines().collect();
    match lines.as_slice() {
        [first, hints @ ..] if hints.len() <= 2 => {
            let fits = first.starts_with("error: ") && hints.iter().all(|line| line.starts_with("hint: "));
            let said = output.stderr.contains(case.says);
            (!fits || !said).then(|| format!("`{}` is not said in error and hint lines", case.says))
        }
        lines => Some(format!("{} lines", lines.len())),
    }
}

fn wrong_json(case: &Case, output: &CommandOutput) -> Option<String> {
    let mut lines = output.stderr.lines();
    let (Some(line), None) = (lines.next(), lines.next()) else { return Some("not one line".to_owned()) };
    let Ok(value) = serde_json::from_str::<Value>(line) else { return Some("not JSON".to_owned()) };
    let Some(error) = value.get("error").and_then(Value::as_object) else {
        return Some("no error".to_owned());
    };
    let members: Vec<&str> = error.keys().map(String::as_str).collect();
    if members != ["type", "code", "message", "param", "request_id", "hint", "exit_code"] {
        return Some(format!("members {members:?}"));
    }
    if error["exit_code"] != case.code {
        return Some(format!("exit_code {}", error["exit_code"]));
    }
    let text = error["message"].is_string() && error["type"].is_string();
    (!text).then(|| "no message or type".to_owned())
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

/// What the server says to one request: its head, and where to write the answer.
type Script = dyn Fn(&str, &mut TcpStream) + Send + Sync;

/// A server of raw bytes, because these answers are ones no HTTP library would give. Its threads end
/// when their connections do.
struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(script: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let heard = requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(mut stream), script, heard) = (stream, script.clone(), heard.clone()) else {
                    continue;
                };
                std::thread::spawn(move || {
                    let head = head(&mut stream);
                    heard.lock().unwrap().push(head.clone());
                    script(&head, &mut stream);
                });
            }
        });
        Self { port, requests }
    }

    /// Answers every request with `answer`.
    fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, stream| {
            let _ = stream.write_all(&answer);
        })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn heard(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    fn run<const N: usize>(&self, args: [&str; N]) -> CommandOutput {
        let home = Home::new();
        CommandOutput::run(
            home.cstar().args(args).env("CSTAR_API_KEY", KEY).env("CSTAR_BASE_URL", self.url()),
        )
    }
}

/// The head of a request and as much of its body as is there at once.
fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => bytes.extend_from_slice(&buffer[..count]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

const WHOAMI: &str =
    r#"{"success":true,"data":{"teamId":"550e8400","teamName":"Acme","environment":"test"}}"#;

/// Says who the key is, and to everything else what `answer` holds.
fn known_but(answer: String) -> impl Fn(&str, &mut TcpStream) + Send + Sync + 'static {
    move |head, stream| {
        let answer =
            if head.contains("/auth/whoami") { self::answer("200 OK", "", WHOAMI) } else { answer.clone() };
        let _ = stream.write_all(answer.as_bytes());
    }
}

/// The documented error object and its older shapes, and the message each must show.
const ERROR_SHAPES: [(&str, &str); 6] = [
    (
        r#"{"success":false,"error":{"type":"authentication_error","code":"invalid_api_key","message":"The key is revoked.","request_id":"req_1"}}"#,
        "The key is revoked",
    ),
    (
        r#"{"error":{"code":"INVALID_API_KEY","message":"The key is revoked","field":"key"}}"#,
        "The key is revoked",
    ),
    (r#"{"success":false,"error":"The key is revoked"}"#, "The key is revoked"),
    (r#"{"code":"key_expired","message":"The key is revoked"}"#, "The key is revoked"),
    ("{}", "no reason given"),
    ("", "no reason given"),
];

#[test]
fn rejected_key_is_exit_4_in_every_shape() {
    for (body, says) in ERROR_SHAPES {
        for status in ["401 Unauthorized", "403 Forbidden"] {
            let server = Server::saying(answer(status, "", body));
            let output = server.run(["trigger", "ticket.created"]);
            assert_eq!(output.code, 4, "{body} {output:?}");
            assert!(output.stderr.contains(says) && output.stderr.lines().count() == 2, "{body} {output:?}");
            assert_eq!(server.heard().len(), 1, "a refused key is not tried again");
            let output = server.run(["listen", "--json"]);
            assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{body} {output:?}");
            assert_eq!(output.json_error()["exit_code"], 4);
        }
    }
}

#[test]
fn json_error_contains_the_api_error() {
    let server = Server::saying(answer("401 Unauthorized", "", ERROR_SHAPES[0].0));
    let error = server.run(["trigger", "ticket.created", "--json"]).json_error();
    assert_eq!(error["type"], "authentication_error");
    assert_eq!(error["code"], "invalid_api_key");
    assert_eq!(error["request_id"], "req_1");
}

#[test]
fn redirects_are_not_followed_by_commands() {
    let elsewhere = Server::saying(answer("200 OK", "", WHOAMI));
    let location = format!("location: {}/api/v1/auth/whoami\r\n", elsewhere.url());
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let redirect = answer(status, &location, "");
        for (server, args) in [
            (Server::saying(redirect.clone()), ["trigger", "ticket.created", "-q"]),
            (Server::start(known_but(redirect.clone())), ["trigger", "ticket.created", "-q"]),
            (Server::start(known_but(redirect.clone())), ["listen", "--forward-to", "1"]),
            (Server::start(known_but(redirect)), ["listen", "--print-secret", "-q"]),
        ] {
            let output = server.run(args);
            assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{status} {args:?} {output:?}");
            assert!(output.stderr.contains("redirect"), "{output:?}");
            assert!(server.heard()[0].contains(KEY), "the key goes to the base URL");
        }
    }
    assert_eq!(elsewhere.heard(), Vec::<String>::new(), "nothing at all goes elsewhere");
}

#[test]
fn long_retry_after_is_not_waited_for() {
    let limited =
        answer("429 Too Many Requests", "retry-after: 3600\r\n", r#"{"error":{"message":"slow down"}}"#);
    let begin = Instant::now();
    let output = Server::saying(limited).run(["trigger", "ticket.created"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("slow down"), "{output:?}");
    assert!(begin.elapsed() < QUICKLY);
}

#[test]
fn server_texts_are_escaped_and_keys_redacted() {
    let escapes = "\\u001b[2J \\u009b31m \\u202e \\u200b \\r\\n error: forged";
    let body = format!(
        r#"{{"error":{{"type":"{KEY}","code":"{KEY}","message":"{escapes} your key {KEY} {SECRET} x","param":"{KEY}","request_id":"{KEY}{escapes}"}}}}"#
    );
    std::thread::scope(|scope| {
        for (status, code) in
            [("401 Unauthorized", 4), ("400 Bad Request", 1), ("500 Internal Server Error", 1)]
        {
            for verbosity in ["-q", "-v", "-vv", "-vvv", "--json"] {
                let body = &body;
                scope.spawn(move || {
                    let server = Server::start(known_but(answer(status, "", body)));
                    let output = server.run(["trigger", "ticket.created", verbosity]);
                    let all = format!("{}{}", output.stdout, output.stderr);
                    assert_eq!(output.code, code, "{output:?}");
                    assert!(all.contains("your key"), "{output:?}");
                    assert!(!all.contains(MARK), "{verbosity}: {output:?}");
                    let shown = all.contains("\\x1b[2J") || all.contains("\\u001b[2J");
                    assert!(shown, "never dropped in silence: {output:?}");
                    let odd = all
                        .chars()
                        .find(|c| (c.is_control() && *c != '\n') || matches!(*c, '\u{202e}' | '\u{200b}'));
                    assert_eq!(odd, None, "{verbosity}: {output:?}");
                    assert!(
                        !all.lines().any(|line| line.trim_start().starts_with("error: forged")),
                        "{output:?}"
                    );
                });
            }
        }
    });
}

#[test]
fn hostile_identity_is_sanitized() {
    for team in ["../../admin", "a/b", "", "a?b", "a%2fb", "\\u001b[2J", "x y"] {
        let body = format!(r#"{{"success":true,"data":{{"teamId":"{team}"}}}}"#);
        let server = Server::saying(answer("200 OK", "", &body));
        let output = server.run(["trigger", "ticket.created"]);
        assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{team} {output:?}");
        assert!(output.stderr.contains("team id"), "{output:?}");
        assert_eq!(server.heard().len(), 1, "{team} is part of no address");
    }
    let name = format!(r#"{{"data":{{"teamId":"a","teamName":"\u001b[2J {KEY}","environment":"\u202e"}}}}"#);
    let server = Server::start(move |head, stream| {
        let whoami = head.contains("/auth/whoami");
        let said = if whoami { answer("200 OK", "", &name) } else { answer("404 Not Found", "", "{}") };
        let _ = stream.write_all(said.as_bytes());
    });
    let output = server.run(["listen", "--forward-to", "1"]);
    assert!(
        output.stderr.contains("\\x1b[2J sk_test_…") && output.stderr.contains("\\u{202e}"),
        "{output:?}"
    );
    assert!(!output.stderr.contains('\u{1b}') && !output.stderr.contains(MARK), "{output:?}");
}

/// Answers that are no answers, each with the exit code and a part of what is said.
fn no_answers() -> Vec<(&'static str, i32, &'static str, Server)> {
    let html = "<html>\u{1b}[2JBad Gateway</html>";
    let deep = "[".repeat(100_000);
    let cut = answer("200 OK", "", WHOAMI);
    let endless = |head: &'static str| {
        Server::start(move |_, stream| {
            let _ = stream.write_all(head.as_bytes());
            let chunk = [&b"10000\r\n"[..], &vec![b' '; 0x10000], b"\r\n"].concat();
            while stream.write_all(&chunk).is_ok() {}
        })
    };
    vec![
        ("HTML 502", 1, "HTTP 502", Server::saying(answer("502 Bad Gateway", "", html))),
        ("HTML 200", 1, "not what the API documents", Server::saying(answer("200 OK", "", html))),
        ("no body", 1, "not what the API documents", Server::saying(answer("200 OK", "", ""))),
        ("half JSON", 1, "not what the API documents", Server::saying(answer("200 OK", "", &WHOAMI[..40]))),
        ("deep JSON", 1, "is too large", Server::saying(answer("200 OK", "", &deep))),
        ("other JSON", 1, "not what the API documents", Server::saying(answer("200 OK", "", "[1]"))),
        ("204", 1, "not what the API documents", Server::saying("HTTP/1.1 204 No Content\r\n\r\n")),
        ("404", 1, "HTTP 404", Server::saying(answer("404 Not Found", "", html))),
        ("cut off", 3, "could not reach", Server::saying(&cut.as_bytes()[..cut.len() - 20])),
        ("closed", 3, "could not reach", Server::saying("")),
        ("not HTTP", 3, "could not reach", Server::saying("220 smtp ready\r\n")),
        ("endless", 1, "is too large", endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")),
        (
            "endless 403",
            4,
            "HTTP 403",
            endless("HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n"),
        ),
    ]
}

#[test]
fn malformed_responses_get_a_two_line_error() {
    let cases = no_answers();
    std::thread::scope(|scope| {
        for (name, code, says, server) in &cases {
            for json in [false, true] {
                scope.spawn(move || {
                    let begin = Instant::now();
                    let flag = if json { "--json" } else { "--no-color" };
                    let output = server.run(["trigger", "ticket.created", flag]);
                    assert_eq!((output.code, output.stdout.as_str()), (*code, ""), "{name}: {output:?}");
                    assert!(output.stderr.contains(says), "{name}: {output:?}");
                    assert!(output.stderr.lines().count() <= 2, "{name}: {output:?}");
                    assert!(
                        !output.stderr.contains('\u{1b}') && !output.stderr.contains(MARK),
                        "{name}: {output:?}"
                    );
                    for raw in ["os error", "EOF", "message completed", "hyper", "invalid HTTP version"] {
                        assert!(!output.stderr.contains(raw), "{name}: {raw}: {output:?}");
                    }
                    assert!(begin.elapsed() < Duration::from_secs(20), "{name}");
                    if json {
                        assert_eq!(output.json_error()["exit_code"], *code);
                    }
                });
            }
        }
    });
}

#[test]
fn taken_port_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = Home::new();
    let mut command = home.cstar();
    let output = CommandOutput::run(command.args(["sandbox", "--port", &port]).stdin(Stdio::null()));
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("another port"), "{output:?}");
}

/// A server whose certificate no authority has signed, and whose key is none: it presents the
/// certificate below and signs with zeros. Gives what it could read after the handshake.
mod unknown_tls {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, channel};

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::server::{ClientHello, ResolvesServerCert};
    use rustls::sign::{CertifiedKey, Signer, SigningKey};
    use rustls::{Error, ServerConfig, ServerConnection, SignatureAlgorithm, SignatureScheme, Stream};

    /// For `localhost` and 127.0.0.1, signed by itself; its key was thrown away.
    const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUUVAmMYzV1mjCtWbY+Cz6QEVja1wwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2
MTEyMTA3MjMwOVoYDzIxMjYxMDI4MDcyMzA5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAReNtjmfoG50KRtuj5Z9dlxoM2Owz4lDEH76oW2QvwTJFyRqnD4Rqnut/vRGyRXdnivLRX1oTy2r96hQNVbyblbo28wbTAdBgNV
HQ4EFgQUvfkPQooVlWsT9XGHGEuXx9VN+UowHwYDVR0jBBgwFoAUvfkPQooVlWsT9XGHGEuXx9VN+UowDwYDVR0TAQH/BAUwAwEB
/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIhAOIkb5UPMg4xS1V6/TN0//iBVF0BViJZiSNA
10ZCCXnnAiB5skAs0sWVnPPaZaLYyTw6jerFqPbjN57PUIWEL6+LJQ==
-----END CERTIFICATE-----
";
    const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP256_SHA256;

    #[derive(Debug)]
    struct NoKey;

    impl ResolvesServerCert for NoKey {
        fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
            let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
            Some(Arc::new(CertifiedKey::new(vec![certificate], Arc::new(NoKey))))
        }
    }

    impl SigningKey for NoKey {
        fn choose_scheme(&self, _offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
            Some(Box::new(NoKey))
        }

        fn algorithm(&self) -> SignatureAlgorithm {
            SignatureAlgorithm::ECDSA
        }
    }

    impl Signer for NoKey {
        fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, Error> {
            Ok(vec![0; 70])
        }

        fn scheme(&self) -> SignatureScheme {
            SCHEME
        }
    }

    /// Its port, and for each connection what the client said in confidence.
    pub(super) fn start() -> (u16, Receiver<String>) {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(NoKey));
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let mut socket = socket.unwrap();
                let mut connection = ServerConnection::new(config.clone()).unwrap();
                let mut stream = Stream::new(&mut connection, &mut socket);
                let mut buffer = [0; 4096];
                let count = stream.read(&mut buffer).unwrap_or(0);
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                if sender.send(String::from_utf8_lossy(&buffer[..count]).into_owned()).is_err() {
                    return;
                }
            }
        });
        (port, heard)
    }
}

#[test]
fn untrusted_tls_server_gets_no_request() {
    let (port, heard) = unknown_tls::start();
    let home = Home::new();
    let url = format!("https://localhost:{port}");
    let api = CommandOutput::run(
        home.cstar().args(["trigger", "ticket.created", "--base-url", &url]).env("CSTAR_API_KEY", KEY),
    );
    let to = home.run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET]);
    for output in [api, to] {
        assert_eq!(output.code, 3, "{output:?}");
        assert!(output.stderr.contains("certificate"), "it says why: {output:?}");
        assert!(output.stderr.lines().count() <= 2, "{output:?}");
    }
    let said: String = heard.try_iter().collect();
    assert_eq!(said, "", "nothing may be said to a stranger");
    // Unless the user asks for it, and then only for the target of deliveries.
    let output = home.run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET, "--insecure"]).ok();
    assert!(output.stdout.starts_with("200 "), "{output:?}");
    let said = heard.iter().find(|said| !said.is_empty()).unwrap();
    assert!(said.starts_with("POST / HTTP/1.1"), "{said}");
}

#[test]
fn local_requests_bypass_the_proxy() {
    let proxy = Server::saying(answer("200 OK", "", WHOAMI));
    let sandbox_home = Home::new();
    let sandbox = crate::support::sandbox::Sandbox::start(&sandbox_home);
    let receiver = crate::support::receiver::Receiver::start();
    let port = receiver.port;
    let proxied = |args: &[&str]| {
        let home = Home::new();
        let mut command = sandbox.cstar(&home);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(name, proxy.url());
        }
        CommandOutput::run(command.args(args)).ok()
    };
    proxied(&["demo"]);
    proxied(&["trigger", "ticket.created"]);
    proxied(&["trigger", "ticket.created", "--base-url", &format!("http://localhost:{}", sandbox.port)]);
    proxied(&["listen", "--print-secret"]);
    for host in ["localhost", "127.0.0.1"] {
        let to = format!("http://{host}:{port}/");
        proxied(&["trigger", "ticket.created", "--to", &to, "--secret", SECRET]);
        receiver.next();
    }
    assert_eq!(proxy.heard(), Vec::<String>::new());
}
