//! A running program, and ways to wait for it, all with a time limit.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Output};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::TIMEOUT;

/// A running program. It is killed when this is dropped, so that a failed test leaves none behind.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        #[cfg(windows)]
        {
            /// Only the leader of a group can be interrupted alone.
            const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
            std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP);
        }
        Self(command.spawn().unwrap())
    }

    /// Interrupts it: SIGINT, as Ctrl-C sends, or on Windows Ctrl-Break.
    pub(crate) fn interrupt(&self) {
        assert!(self.try_interrupt(), "process {} cannot be interrupted", self.pid());
    }

    /// The same; `false` if it has ended.
    pub(crate) fn try_interrupt(&self) -> bool {
        let pid = self.pid().to_string();
        #[cfg(unix)]
        let sent = Command::new("kill").args(["-INT", &pid]).output();
        #[cfg(windows)]
        let sent = Command::new(interrupt_program()).arg(&pid).output();
        sent.unwrap().status.success()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Its standard input, if that is a pipe and was not taken yet.
    pub(crate) fn stdin(&mut self) -> Option<ChildStdin> {
        self.0.stdin.take()
    }

    pub(crate) fn stdout(&mut self) -> ChildStdout {
        self.0.stdout.take().expect("a piped standard output")
    }

    pub(crate) fn stderr(&mut self) -> ChildStderr {
        self.0.stderr.take().expect("a piped standard error")
    }

    /// Its exit status, if it has ended.
    pub(crate) fn exit_status(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.wait_within(TIMEOUT)
    }

    /// The same for a program that takes longer.
    pub(crate) fn wait_within(&mut self, timeout: Duration) -> ExitStatus {
        let deadline = Instant::now() + timeout;
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.exit_status() {
                return status;
            }
            assert!(Instant::now() < deadline, "process {} keeps running", self.pid());
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// Waits for its end and for the rest of the pipes that were not taken.
    pub(crate) fn output(self) -> Output {
        self.output_within(TIMEOUT)
    }

    /// The same for a program that takes longer.
    pub(crate) fn output_within(mut self, timeout: Duration) -> Output {
        let stdout = self.0.stdout.take().map(read_all);
        let stderr = self.0.stderr.take().map(read_all);
        let status = self.wait_within(timeout);
        let bytes_of = |bytes: Option<Receiver<Vec<u8>>>| bytes.map(recv).unwrap_or_default();
        Output { status, stdout: bytes_of(stdout), stderr: bytes_of(stderr) }
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether this is not a real Windows: Wine 8 cannot interrupt another process. `.ci/windows` sets the variable.
pub(crate) fn is_under_wine() -> bool {
    cfg!(windows) && std::env::var_os("CSTAR_TEST_WINE").is_some()
}

/// `tests/windows/interrupt.rs`, compiled if it is not beside the program yet.
#[cfg(windows)]
fn interrupt_program() -> std::path::PathBuf {
    use std::path::Path;
    static COMPILED: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let program = Path::new(env!("CARGO_BIN_EXE_cstar")).with_file_name("interrupt.exe");
    let _alone = COMPILED.lock();
    if !program.exists() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/windows/interrupt.rs");
        let compiled = Command::new("rustc").args(["--edition", "2024", source, "-o"]).arg(&program).status();
        assert!(compiled.unwrap().success());
    }
    program
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn recv<T>(receiver: Receiver<T>) -> T {
    receiver.recv_timeout(TIMEOUT).expect("a stream that ends")
}

fn read_all(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// Reads to the end of the stream.
pub(crate) fn read_to_end(stream: impl Read + Send + 'static) -> String {
    String::from_utf8(recv(read_all(stream))).unwrap()
}

/// The lines of a stream as they arrive.
pub(crate) fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Reads up to and including the first line that contains `wanted`, and not a byte more. Returns the stream
/// and what was read.
pub(crate) fn read_until<R: Read + Send + 'static>(stream: R, expected: &'static str) -> (R, String) {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut stream = BufReader::with_capacity(1, stream);
        let (mut text, mut before) = (String::new(), 0);
        while stream.read_line(&mut text).is_ok_and(|length| length > 0) {
            if text[before..].contains(expected) {
                let _ = sender.send(Ok((stream.into_inner(), text)));
                return;
            }
            before = text.len();
        }
        let _ = sender.send(Err(text));
    });
    let read = receiver.recv_timeout(TIMEOUT).unwrap_or_else(|error| panic!("`{expected}`: {error}"));
    read.unwrap_or_else(|text| panic!("ended before `{expected}`: {text}"))
}

/// Reads up to this text, also in the middle of a line, and not a byte more. Returns the stream.
#[cfg(unix)]
pub(crate) fn read_up_to<R: Read + Send + 'static>(stream: R, expected: &'static str) -> R {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut stream = stream;
        let mut text = Vec::new();
        let mut byte = [0];
        while stream.read_exact(&mut byte).is_ok() {
            text.push(byte[0]);
            if text.ends_with(expected.as_bytes()) {
                let _ = sender.send(Ok(stream));
                return;
            }
        }
        let _ = sender.send(Err(String::from_utf8_lossy(&text).into_owned()));
    });
    let read = receiver.recv_timeout(TIMEOUT).unwrap_or_else(|error| panic!("`{expected}`: {error}"));
    read.unwrap_or_else(|text| panic!("ended before `{expected}`: {text}"))
}
