//! What attempts are made with: the client of a server, or a command.

use std::sync::Arc;

use super::command::TargetCommand;
use crate::net;

#[derive(Debug)]
pub(crate) enum Endpoint {
    Server(net::Endpoint),
    Command(Arc<TargetCommand>),
}

impl From<net::Endpoint> for Endpoint {
    fn from(server: net::Endpoint) -> Self {
        Self::Server(server)
    }
}

impl From<TargetCommand> for Endpoint {
    fn from(command: TargetCommand) -> Self {
        Self::Command(Arc::new(command))
    }
}

impl Endpoint {
    /// Whether the server has requests of this process.
    pub(super) fn has_requests(&self) -> bool {
        matches!(self, Self::Server(server) if server.has_requests())
    }

    /// Closes all but `most` idle connections.
    pub(super) fn keep_idle(&self, most: usize) {
        if let Self::Server(server) = self {
            server.keep_idle(most);
        }
    }
}
