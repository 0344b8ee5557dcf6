//! A TCP proxy that can cut, pause and refuse: an unreliable network between two programs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The current behaviour of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mode {
    /// Bytes flow.
    flowing: bool,
    /// Changes when all open connections are to be cut.
    cut: u64,
}

/// A running proxy. Its connections break when this is dropped.
pub(crate) struct TcpProxy {
    pub(crate) port: u16,
    mode: Arc<watch::Sender<Mode>>,
    accepted: Arc<AtomicU64>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl TcpProxy {
    /// Forwards a free port of 127.0.0.1 to `port`. In what the client sends, the proxy's own
    /// `127.0.0.1:PORT` becomes that of the server, which checks its Host header.
    pub(crate) fn start(port: u16) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), port).unwrap()
    }

    /// The same, listening at `address`.
    pub(crate) fn start_at(address: SocketAddr, port: u16) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let own = listener.local_addr()?.port();
        let mode = Arc::new(watch::Sender::new(Mode { flowing: true, cut: 0 }));
        let accepted = Arc::new(AtomicU64::new(0));
        let (modes, count) = (Arc::clone(&mode), Arc::clone(&accepted));
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(connection(client, own, port, modes.subscribe()));
            }
        });
        Ok(Self { port: own, mode, accepted, runtime: Some(runtime) })
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Connections accepted so far.
    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Resets every open connection, on both sides.
    pub(crate) fn cut(&self) {
        self.mode.send_modify(|mode| mode.cut += 1);
    }

    /// From now on no byte passes: new connections are accepted but stay silent.
    pub(crate) fn pause(&self) {
        self.mode.send_modify(|mode| mode.flowing = false);
    }

    /// Bytes flow again.
    pub(crate) fn resume(&self) {
        self.mode.send_modify(|mode| mode.flowing = true);
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn connection(mut client: TcpStream, own: u16, port: u16, mut mode: watch::Receiver<Mode>) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let cut = mode.borrow().cut;
    let is_cut = {
        let (mut client_in, mut client_out) = client.split();
        let (mut server_in, mut server_out) = server.split();
        let names = (format!("127.0.0.1:{own}"), format!("127.0.0.1:{port}"));
        let mut flow = (mode.clone(), mode.clone());
        tokio::select! {
            _ = mode.wait_for(|mode| mode.cut != cut) => true,
            _ = pump(&mut client_in, &mut server_out, &mut flow.0, Some(&names)) => false,
            _ = pump(&mut server_in, &mut client_out, &mut flow.1, None) => false,
        }
    };
    if is_cut {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// Copies until either side closes, while bytes may flow.
async fn pump(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    mode: &mut watch::Receiver<Mode>,
    names: Option<&(String, String)>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        if mode.wait_for(|mode| mode.flowing).await.is_err() {
            return Ok(());
        }
        if let Some((own, server)) = names {
            rename(&mut buffer[..read], own.as_bytes(), server.as_bytes());
        }
        to.write_all(&buffer[..read]).await?;
    }
}

/// Overwrites `old` with `new`. Both are five-digit ports of the same address, so the length is the same.
fn rename(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    if old.len() != new.len() {
        return;
    }
    let mut at = 0;
    while at + old.len() <= bytes.len() {
        if &bytes[at..at + old.len()] == old {
            bytes[at..at + old.len()].copy_from_slice(new);
        }
        at += 1;
    }
}
