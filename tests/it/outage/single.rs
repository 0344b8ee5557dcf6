//! Servers that handle one connection at a time.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::sandbox::Sandbox;

/// Starts a server that takes `work` for each request; returns its address and the ids it receives. With
/// `keep_alive` it handles a connection to its end before it accepts another one.
fn start(keep_alive: bool, work: Duration) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
    let (sender, ids) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            while serve(&mut stream, keep_alive, work, &sender).is_some() && keep_alive {}
        }
    });
    (url, ids)
}

/// `None` at the end of the connection.
fn serve(
    stream: &mut BufReader<TcpStream>,
    keep_alive: bool,
    work: Duration,
    ids: &Sender<String>,
) -> Option<()> {
    let (mut length, mut id) = (0, String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.trim().split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "x-event-id" => value.clone_into(&mut id),
                _ => {}
            }
        }
    }
    stream.read_exact(&mut vec![0; length]).ok()?;
    std::thread::sleep(work);
    let _ = ids.send(id);
    let close = if keep_alive { "" } else { "connection: close\r\n" };
    let answer = format!("HTTP/1.1 200 OK\r\n{close}content-length: 0\r\n\r\n");
    stream.get_mut().write_all(answer.as_bytes()).ok()
}

fn all_arrive_once_and_in_time(keep_alive: bool) {
    const COUNT: usize = 60;
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (url, ids) = start(keep_alive, Duration::from_millis(60));
    // Far less than all requests take in sequence.
    let args = ["--forward-to", &url, "--count", "60", "--timeout", "1500ms"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..COUNT {
        api.trigger_ticket(&format!("tkt_{number}"), number);
    }
    let summary = listen.summary();
    assert_eq!(summary["delivered"], COUNT, "{summary}");
    let target = &summary["targets"][0];
    assert_eq!((&target["over_10s"], &target["concurrency"]["max"]), (&0.into(), &64.into()), "{target}");
    assert!(target["concurrency"]["final"].as_u64().unwrap() <= 2, "{target}");
    for kind in ["retrying", "waiting", "resumed", "failed"] {
        assert!(listen.all(kind).is_empty(), "{kind}: {:#?}", listen.all(kind));
    }
    let mut seen = HashMap::new();
    for id in ids.try_iter() {
        *seen.entry(id).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), COUNT);
    assert!(seen.values().all(|times| *times == 1), "repeated: {seen:?}");
}

#[test]
fn single_thread_that_closes_gets_all_once() {
    all_arrive_once_and_in_time(false);
}

#[test]
fn single_thread_keep_alive_gets_all_once() {
    all_arrive_once_and_in_time(true);
}

/// Closing the idle connection lets others be handled.
#[test]
fn idle_connection_is_closed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (url, ids) = start(true, Duration::from_millis(1));
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &url]);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    listen.wait_for("delivered");
    ids.recv().unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches("/webhooks");
    let mut other = TcpStream::connect(address).unwrap();
    other.set_read_timeout(Some(crate::support::TIMEOUT)).unwrap();
    other.write_all(b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n").unwrap();
    assert_ne!(other.read(&mut [0; 64]).unwrap(), 0);
}
