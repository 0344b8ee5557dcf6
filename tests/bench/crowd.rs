//! The sandbox with many clients: the memory of a listener, how long one event takes to reach a thousand of them,
//! a minute of 200 events a second for a hundred, ten thousand idle connections.
//!
//! Repeat with `cargo bench --bench crowd`; `-- --binary PATH` measures another build. It needs 11,000 open
//! files for each of two processes (`ulimit -Hn`), or opens as many connections as are allowed.
//!
//! On an idle two-core machine:
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
    clippy::cast_precision_loss,
    reason = "a benchmark prints its table, and anything unexpected ends it"
)]

#[cfg(target_os = "linux")]
mod measure {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::path::PathBuf;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use serde_json::Value;

    const KEY: &str = "sk_test_sandbox0000000000000000000000000";
    const TEAM: &str = "/api/v1/teams/550e8400-e29b-41d4-a716-446655440000";

    struct Sandbox {
        child: Child,
        port: u16,
    }

    impl Drop for Sandbox {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    impl Sandbox {
        fn start(binary: &PathBuf) -> Self {
            let mut command = Command::new(binary);
            command.args(["sandbox", "--json", "--port", "0", "--rate-limit", "0", "--ephemeral"]);
            let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let ready: Value = serde_json::from_str(&line).unwrap();
            let port = ready["base_url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
            Self { child, port }
        }

        /// Kilobytes.
        fn resident(&self) -> f64 {
            let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        }

        fn connect(&self) -> TcpStream {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            stream
        }

        fn ask(&self, stream: &mut TcpStream, line: &str, body: &str) {
            let (port, length) = (self.port, body.len());
            let request = format!(
                "{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            stream.write_all(request.as_bytes()).unwrap();
        }

        fn fire(&self, stream: &mut BufReader<TcpStream>) {
            let line = format!("POST {TEAM}/webhooks/trigger-test");
            self.ask(stream.get_mut(), &line, r#"{"event":"ticket.created"}"#);
            let (mut line, mut length) = (String::new(), 0);
            while line != "\r\n" {
                line.clear();
                assert_ne!(stream.read_line(&mut line).unwrap(), 0);
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            stream.read_exact(&mut vec![0; length]).unwrap();
        }

        /// An event stream that has its session.
        fn listener(&self) -> BufReader<TcpStream> {
            let mut stream = self.connect();
            self.ask(&mut stream, &format!("GET {TEAM}/webhooks/listen"), "");
            let mut stream = BufReader::with_capacity(4096, stream);
            wait_for(&mut stream, "event: session");
            stream
        }
    }

    fn wait_for(stream: &mut BufReader<TcpStream>, beginning: &str) {
        let mut line = String::new();
        while !line.starts_with(beginning) {
            line.clear();
            assert_ne!(stream.read_line(&mut line).unwrap(), 0);
        }
    }

    pub(super) fn all() {
        let mut args = std::env::args().skip(1).skip_while(|arg| arg != "--binary");
        let binary = args.nth(1).map_or_else(|| env!("CARGO_BIN_EXE_cstar").into(), PathBuf::from);
        let maximum = getrlimit(Resource::Nofile).maximum;
        let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        let room = usize::try_from(maximum.unwrap_or(100_000)).unwrap() - 500;
        memory(&binary);
        stream(&binary);
        idle(&binary, room.min(10_000));
    }

    fn memory(binary: &PathBuf) {
        let sandbox = Sandbox::start(binary);
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

    fn stream(binary: &PathBuf) {
        const EVENTS: usize = 60 * 200;
        let sandbox = Sandbox::start(binary);
        let listeners: Vec<_> = (0..100).map(|_| sandbox.listener()).collect();
        let readers: Vec<_> = listeners
            .into_iter()
            .map(|mut listener| {
                std::thread::spawn(move || (0..EVENTS).for_each(|_| wait_for(&mut listener, "id: evt_")))
            })
            .collect();
        let (mut fire, began) = (BufReader::new(sandbox.connect()), Instant::now());
        for number in 0..EVENTS {
            let due = Duration::from_micros(5_000 * number as u64);
            std::thread::sleep(due.saturating_sub(began.elapsed()));
            sandbox.fire(&mut fire);
        }
        let fired = began.elapsed();
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        println!(
            "{EVENTS} events in {fired:.1?} to 100 listeners: each had all of them {:.1?} later; {:.0} MB resident",
            began.elapsed() - fired,
            sandbox.resident() / 1e3
        );
    }

    fn idle(binary: &PathBuf, count: usize) {
        let sandbox = Sandbox::start(binary);
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
