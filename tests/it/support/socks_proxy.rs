//! A SOCKS5 proxy (RFC 1928) that connects every name to one port of this machine.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A running proxy. It stops when this is dropped.
pub(crate) struct SocksProxy {
    pub(crate) port: u16,
    destinations: Arc<Mutex<Vec<String>>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl SocksProxy {
    /// Forwards every request to `port`.
    pub(crate) fn start(port: u16) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let own = listener.local_addr().unwrap().port();
        let destinations = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&destinations);
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, port, Arc::clone(&list)));
            }
        });
        Self { port: own, destinations, runtime: Some(runtime) }
    }

    /// `host:port` of every connection so far, as the client named them.
    pub(crate) fn destinations(&self) -> Vec<String> {
        self.destinations.lock().unwrap().clone()
    }
}

impl Drop for SocksProxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn relay(
    mut client: TcpStream,
    port: u16,
    destinations: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    // Version 5, and a list of authentication methods, of which "none" is chosen.
    let mut head = [0; 2];
    client.read_exact(&mut head).await?;
    let mut ways = vec![0; usize::from(head[1])];
    client.read_exact(&mut ways).await?;
    client.write_all(&[5, 0]).await?;
    // Version 5, CONNECT, reserved, address type.
    let mut request = [0; 4];
    client.read_exact(&mut request).await?;
    assert_eq!((head[0], request[1]), (5, 1), "CONNECT by version 5");
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            client.read_exact(&mut address).await?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        _ => {
            let mut name = vec![0; usize::from(client.read_u8().await?)];
            client.read_exact(&mut name).await?;
            String::from_utf8(name).unwrap()
        }
    };
    let port_of_host = client.read_u16().await?;
    destinations.lock().unwrap().push(format!("{host}:{port_of_host}"));
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
