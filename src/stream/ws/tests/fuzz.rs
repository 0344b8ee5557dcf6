//! Random bytes after the handshake of a WebSocket: no panic, and no message above the limit.

use tokio::io::AsyncWriteExt;

use super::*;
use crate::stream::frame::interpret;

/// Small, so that inputs reach it.
const LIMIT: usize = 256;

/// The bytes after the handshake.
pub(crate) fn websocket(data: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(read(data));
}

async fn read(data: &[u8]) {
    // Also large enough for answers such as pongs, which are not read.
    let (near, mut far) = tokio::io::duplex(data.len() * 8 + 1024);
    if far.write_all(data).await.is_err() || far.shutdown().await.is_err() {
        return;
    }
    let mut socket = Socket::over(near, LIMIT).await;
    while socket.read().await.is_ok() {
        if let Some(Frame::Event(event)) = socket.next() {
            assert!(event.data.len() <= LIMIT, "{} bytes", event.data.len());
            let _ = interpret(event);
        }
    }
}
