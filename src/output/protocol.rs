//! The standard streams in the hands of a protocol: from then on nothing else may be written to standard
//! output.

use rmcp::transport::{StdioReader, StdioWriter, stdio_pipes};

/// Standard input and output, to be read and written by lines of a protocol. Must be called inside a Tokio
/// runtime.
pub(crate) fn streams() -> (StdioReader, StdioWriter) {
    stdio_pipes()
}
