//! The teams of one sandbox, through the real binary: every command is for the team of its key, and what two teams do at
//! the same time on one machine does not mix.

use std::collections::HashSet;
use std::process::Command;

use cstar::signature::Verifier;
use serde_json::{Value, json};

use crate::support::http::send;
use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, eventually};

/// A team of a sandbox that runs for `home`.
struct Team<'h> {
    home: &'h Home,
    json: Value,
}

impl Team<'_> {
    fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap()
    }

    fn id(&self) -> &str {
        self.text("/id")
    }

    /// `cstar` with the key of the team in its environment.
    fn cstar(&self) -> Command {
        let mut command = self.home.cstar();
        command.env("CSTAR_SANDBOX", "1").env("CSTAR_API_KEY", self.text("/keys/secret_test"));
        command
    }

    fn run<const N: usize>(&self, args: [&str; N]) -> CommandOutput {
        CommandOutput::run(self.cstar().args(args))
    }
}

/// A sandbox with two teams.
fn start(home: &Home) -> (Sandbox, [Team<'_>; 2]) {
    let sandbox = Sandbox::start_at(home, 0, &["--rate-limit", "0", "--ephemeral", "--teams", "2"]);
    let team = |at: usize| Team { home, json: sandbox.ready["teams"][at].clone() };
    let teams = [team(0), team(1)];
    (sandbox, teams)
}

#[test]
fn listeners_of_two_teams_do_not_mix() {
    let home = Home::new();
    let (_sandbox, [one, two]) = start(&home);
    let receiver = Receiver::start_with(|request| match request.json()["type"] == "boss.defeated" {
        true => Response::status(500),
        false => Response::status(200),
    });
    let target = receiver.url();
    let mut listeners = [&one, &two].map(|team| {
        Listen::start(team.cstar(), &["--retries", "0", "--include", "body", "--forward-to", &target])
    });
    let pids = listeners.each_ref().map(|listen| listen.pid().to_string());
    let status = one.run(["status"]).ok().stdout;
    let of = |pid: &str| status.lines().find(|line| line.contains(&format!("pid {pid} "))).unwrap();
    assert!(!of(&pids[0]).contains("events of team"), "{status}");
    assert!(of(&pids[1]).ends_with(&format!(", events of team {}", two.id())), "{status}");

    // at the same time, with the same seed
    std::thread::scope(|scope| {
        for team in [&one, &two] {
            scope.spawn(move || {
                team.run(["trigger", "boss.defeated"]).ok();
                team.run(["sandbox", "seed", "--tickets", "3", "--customers", "2", "--events"]).ok();
                team.run(["trigger", "ticket.created", "--set", "data.ticket.title=the end"]).ok();
            });
        }
    });
    let (mut ids, mut failed) = (HashSet::new(), Vec::new());
    for (listen, team) in listeners.iter_mut().zip([&one, &two]) {
        listen.wait_until("the end", |line| line.to_string().contains("the end"));
        let received = listen.all("received");
        assert!(received.len() > 7, "{received:?}");
        for event in received {
            let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
            assert_eq!(body["team_id"], team.id(), "{event}");
            assert!(ids.insert(body["id"].to_string()), "{event}");
        }
        failed.push(listen.all("received")[0]["id"].as_str().unwrap().to_owned());
    }
    for listen in listeners {
        listen.stop();
    }

    // the history knows the team of each event, whatever key is in force
    for (id, other) in failed.iter().zip([&two, &one]) {
        for command in [&mut home.cstar(), &mut other.cstar()] {
            let valid = CommandOutput::run(command.args(["verify", id])).ok();
            assert!(valid.stdout.starts_with("The signature is valid"), "{valid:?}");
        }
        assert!(other.run(["why", id]).ok().stdout.contains("answered HTTP 500"));
        receiver.drain();
        assert_eq!(other.run(["replay", id]).code, 1, "the receiver refuses it again");
        let (sent, team) = (receiver.next(), if other.id() == one.id() { &two } else { &one });
        let secret = team.text("/signing_secrets/test");
        let valid = Verifier::new(secret).verify(&sent.body, Some(sent.header("x-signature")));
        assert!(valid.is_ok(), "{valid:?}");
    }

    // each resumes where it stopped
    for team in [&one, &two] {
        team.run(["trigger", "ticket.closed", "--set", &format!("data.ticket.title={}", team.id())]).ok();
    }
    for team in [&two, &one] {
        let args =
            ["listen", "--resume", "--json", "--include", "body", "--count", "1", "--forward-to", &target];
        let lines = CommandOutput::run(team.cstar().args(args)).ok().json_lines();
        let received: Vec<&Value> = lines.iter().filter(|line| line["type"] == "received").collect();
        assert_eq!(received.len(), 1, "{received:?}");
        assert!(received[0]["body"].as_str().unwrap().contains(&format!(r#""title":"{}""#, team.id())));
    }
}

#[test]
fn commands_use_the_team_of_their_key() {
    let home = Home::new();
    let (sandbox, [one, two]) = start(&home);
    let main = |args: &[&str]| CommandOutput::run(home.cstar().env("CSTAR_SANDBOX", "1").args(args));
    let json = one.run(["status", "--json"]).ok().json();
    assert_eq!((&json["team"]["id"], &json["key_origin"]), (&one.json["id"], &json!("CSTAR_API_KEY")));
    // a key of cStar in the environment never goes to a sandbox
    let real = CommandOutput::run(
        home.cstar()
            .env("CSTAR_API_KEY", "sk_test_00000000000000000000000000000000")
            .args(["status", "--sandbox"]),
    );
    assert!(real.ok().stdout.contains("Acme Corp (acme)"));

    let fired = one.run(["trigger", "ticket.created", "--json"]).ok().stdout;
    let found = one.run(["sandbox", "wait", "ticket.*", "--json"]).ok().json();
    let event = &found["events"][0];
    assert!(event["team_id"] == one.id() && fired.contains(event["id"].as_str().unwrap()), "{found}");
    let logged = one.run(["logs", "--json", "--path", "webhooks/trigger-test"]).ok().stdout;
    assert!(logged.contains(one.id()), "{logged}");
    one.run(["webhooks", "create", "--name", "W", "--url", "http://127.0.0.1:9/one", "--events", "*"]).ok();
    one.run(["sandbox", "snapshot", "save", "mine"]).ok();
    one.run(["sandbox", "clock", "advance", "1h"]).ok();
    for command in
        [&|args: &[&str]| CommandOutput::run(two.cstar().args(args)), &main as &dyn Fn(&[&str]) -> _]
    {
        assert_eq!(command(&["sandbox", "wait", "--timeout", "0s"]).code, 1);
        let logged = command(&["logs", "--json"]).ok().stdout;
        assert!(!logged.contains(one.id()), "{logged}");
        assert_eq!(command(&["webhooks", "list", "--json"]).ok().json(), json!([]));
        assert!(!command(&["sandbox", "snapshot", "list"]).ok().stdout.contains("mine"));
        assert!(command(&["sandbox", "clock"]).ok().stdout.ends_with("the time of the system\n"));
    }
    let complete = |team: &Team<'_>| {
        team.run(["__complete", "bash", "3", "--", "cstar", "webhooks", "get", ""]).ok().stdout
    };
    eventually("webhooks of the team", || complete(&one).starts_with("whk_").then_some(()));
    assert_eq!(complete(&two).trim(), "");

    let receiver = Receiver::start();
    let url = receiver.url();
    let checked = one.run(["check", &url, "--only", "valid-event"]).ok();
    assert!(checked.stderr.contains("of the key from CSTAR_API_KEY"), "{checked:?}");
    let sent = receiver.next();
    let valid =
        Verifier::new(one.text("/signing_secrets/test")).verify(&sent.body, Some(sent.header("x-signature")));
    assert!(valid.is_ok(), "{valid:?}");

    let reset = one.run(["sandbox", "reset", "--yes"]).ok().stdout;
    let line = format!("Reset team {} of the sandbox at {}\n", one.text("/slug"), sandbox.base_url);
    assert_eq!(reset, line);
    deleted_team_is_reported(&sandbox, &one);
}

/// A deleted team: one line, and exit code 4. Nothing falls back to the main team.
fn deleted_team_is_reported(sandbox: &Sandbox, team: &Team<'_>) {
    let deleted = send(sandbox.port, &format!("DELETE /_sandbox/teams/{}", team.id()), &[], "");
    assert_eq!(deleted.status, 200, "{deleted:?}");
    for args in [
        &["status"][..],
        &["listen", "--print"],
        &["logs"],
        &["trigger", "ticket.created"],
        &["check", "http://127.0.0.1:9", "--only", "valid-event"],
        &["sandbox", "wait"],
        &["sandbox", "reset", "--yes"],
        &["sandbox", "clock"],
    ] {
        let output = CommandOutput::run(team.cstar().args(args));
        assert_eq!(output.code, 4, "{args:?}: {output:?}");
        let errors = output.stderr.lines().filter(|line| line.starts_with("error: "));
        assert_eq!(errors.count(), 1, "{args:?}: {output:?}");
    }
    let error = team.run(["sandbox", "reset", "--yes", "--json"]).json_error();
    let message = error["message"].as_str().unwrap();
    assert!(message.ends_with("has no team with the key from CSTAR_API_KEY"), "{error}");
}

#[test]
fn stopped_sandbox_has_no_team_of_a_key() {
    let home = Home::new();
    let (mut sandbox, [one, _]) = start(&home);
    assert_eq!(sandbox.ready["teams"].as_array().unwrap().len(), 2);
    for member in ["/slug", "/name", "/keys/secret_live", "/keys/publishable_test", "/signing_secrets/live"] {
        assert!(!one.text(member).is_empty(), "{member}");
    }
    sandbox.kill();
    for args in [&["sandbox", "reset", "--yes"][..], &["sandbox", "wait"], &["sandbox", "seed"]] {
        let output = CommandOutput::run(one.cstar().args(args));
        assert_eq!((output.code, output.stdout.as_str()), (3, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains("the key from CSTAR_API_KEY is for a running sandbox"), "{output:?}");
    }
}
