//! How `listen` ends: interrupts, `--count`, `--for`.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::process::{Process, read_until};
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// The first is Ctrl-C.
#[cfg(unix)]
const SIGNALS: &[&str] = &["-INT", "-TERM"];
#[cfg(windows)]
const SIGNALS: &[&str] = &["-INT"];

fn signal(listen: &Listen, name: &str) {
    if name == "-INT" {
        return listen.interrupt();
    }
    let pid = listen.pid().to_string();
    assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
}

#[test]
fn first_interrupt_drains_deliveries() {
    for name in SIGNALS {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_millis(700)));
        let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
        let mut api = ApiConnection::open(sandbox.port);
        api.trigger_ticket("tkt_1", 1);
        api.trigger_ticket("tkt_1", 2);
        api.trigger_ticket("tkt_2", 1);
        // Two concurrent requests: the last event is in flight, so the one before it, which waits
        // for its predecessor, has been received too.
        receiver.next();
        receiver.next();
        signal(&listen, name);
        let ended = listen.finish();
        assert_eq!(ended.code, 0, "{name}: {ended:#?}");
        let summary = ended.summary();
        assert_eq!(
            (&summary["received"], &summary["delivered"]),
            (&json!(3), &json!(3)),
            "{name}: {summary}"
        );
        assert_eq!(summary["reason"], "interrupted");
        assert_eq!(summary["undelivered"], json!([]));
    }
}

/// `timeout`, `npx` and terminals send a signal to several processes that pass it on.
#[cfg(unix)]
#[test]
fn signals_at_the_same_time_are_one_interrupt() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_millis(700)));
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    // Different ones, since the system merges equal ones.
    let pid = listen.pid().to_string();
    let script = "kill -TERM $0; kill -INT $0; kill -QUIT $0";
    std::process::Command::new("sh").args(["-c", script, &pid]).status().unwrap();
    let ended = listen.finish();
    assert_eq!((ended.code, &ended.summary()["undelivered"]), (0, &json!([])), "{ended:#?}");
}

#[test]
fn second_interrupt_ends_immediately() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_secs(60)));
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    let began = Instant::now();
    // The system merges signals that arrive before the process handles the first.
    let mut summary = None;
    while summary.is_none() {
        assert!(began.elapsed() < Duration::from_secs(10), "interrupts are ignored: {:#?}", listen.seen);
        listen.try_interrupt();
        std::thread::sleep(Duration::from_millis(50));
        summary = listen.poll("summary");
    }
    let ended = listen.finish();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(ended.code, 130, "{ended:#?}");
    let summary = ended.summary();
    assert_eq!((&summary["received"], &summary["waiting"]), (&json!(1), &json!(1)));
    assert_eq!(summary["undelivered"], json!([id]));
}

#[test]
fn interrupt_names_undelivered_events() {
    let (home, down) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &down.url()]);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    listen.wait_for("waiting");
    let began = Instant::now();
    listen.interrupt();
    let ended = listen.finish();
    // The wait is bounded.
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert_eq!(ended.summary()["undelivered"], json!([id]));
    assert_eq!(ended.summary()["waiting"], 1);
}

#[test]
fn count_ends_after_that_many_events() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_millis(200)));
    let args = ["--forward-to", &receiver.url(), "--count", "3"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..6 {
        api.trigger_ticket("tkt_1", number);
    }
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert_eq!(
        (&ended.summary()["delivered"], &ended.summary()["reason"]),
        (&json!(3), &json!("count reached"))
    );
    assert_eq!(receiver.take(3).len() + receiver.drain().len(), 3);
}

#[test]
fn for_exits_1_only_after_a_failure() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(404));
    let quiet =
        Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--for", "300ms"]).finish();
    assert_eq!((quiet.code, &quiet.summary()["reason"]), (0, &json!("time up")), "{quiet:#?}");

    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--for", "2s"]);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let failed = listen.finish();
    assert_eq!((failed.code, &failed.summary()["failed"]), (1, &json!(1)), "{failed:#?}");

    let args = ["--forward-to", &receiver.url(), "--for", "300ms", "--count", "1"];
    let short = Listen::start(sandbox.cstar(&home), &args).finish();
    assert_eq!(short.code, 1, "{short:#?}");
    assert!(short.stderr.contains("--count"), "{short:#?}");
}

#[test]
fn closed_pipe_ends_listen_with_exit_0() {
    use std::process::Stdio;

    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut command = sandbox.cstar(&home);
    command.args(["listen", "--json", "--forward-to", &receiver.url()]);
    let mut running = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    drop(read_until(running.stdout(), "\"connected\""));
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let output = CommandOutput::from(running.output()).ok();
    assert_eq!(output.stderr, "");
}

#[test]
fn for_ends_while_an_event_waits() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let args = ["--forward-to", &down.url(), "--count", "1", "--for", "1s"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    listen.wait_for("waiting");
    let finished = listen.finish();
    assert_eq!(finished.code, 1);
    assert_eq!(finished.summary()["waiting"], 1);
}

#[test]
fn unread_output_does_not_block_the_end() {
    use std::process::Stdio;

    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut command = sandbox.cstar(&home);
    command.args(["listen", "--json", "--forward-to", &receiver.url()]);
    let mut running = Process::start(command.stdout(Stdio::piped()));
    // Open but not read, as by a pager or by a terminal after Ctrl-S.
    let _unread = read_until(running.stdout(), "\"connected\"");
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..1_500 {
        api.trigger_ticket("tkt_1", number);
    }
    // Until the pipe is full.
    receiver.take(100);
    let deadline = Instant::now() + Duration::from_secs(15);
    let status = loop {
        running.try_interrupt();
        std::thread::sleep(Duration::from_millis(100));
        if let Some(status) = running.exit_status() {
            break status;
        }
        assert!(Instant::now() < deadline, "interrupts are ignored");
    };
    assert_eq!(status.code(), Some(130));
}

#[test]
fn count_waits_for_a_late_server() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let late = ReservedPort::new();
    let args = ["--forward-to", &late.url(), "--count", "1", "--for", "60s"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    listen.wait_for("waiting");
    let receiver = Receiver::start_at(late.port, |_| Response::status(200));
    let ended = listen.finish();
    assert_eq!((ended.code, &ended.summary()["delivered"]), (0, &json!(1)), "{ended:#?}");
    assert_eq!(receiver.next().header("x-delivery-attempt"), "1");
}

#[test]
fn count_reports_missing_events() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let failing = Receiver::start_with(|_| Response::status(500));
    let never = Receiver::start_with(|_| Response::status(200));
    for (target, retries, reason, printed) in [
        (down.url(), "5", "time up", "1 delivery is still pending: URL refuses connections"),
        (failing.url(), "0", "count reached", "1 delivery failed: URL answered HTTP 500"),
        (failing.url(), "5", "time up", "1 delivery is still pending: URL answered HTTP 500"),
    ] {
        let args = ["--forward-to", &target, "--count", "1", "--for", "1500ms", "--retries", retries];
        let listen = Listen::start(sandbox.cstar(&home), &args);
        ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
        let ended = listen.finish();
        assert_eq!(ended.code, 1, "{ended:#?}");
        assert_eq!(ended.summary()["reason"], reason);
        assert!(ended.stderr.contains(&printed.replace("URL", &target)), "{printed}: {}", ended.stderr);
    }
    let args = ["--forward-to", &never.url(), "--count", "2", "--for", "1500ms"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let ended = listen.finish();
    assert_eq!(ended.code, 1, "{ended:#?}");
    assert!(ended.stderr.contains("before --count was reached: 1 of 2 events came"), "{}", ended.stderr);
}

#[test]
fn for_alone_reports_waiting_events() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &down.url(), "--for", "1500ms"]);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let ended = listen.finish();
    assert_eq!(ended.code, 1, "{ended:#?}");
    assert!(ended.stderr.contains("1 delivery is still pending"), "{}", ended.stderr);
}
