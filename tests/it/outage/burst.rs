//! Many events in a short time.

use std::time::Duration;

use super::assert_complete_and_in_order;
use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;

#[test]
fn two_thousand_events_arrive_once_in_order() {
    const COUNT: usize = 2_000;
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_millis(2)));
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..COUNT {
        api.trigger_ticket(&format!("tkt_{}", number % 20), number);
    }
    let requests = receiver.take(COUNT);
    #[cfg(target_os = "linux")]
    assert!(listen.peak_data_kib() < 16 * 1024, "{} KiB", listen.peak_data_kib());
    listen.interrupt();
    let summary = listen.summary();
    assert_eq!((&summary["received"], &summary["delivered"]), (&COUNT.into(), &COUNT.into()));
    assert_complete_and_in_order(&requests, COUNT as u64);
    assert!(receiver.drain().is_empty(), "delivered twice");
    assert_eq!(listen.finish().code, 0);
}

#[test]
fn backlog_stays_on_the_server() {
    const COUNT: usize = 1_500;
    let (home, port) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &port.url(), "--no-history"]);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..COUNT {
        api.trigger_ticket(&format!("tkt_{}", number % 20), number);
    }
    // At the limit the stream is not read, which is reported once.
    let paused = listen.wait_for("paused");
    assert_eq!(paused["reason"], "full");
    let queued = paused["queued"].as_u64().unwrap();
    assert_eq!(listen.all("received").len() as u64, queued);
    assert!(queued < COUNT as u64, "{queued}");
    let receiver = Receiver::start_at(port.port, |_| Response::status(200));
    listen.wait_for_all("delivered", COUNT);
    assert_complete_and_in_order(&receiver.take(COUNT), COUNT as u64);
    assert!(receiver.drain().is_empty());
    assert!(listen.all("disconnected").is_empty(), "a pause does not count as silence of the server");
    #[cfg(target_os = "linux")]
    assert!(listen.peak_data_kib() < 16 * 1024, "{} KiB", listen.peak_data_kib());
    listen.stop();
}

/// More concurrent deliveries than open files are allowed: they wait for each other instead of failing. With
/// `CSTAR_SOAK` in the environment, 3,000 that take two seconds each, with 256 files.
#[cfg(unix)]
#[test]
fn high_concurrency_needs_few_file_handles() {
    let long = std::env::var_os("CSTAR_SOAK").is_some();
    let (count, takes, files) = if long { (3_000, 2_000, 256) } else { (600, 100, 96) };
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let takes = std::time::Duration::from_millis(takes);
    let receiver = Receiver::start_with(move |_| Response::status(200).after(takes));
    let inner = sandbox.cstar(&home);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")])
        .arg(inner.get_program())
        .env_clear();
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(home.path());
    let args = ["--forward-to", &receiver.url(), "--concurrency", "1000"];
    let mut listen = Listen::start(command, &args);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..count {
        api.trigger_ticket(&format!("tkt_{number}"), number);
    }
    listen.wait_for_all("delivered", count);
    assert!(listen.all("retrying").is_empty() && listen.all("failed").is_empty());
    assert_eq!(receiver.take(count).len(), count);
    #[cfg(target_os = "linux")]
    assert!(listen.peak_data_kib() < 16 * 1024, "{} KiB", listen.peak_data_kib());
}
