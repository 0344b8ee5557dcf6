//! `--transport auto|sse|ws`.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::stream::transport::Transport;

/// Parses a transport; the possible names are part of clap's own message.
pub(crate) fn parser() -> impl TypedValueParser<Value = Transport> {
    PossibleValuesParser::new(["auto", "sse", "ws"]).map(|name| match name.as_str() {
        "sse" => Transport::Sse,
        "ws" => Transport::Ws,
        _ => Transport::Auto,
    })
}
