//! The protocol over stdio, one message per line, until the client closes its end or the process is asked to stop.

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

/// Lines on their way to the writer. Each of them, and those that wait for capacity, holds the slot of its request.
const WRITING: usize = 4;
/// How long the last responses may take to be written after the client closed its end.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves one client over these streams until `stop` ends. Fails when the protocol fails. A client that disconnects is
/// the normal end.
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
        // Keeps the sender alive until the connection is gone: without one, receivers would not wait.
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
        // Our responses are not read: the client has disconnected.
        Err(ServerInitializeError::TransportError { .. }) => Ok(()),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Writes line after line. Ends after the last line, or when writing fails.
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

/// The transport between rmcp and the two streams. rmcp's own transport was rejected: it does not limit requests in
/// flight, does not answer invalid messages, has no batches, and stops the server when the first message is not a
/// request.
struct Connection<R> {
    input: LineReader<R>,
    /// `None` once closed.
    out: Option<mpsc::Sender<OutgoingLine>>,
    writer: Option<JoinHandle<()>>,
    queue: MessageQueue,
    begun: bool,
    /// Ends calls that are still waiting when the client disconnects.
    closed: watch::Sender<bool>,
    /// Whether the process was asked to stop.
    stopped: watch::Receiver<bool>,
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the client has disconnected")
}

impl<R: AsyncRead + Send + Unpin> Connection<R> {
    /// Must be cancel safe: rmcp drops this future and calls it again.
    async fn next(&mut self) -> Option<ClientJsonRpcMessage> {
        let out = self.out.clone()?;
        loop {
            while self.queue.has_replies() {
                let permit = out.reserve().await.ok()?;
                if let Some(reply) = self.queue.reply() {
                    permit.send(reply);
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

    /// Whether rmcp may get the message: it stops when the first message is not a request.
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
                // Late progress is useless.
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
            && tokio::time::timeout(FLUSH_TIMEOUT, &mut writer).await.is_err()
        {
            writer.abort();
        }
        Ok(())
    }
}
