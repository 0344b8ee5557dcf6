//! Where the secret comes from that deliveries are signed with.

use serde::Serialize;

/// Where the signing secret came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SecretSource {
    /// `--secret`
    Flag,
    /// `CSTAR_WEBHOOK_SECRET`
    Environment,
    /// The session frame of the stream.
    Session,
    /// Generated once on this machine.
    Generated,
}
