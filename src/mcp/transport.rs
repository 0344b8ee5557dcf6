//! The line protocol, served until the client closes its end or the process is asked to end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::{ServerInitializeError, serve_server};
use rmcp::transport::Transport;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::backend::Backend;
use super::jsonrpc;
use super::line_reader::{Line, LineReader};
use super::message_queue::{MessageQueue, OutgoingLine};
use super::server::Server;
use super::tools::ToolFilter;
use crate::output::{Exit, Failure};

/// Lines on their way to the writer; each of them, and those that wait for room, keeps the place of its request.
const WRITING: usize = 4;
/// How long the last answers may take to be written once the client has closed its end.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Serves one client over these streams until `stop` ends.
///
/// # Errors
/// When the protocol cannot go on; that the client has gone is its normal end.
pub(crate) async fn serve<R, W>(
    backend: Backend,
    filter: &ToolFilter,
    streams: (R, W),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let (closed, closing) = watch::channel(false);
    let server = Server::new(Arc::new(backend), filter, closing);
    let (out, lines) = mpsc::channel(WRITING);
    let (stopping, stopped) = watch::channel(false);
    tokio::spawn(async move {
        stop.await;
        stopping.send_replace(true);
        // The value is kept until the connection is gone: a receiver without a sender waits for nothing.
        stopping.closed().await;
    });
    let connection = Connection {
        input: LineReader::new(streams.0, jsonrpc::MAX_BYTES),
        writer: Some(tokio::spawn(write(streams.1, lines))),
        out: Some(out),
        queue: MessageQueue::new(),
        begun: false,
        closed,
        stopped,
    };
    let failed = |reason: String| Failure::new(Exit::Failed, format!("could not serve MCP: {reason}"));
    match serve_server(server, connection).await {
        Ok(running) => running.waiting().await.map(|_| ()).map_err(|error| failed(error.to_string())),
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        // Our answers are not read: the client has gone.
        Err(ServerInitializeError::TransportError { .. }) => Ok(()),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Writes line after line. Ends when there are no more, or when they are not read.
async fn write<W: AsyncWrite + Unpin>(mut output: W, mut lines: mpsc::Receiver<OutgoingLine>) {
    while let Some(outgoing) = lines.recv().await {
        let written = output.write_all(&outgoing.line).await;
        if let Err(error) = match written {
            Ok(()) => output.flush().await,
            Err(error) => Err(error),
        } {
            tracing::debug!("writing to the client failed: {error}");
            return;
        }
    }
}

/// The transport between rmcp and the two streams. Unlike rmcp's own one it bounds what is under way, answers what
/// cannot be read, knows batches, and does not end the server over a first message that is no request.
struct Connection<R> {
    input: LineReader<R>,
    /// `None` once closed.
    out: Option<mpsc::Sender<OutgoingLine>>,
    writer: Option<JoinHandle<()>>,
    queue: MessageQueue,
    begun: bool,
    /// Says at once to calls that would wait on that the client has gone.
    closed: watch::Sender<bool>,
    /// Whether the process was asked to end.
    stopped: watch::Receiver<bool>,
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the client has gone")
}

impl<R: AsyncRead + Send + Unpin> Connection<R> {
    /// Everything in here may be dropped while it waits and called again: rmcp does so.
    async fn next(&mut self) -> Option<ClientJsonRpcMessage> {
        let out = self.out.clone()?;
        loop {
            while self.queue.has_replies() {
                let room = out.reserve().await.ok()?;
                if let Some(reply) = self.queue.reply() {
                    room.send(reply);
                }
            }
            if self.queue.has_waiting() {
                match self.queue.admit().await {
                    Some(message) if self.is_after_first_request(&message) => return Some(message),
                    Some(_) => tracing::debug!("a message before the first request is ignored"),
                    None => {}
                }
                continue;
            }
            let line = tokio::select! {
                line = self.input.next() => line,
                () = out.closed() => return None,
            };
            match line {
                Line::Whole(text) => self.queue.push(&text),
                Line::TooLong => self.queue.reject(&jsonrpc::too_long()),
                Line::End => return None,
            }
        }
    }

    /// Whether rmcp may see it: it ends when the first message is no request.
    fn is_after_first_request(&mut self, message: &ClientJsonRpcMessage) -> bool {
        self.begun |= matches!(message, JsonRpcMessage::Request(_));
        self.begun
    }
}

impl<R: AsyncRead + Send + Unpin + 'static> Transport<RoleServer> for Connection<R> {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let out = self.out.clone();
        let may_be_lost = matches!(message, JsonRpcMessage::Notification(_));
        let outgoing = self.queue.answer(&message);
        async move {
            let out = out.ok_or_else(gone)?;
            let Some(outgoing) = outgoing else { return Ok(()) };
            if may_be_lost {
                // Progress that is not read in time is of no use later.
                let _ = out.try_send(outgoing);
                return Ok(());
            }
            out.send(outgoing).await.map_err(|_| gone())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let mut stopped = self.stopped.clone();
        let message = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => None,
            message = self.next() => message,
        };
        if message.is_none() {
            self.closed.send_replace(true);
        }
        message
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        drop(self.out.take());
        if let Some(mut writer) = self.writer.take()
            && tokio::time::timeout(LAST_WORDS, &mut writer).await.is_err()
        {
            writer.abort();
        }
        Ok(())
    }
}
