//! The sandbox with many clients: the processor time of 200 events a second for a hundred listeners, tickets over 64
//! connections with three webhooks, a sandbox at rest, the memory of a listener, how long one event takes to reach
//! a thousand of them, ten thousand idle connections.
//!
//! Repeat with `cargo bench --bench crowd`; `-- --binary PATH` (repeatable) compares other builds in alternating
//! rounds, `-- --only stream` (or tickets, rest, memory, idle) runs one part, and `--rounds`, `--seconds` and
//! `--tickets` change its size. It needs 11,000 open files for each of two processes (`ulimit -Hn`), or opens as
//! many connections as are allowed.
//!
//! The aims are 30 % of a core for the stream, and 5,000 tickets a second. On a two-core machine under heavy load
//! (12 to 20 processes were ready to run), where only the processor time and the ratio of two builds mean anything:
//!
//! ```text
//!                                                   before                     after
//! % of a core for the stream                        22.0 and 23.9              20.1 and 24.0
//! tickets/s, state in a file                        456 (217 with deliveries)  878 (525)
//! CPU ms of each ticket, state in a file            user 0.88, system 0.41     user 0.49, system 0.11
//! CPU ms of each ticket, in memory                  user 0.89, system 0.06     user 0.59, system 0.07
//! ```
//!
//! "Before" had a commit for each change; 54 % of its processor time for the stream was the system call that writes
//! to a listener, which the changes for the stream leave as it was. 5,000 tickets a second need 0.2 ms if one thread
//! does everything, and 0.33 ms on two cores that the client and the receiver use too: not reached under this load.
//!
//! Without savepoints, 2,000 tickets in four alternating rounds, the shipped profile without LTO (load 8 on two cores):
//!
//! ```text
//!                                                   before                     after
//! tickets/s, state in a file                        972 (621 with deliveries)  1,793 (878)
//! tickets/s, state in memory                        1,541 (1,172)              2,797 (1,635)
//! CPU ms of each ticket, state in a file            user 0.76, system 0.35     user 0.53, system 0.18
//! CPU ms of each ticket, in memory                  user 0.62, system 0.15     user 0.47, system 0.09
//! % of a core for the stream                        17.0 and 19.3              16.8 and 18.6
//! ```
//!
//! # What was tried
//!
//! - Kept: changes that are made at the same time share a transaction (`store::batch`). Before, each ticket took four
//!   of them, one for itself and one for each delivery, and each wrote about the same forty pages.
//! - Kept: the text index is written at the end of a transaction, after all other statements with a trigger or a
//!   `SELECT`. These are savepoints, and at every savepoint the index writes what it collected: 6 % of the samples.
//! - Kept: statements are not compiled again when a bound value might change their plan: 6 % of the samples.
//! - Kept: a change needs no savepoint, and statements with triggers say `OR FAIL`. Otherwise SQLite copies every page
//!   that they change, in pieces of 1 KB: 340 KB for each ticket, which was half of all bytes that were copied, and as
//!   many mappings of memory, a tenth of the samples. A change that fails after it wrote something takes the whole
//!   transaction back, and the others of it are made again.
//! - Kept: the deliveries of an event share its body and the name of its resource, which is read once.
//! - Kept: the future that sends a delivery is in a box: 4 KB that were copied nine times. What contains it, 2 KB, is
//!   still copied about six times.
//! - Not tried: fewer indexes of deliveries (eight b-trees for each row), and `delivery_changes` and `delivery_bytes`
//!   written once for a transaction instead of by triggers for each row. Both need another format of the file.
//! - Kept: the dispatcher looks once for what is due after a commit, not once for each attempt that ended: 28 % of
//!   the samples of the deliveries. It stops when a webhook may have no more attempts in flight.
//! - Kept: all listeners get the same bytes of an event, and the timer of a stream is set only when it fires.
//! - Not tried: the deliveries on a thread of their own. They are more than half of the processor time of a ticket.
//! - Not tried: another allocator; a fifth of the samples is in malloc and free.
//!
//! Earlier, on an idle machine:
//!
//! ```text
//! 1,000 listeners: 12.1 KB each when greeted, 12.1 KB each after an event, which all had after 11.4ms
//! 12000 events in 60.0s to 100 listeners: each had all of them 4.5ms later; 44 MB resident
//! 10000 idle connections (made in 188.3ms, 10.4 KB each): the slowest of 100 requests took 58.7ms
//! ```
//!
//! The connections used to take 35 to 47 s, and a silent connection is closed after ten, so not all were open at
//! the same time: the system's queue of 128 new connections was full whenever the sandbox did not run for some
//! milliseconds (`ListenOverflows` in /proc/net/netstat), and a client retries only after a second. The queue now
//! holds 4,096.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark prints its table, and anything unexpected ends it"
)]

#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "another benchmark uses them, and `raw` imports them")]
mod figures;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "another benchmark uses the rest")]
mod raw;

#[cfg(target_os = "linux")]
mod measure {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use serde_json::Value;
    use tempfile::TempDir;

    use crate::raw::{client, receiver::Receiver};

    const KEY: &str = "sk_test_sandbox0000000000000000000000000";
    const TEAM: &str = "/api/v1/teams/550e8400-e29b-41d4-a716-446655440000";
    const TICKET: &str = r#"{"title":"The export stops at 5,000 rows","priority":"high","customerName":"Ada Lovelace","tags":["export","csv"],"notes":"Reported by two customers; the file has no error in it.","initialMessage":"It worked until last week."}"#;
    const WEBHOOKS: usize = 3;

    /// What to measure.
    struct Wishes {
        binaries: Vec<PathBuf>,
        only: Option<String>,
        rounds: usize,
        seconds: usize,
        tickets: usize,
    }

    impl Wishes {
        fn parse() -> Self {
            let mut wishes =
                Self { binaries: Vec::new(), only: None, rounds: 3, seconds: 20, tickets: 10_000 };
            let mut arguments = std::env::args().skip(1);
            while let Some(argument) = arguments.next() {
                let mut number = || arguments.next().unwrap().parse().unwrap();
                match argument.as_str() {
                    "--rounds" => wishes.rounds = number(),
                    "--seconds" => wishes.seconds = number(),
                    "--tickets" => wishes.tickets = number(),
                    "--binary" => wishes.binaries.push(arguments.next().unwrap().into()),
                    "--only" => wishes.only = arguments.next(),
                    _ => {}
                }
            }
            if wishes.binaries.is_empty() {
                wishes.binaries.push(env!("CARGO_BIN_EXE_cstar").into());
            }
            wishes
        }
    }

    struct Sandbox {
        child: Child,
        port: u16,
        /// Removed with it.
        _home: TempDir,
    }

    impl Drop for Sandbox {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    impl Sandbox {
        fn start(binary: &Path, args: &[&str]) -> Self {
            let home = tempfile::tempdir().unwrap();
            let mut command = Command::new(binary);
            command.env_clear().env("HOME", home.path()).env("CSTAR_HOME", home.path());
            command.args(["sandbox", "--json", "--port", "0", "--rate-limit", "0"]).args(args);
            let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let ready: Value = serde_json::from_str(&line).unwrap();
            let port = ready["base_url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
            Self { child, port, _home: home }
        }

        /// Kilobytes.
        fn resident(&self) -> f64 {
            let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        }

        /// Processor time so far in milliseconds: user and system.
        fn cpu(&self) -> [f64; 2] {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
            let mut fields = stat.rsplit(')').next().unwrap().split_ascii_whitespace().skip(11);
            [(); 2].map(|()| fields.next().unwrap().parse::<f64>().unwrap() * 10.0)
        }

        /// Processor time since `before` in milliseconds, as the sum and as text.
        fn cpu_since(&self, before: [f64; 2]) -> (f64, f64) {
            let now = self.cpu();
            (now[0] - before[0], now[1] - before[1])
        }

        fn connect(&self) -> TcpStream {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            stream
        }

        fn request(&self, line: &str, body: &str) -> String {
            let (port, length) = (self.port, body.len());
            format!(
                "{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        }

        fn ask(&self, stream: &mut TcpStream, line: &str, body: &str) {
            stream.write_all(self.request(line, body).as_bytes()).unwrap();
        }

        /// Sends a request below the team and reads the answer.
        fn call(&self, stream: &mut BufReader<TcpStream>, method: &str, path: &str, body: &str) -> Value {
            self.ask(stream.get_mut(), &format!("{method} {TEAM}/{path}"), body);
            let (mut line, mut length) = (String::new(), 0);
            while line != "\r\n" {
                line.clear();
                assert_ne!(stream.read_line(&mut line).unwrap(), 0);
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            serde_json::from_slice(&body).unwrap()
        }

        fn fire(&self, stream: &mut BufReader<TcpStream>) {
            self.call(stream, "POST", "webhooks/trigger-test", r#"{"event":"ticket.created"}"#);
        }

        /// An event stream that has its session.
        fn listener(&self) -> BufReader<TcpStream> {
            let mut stream = self.connect();
            self.ask(&mut stream, &format!("GET {TEAM}/webhooks/listen"), "");
            let mut stream = BufReader::with_capacity(4096, stream);
            wait_for(&mut stream, "event: session");
            wait_for(&mut stream, "\n");
            stream
        }
    }

    fn wait_for(stream: &mut BufReader<TcpStream>, beginning: &str) {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(stream.read_line(&mut line).unwrap(), 0);
            if line.starts_with(beginning) {
                return;
            }
        }
    }

    pub(super) fn all() {
        let wishes = Wishes::parse();
        for (nth, binary) in wishes.binaries.iter().enumerate() {
            println!("{}: {}", nth + 1, binary.display());
        }
        let maximum = getrlimit(Resource::Nofile).maximum;
        let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        let room = usize::try_from(maximum.unwrap_or(100_000)).unwrap() - 500;
        let wanted = |name: &str| wishes.only.as_deref().is_none_or(|only| only == name);
        if wanted("stream") {
            stream(&wishes);
        }
        if wanted("tickets") {
            tickets(&wishes, "in a file", &[]);
            tickets(&wishes, "in memory", &["--ephemeral"]);
        }
        if wanted("rest") {
            wishes.binaries.iter().for_each(|binary| rest(binary));
        }
        if wanted("memory") {
            wishes.binaries.iter().for_each(|binary| memory(binary));
        }
        if wanted("idle") {
            wishes.binaries.iter().for_each(|binary| idle(binary, room.min(10_000)));
        }
    }

    /// The median, the smallest and the largest.
    fn spread(mut numbers: Vec<f64>) -> String {
        numbers.sort_unstable_by(f64::total_cmp);
        let (least, most) = (numbers[0], numbers[numbers.len() - 1]);
        format!("{:>8.2} ({least:.2} to {most:.2})", numbers[numbers.len() / 2])
    }

    fn memory(binary: &Path) {
        let sandbox = Sandbox::start(binary, &["--ephemeral"]);
        let mut fire = BufReader::new(sandbox.connect());
        sandbox.fire(&mut fire);
        let before = sandbox.resident();
        let mut listeners: Vec<_> = (0..1_000).map(|_| sandbox.listener()).collect();
        let greeted = sandbox.resident();
        let began = Instant::now();
        sandbox.fire(&mut fire);
        listeners.iter_mut().for_each(|listener| wait_for(listener, "id: evt_"));
        let took = began.elapsed();
        let after_event = sandbox.resident();
        println!(
            "1,000 listeners: {:.1} KB each when greeted, {:.1} KB each after an event, which all had after {took:.1?}",
            (greeted - before) / 1e3,
            (after_event - before) / 1e3
        );
    }

    /// 200 events a second for 100 listeners, which one thread reads: a hundred would compete with the sandbox.
    fn stream(wishes: &Wishes) {
        const LISTENERS: usize = 100;
        let events = wishes.seconds * 200;
        let mut found = vec![<[Vec<f64>; 4]>::default(); wishes.binaries.len()];
        for _ in 0..wishes.rounds {
            for (binary, found) in wishes.binaries.iter().zip(&mut found) {
                let sandbox = Sandbox::start(binary, &["--ephemeral"]);
                let listeners: Vec<_> = (0..LISTENERS).map(|_| sandbox.listener().into_inner()).collect();
                let reader = std::thread::spawn(move || read_all(listeners, LISTENERS * events));
                let (mut fire, cpu, began) =
                    (BufReader::new(sandbox.connect()), sandbox.cpu(), Instant::now());
                for number in 0..events {
                    let due = Duration::from_micros(5_000 * number as u64);
                    std::thread::sleep(due.saturating_sub(began.elapsed()));
                    sandbox.fire(&mut fire);
                }
                let last = Instant::now();
                let all = reader.join().unwrap();
                let (user, system) = sandbox.cpu_since(cpu);
                let percent = 100.0 / 1e3 / began.elapsed().as_secs_f64();
                found[0].push(user * percent + system * percent);
                found[1].push(user * percent);
                found[2].push(system * percent);
                found[3].push(all.saturating_duration_since(last).as_secs_f64() * 1e3);
            }
        }
        println!("\n{} s of 200 events/s to {LISTENERS} listeners: median (least to most)", wishes.seconds);
        for (nth, found) in found.into_iter().enumerate() {
            let [all, user, system, late] = found.map(spread);
            println!(
                "{}: % of a core {all}; user {user}; system {system}; last event after ms {late}",
                nth + 1
            );
        }
    }

    /// Reads until `count` events have come; returns when.
    fn read_all(mut listeners: Vec<TcpStream>, count: usize) -> Instant {
        let poll = epoll::create(CreateFlags::CLOEXEC).unwrap();
        for (id, listener) in listeners.iter().enumerate() {
            listener.set_nonblocking(true).unwrap();
            epoll::add(&poll, listener, EventData::new_u64(id as u64), EventFlags::IN).unwrap();
        }
        let (mut events, mut buffer) = (Vec::with_capacity(256), vec![0; 64 * 1024]);
        // the ends of what was read: an id may be cut in two
        let mut tails = vec![Vec::new(); listeners.len()];
        let mut found = 0;
        while found < count {
            events.clear();
            epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None).unwrap();
            for event in &events {
                const MARK: &[u8] = b"\nid: evt_";
                let id = event.data.u64() as usize;
                let Ok(read) = listeners[id].read(&mut buffer) else { continue };
                assert_ne!(read, 0, "the stream ended");
                let text = [&tails[id], &buffer[..read]].concat();
                found += memchr::memmem::find_iter(&text, MARK).count();
                tails[id] = text[text.len() - (MARK.len() - 1).min(text.len())..].to_vec();
            }
        }
        Instant::now()
    }

    /// Tickets over 64 connections, each with an event for three webhooks.
    fn tickets(wishes: &Wishes, state: &str, args: &[&str]) {
        let count = wishes.tickets;
        let mut found = vec![<[Vec<f64>; 4]>::default(); wishes.binaries.len()];
        for _ in 0..wishes.rounds {
            for (binary, found) in wishes.binaries.iter().zip(&mut found) {
                let (sandbox, receiver) = (Sandbox::start(binary, args), Receiver::start());
                let mut control = BufReader::new(sandbox.connect());
                for nth in 0..WEBHOOKS {
                    let url = format!("http://127.0.0.1:{}/{nth}", receiver.port);
                    let body = format!(r#"{{"name":"{nth}","url":"{url}","events":["ticket.created"]}}"#);
                    let made = sandbox.call(&mut control, "POST", "webhooks", &body);
                    assert!(made["data"]["id"].is_string(), "{made}");
                }
                let before = total(&sandbox);
                let request = sandbox.request(&format!("POST {TEAM}/tickets"), TICKET);
                let (cpu, began) = (sandbox.cpu(), Instant::now());
                let rate = client::post(sandbox.port, request.as_bytes(), count, 64);
                receiver.wait_for(count * WEBHOOKS);
                let (user, system) = sandbox.cpu_since(cpu);
                found[0].push(rate);
                found[1].push(count as f64 / began.elapsed().as_secs_f64());
                found[2].push(user / count as f64);
                found[3].push(system / count as f64);
                assert_eq!(total(&sandbox), before + count as u64);
                assert_eq!(receiver.count(), count * WEBHOOKS, "a delivery was repeated");
            }
        }
        println!(
            "\n{count} tickets on 64 connections, {WEBHOOKS} webhooks, state {state}: median (least to most)"
        );
        for (nth, found) in found.into_iter().enumerate() {
            let [rate, delivered, user, system] = found.map(spread);
            println!("{}: tickets/s {rate}; with all deliveries {delivered}", nth + 1);
            println!("   CPU ms of each: user {user}; system {system}");
        }
    }

    fn total(sandbox: &Sandbox) -> u64 {
        // a new connection: the sandbox closes idle ones
        let page = sandbox.call(&mut BufReader::new(sandbox.connect()), "GET", "tickets", "");
        page["pagination"]["total"].as_u64().unwrap()
    }

    /// The start, and a sandbox without clients.
    fn rest(binary: &Path) {
        let began = Instant::now();
        let sandbox = Sandbox::start(binary, &[]);
        let ready = began.elapsed();
        let (cpu, switches) = (sandbox.cpu(), switches(&sandbox));
        std::thread::sleep(Duration::from_secs(10));
        let (user, system) = sandbox.cpu_since(cpu);
        println!(
            "ready after {ready:.1?}; in 10 s of rest {:.0} ms of processor time and {} wake-ups; {:.1} MB resident",
            user + system,
            self::switches(&sandbox) - switches,
            sandbox.resident() / 1e3
        );
    }

    fn switches(sandbox: &Sandbox) -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", sandbox.child.id())).unwrap();
        let of = |task: std::fs::DirEntry| -> u64 {
            let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            line.map_or(0, |count| count.trim().parse().unwrap())
        };
        tasks.map(|task| of(task.unwrap())).sum()
    }

    fn idle(binary: &Path, count: usize) {
        let sandbox = Sandbox::start(binary, &["--ephemeral"]);
        let before = sandbox.resident();
        let began = Instant::now();
        let idle: Vec<_> = (0..count).map(|_| sandbox.connect()).collect();
        let connected = began.elapsed();
        let mut worst = Duration::ZERO;
        for _ in 0..100 {
            let began = Instant::now();
            let mut fire = BufReader::new(sandbox.connect());
            sandbox.fire(&mut fire);
            worst = worst.max(began.elapsed());
        }
        println!(
            "{count} idle connections (made in {connected:.1?}, {:.1} KB each): the slowest of 100 requests took {worst:.1?}",
            (sandbox.resident() - before) / count as f64
        );
        drop(idle);
    }
}

fn main() {
    #[cfg(target_os = "linux")]
    measure::all();
    #[cfg(not(target_os = "linux"))]
    println!("this benchmark reads /proc: it runs on Linux");
}
