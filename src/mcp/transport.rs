//! The line protocol, served until the client closes its end.

use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::{ServerInitializeError, serve_server};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::backend::Backend;
use super::server::Server;
use super::tools::Choice;
use crate::output::{Exit, Failure};

/// Serves one client over these streams.
///
/// # Errors
/// When the protocol cannot go on; that the client has gone is its normal end.
pub(crate) async fn serve<R, W>(backend: Backend, choice: &Choice, streams: (R, W)) -> Result<(), Failure>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let (closed, closing) = watch::channel(false);
    let server = Server::new(Arc::new(backend), choice, closing);
    let lines = Lines { inner: AsyncRwTransport::new_server(streams.0, streams.1), begun: false, closed };
    let failed = |reason: String| Failure::new(Exit::Failed, format!("could not serve MCP: {reason}"));
    match serve_server(server, lines).await {
        Ok(running) => running.waiting().await.map(|_| ()).map_err(|error| failed(error.to_string())),
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        // Nobody reads our answers: the client has gone.
        Err(ServerInitializeError::TransportError { .. }) => Ok(()),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The transport of rmcp, with two differences: a first message that is no request does not end the
/// server, and the end of the input is told at once to calls that would wait on.
struct Lines<R: AsyncRead, W: AsyncWrite> {
    inner: AsyncRwTransport<RoleServer, R, W>,
    begun: bool,
    closed: watch::Sender<bool>,
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = std::io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.inner.send(message)
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            match self.inner.receive().await {
                None => {
                    self.closed.send_replace(true);
                    return None;
                }
                Some(request @ JsonRpcMessage::Request(_)) => {
                    self.begun = true;
                    return Some(request);
                }
                Some(other) if self.begun => return Some(other),
                Some(_) => tracing::debug!("a message before the first request is ignored"),
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.inner.close().await
    }
}
