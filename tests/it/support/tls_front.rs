//! A TLS front: accepts https on a port of its own and forwards it in the clear to a server behind.
//!
//! The certificates in `tls_front/` were made for these tests only: an authority whose key was thrown away, and
//! certificates that it signed for one server key. They are valid from 2020 to 2120, except for those whose
//! name says otherwise.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A certificate for `localhost`, 127.0.0.1 and `far-away.test`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Certificate {
    Good,
    Expired,
    /// Begins in 2110.
    Early,
    /// For `elsewhere.test` only.
    WrongName,
}

/// The authority that signed them all, for `--ca-cert`.
pub(crate) fn authority() -> PathBuf {
    file("authority.pem")
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/tls_front")).join(name)
}

/// A running front. It stops when this is dropped.
pub(crate) struct TlsFront {
    pub(crate) port: u16,
    handshakes: Arc<AtomicU64>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl TlsFront {
    /// Presents `certificate` and forwards to `port`. The Host header becomes that of the server behind.
    pub(crate) fn start(port: u16, certificate: Certificate) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let own = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(config(certificate)));
        let handshakes = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&handshakes);
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, count) = (acceptor.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    let Ok(client) = acceptor.accept(client).await else { return };
                    count.fetch_add(1, Ordering::Relaxed);
                    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                    let (mut client_in, mut client_out) = tokio::io::split(client);
                    let (mut server_in, mut server_out) = server.into_split();
                    tokio::select! {
                        _ = requests(&mut client_in, &mut server_out, port) => {}
                        _ = copy(&mut server_in, &mut client_out) => {}
                    }
                });
            }
        });
        Self { port: own, handshakes, runtime: Some(runtime) }
    }

    /// Its URL, with a name that its certificate is for.
    pub(crate) fn base_url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// How many clients have accepted the certificate.
    pub(crate) fn handshakes(&self) -> u64 {
        self.handshakes.load(Ordering::Relaxed)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn config(certificate: Certificate) -> ServerConfig {
    let name = match certificate {
        Certificate::Good => "good.pem",
        Certificate::Expired => "expired.pem",
        Certificate::Early => "early.pem",
        Certificate::WrongName => "wrong_name.pem",
    };
    let certificate = CertificateDer::from_pem_file(file(name)).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

/// Forwards requests; each head arrives in one piece, and its `host` becomes that of the server.
async fn requests(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    port: u16,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&buffer[..read]);
        let Some((before, rest)) = text.split_once("\r\nhost: ") else {
            to.write_all(&buffer[..read]).await?;
            continue;
        };
        let (_, after) = rest.split_once("\r\n").unwrap();
        to.write_all(format!("{before}\r\nhost: 127.0.0.1:{port}\r\n{after}").as_bytes()).await?;
    }
}
