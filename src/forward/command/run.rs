//! One attempt with a command: the body on its standard input, its output as the answer, its exit code as the outcome.

use std::io;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::time::timeout;

use super::TargetCommand;
use super::exit::{CommandEnd, CommandError, CommandExit};
use crate::forward::response_text::output_excerpt;
use crate::host::io_error::io_message;
use crate::host::process_group::{ProcessGroup, is_no_program};
use crate::net::{BodyEnd, FailureCause, NoResponse, TargetResponse};

/// Bytes of the output that are kept, as many as of the answer of a server.
const MAX_OUTPUT: usize = 64 * 1024;
/// After the end of the command, its output ends too, unless a process that it has started keeps it open.
const OPEN_OUTPUT: Duration = Duration::from_millis(200);
/// A killed process ends at once, unless the system holds it back.
const KILLED: Duration = Duration::from_secs(1);

impl TargetCommand {
    /// Runs the command once. `limit` bounds the time until it ends; then it and its children are killed.
    pub(in crate::forward) async fn run(
        &self,
        headers: &HeaderMap,
        body: Bytes,
        limit: Option<Duration>,
    ) -> Result<(CommandExit, TargetResponse), CommandError> {
        let started = Instant::now();
        let mut process = self.process(headers);
        let mut group = ProcessGroup::spawn(&mut process).map_err(|error| not_started(&error))?;
        let child = &mut group.leader;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let mut output = Output { stdout, stderr, kept: BytesMut::new(), is_truncated: false };
        let ended = {
            let exchange = async {
                tokio::join!(write(stdin, body), output.read());
                // It may close all of them and continue to run.
                std::future::pending::<()>().await;
            };
            tokio::select! {
                biased;
                ended = group.wait() => Some(ended),
                () = exchange => None,
                () = after(limit) => None,
            }
        };
        let took = started.elapsed();
        let end = match ended {
            Some(Ok(status)) => exit(status),
            Some(Err(error)) => return Err(CommandError::Impossible(io_message(&error))),
            None => {
                group.kill();
                let _ = timeout(KILLED, group.wait()).await;
                CommandEnd::TimedOut(limit.unwrap_or_default())
            }
        };
        let _ = timeout(OPEN_OUTPUT, output.read()).await;
        let excerpt = (end != CommandEnd::Code(0)).then(|| output_excerpt(&output.kept)).flatten();
        Ok((CommandExit { end, excerpt }, output.into_answer(took)))
    }
}

async fn after(limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// Writes the body and closes the pipe. A command need not read all of it, so an error means nothing.
async fn write(stdin: Option<ChildStdin>, body: Bytes) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(&body).await;
        let _ = stdin.shutdown().await;
    }
}

fn not_started(error: &io::Error) -> CommandError {
    let cause = match error.kind() {
        io::ErrorKind::NotFound => return CommandError::NotStarted(FailureCause::CommandNotFound.into()),
        // What fits into no process never will.
        io::ErrorKind::ArgumentListTooLong | io::ErrorKind::InvalidInput => {
            let message = FailureCause::CommandNotStarted.message();
            return CommandError::Impossible(format!("{message} ({})", io_message(error)));
        }
        io::ErrorKind::PermissionDenied => FailureCause::CommandNotExecutable,
        _ if is_no_program(error) => FailureCause::CommandNotExecutable,
        _ => FailureCause::CommandNotStarted,
    };
    CommandError::NotStarted(NoResponse { cause, detail: Some(io_message(error)) })
}

#[cfg(unix)]
fn exit(status: ExitStatus) -> CommandEnd {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => CommandEnd::Code(code),
        (None, signal) => CommandEnd::Signal(signal.unwrap_or_default()),
    }
}

#[cfg(windows)]
fn exit(status: ExitStatus) -> CommandEnd {
    CommandEnd::Code(status.code().unwrap_or_default())
}

/// The output so far, in the order in which it arrived.
struct Output {
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    kept: BytesMut,
    is_truncated: bool,
}

impl Output {
    /// Reads until both ends. Reads what is not kept too, so that the command does not block. Cancel safe.
    async fn read(&mut self) {
        let (mut of_stdout, mut of_stderr) = ([0; 4096], [0; 4096]);
        while self.stdout.is_some() || self.stderr.is_some() {
            let data = tokio::select! {
                data = next(&mut self.stdout, &mut of_stdout) => data,
                data = next(&mut self.stderr, &mut of_stderr) => data,
            };
            let room = MAX_OUTPUT - self.kept.len();
            self.is_truncated |= data.len() > room;
            self.kept.extend_from_slice(data.get(..room).unwrap_or(data));
        }
    }

    fn into_answer(self, took: Duration) -> TargetResponse {
        TargetResponse {
            // There is none; the outcome has the exit code.
            status: 0,
            headers: HeaderMap::new(),
            body: self.kept.freeze(),
            end: if self.is_truncated { BodyEnd::Truncated } else { BodyEnd::Complete },
            handler_time: took,
            round_trip: took,
            starved: false,
        }
    }
}

/// The next bytes of `pipe`, which becomes `None` at its end.
async fn next<'a, P: AsyncRead + Unpin>(pipe: &mut Option<P>, buffer: &'a mut [u8]) -> &'a [u8] {
    let Some(open) = pipe else { return std::future::pending().await };
    match open.read(buffer).await {
        Ok(count @ 1..) => buffer.get(..count).unwrap_or_default(),
        _ => {
            *pipe = None;
            &[]
        }
    }
}
