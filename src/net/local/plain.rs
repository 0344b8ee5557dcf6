//! Plain http over hyper's own connections, kept alive between deliveries.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http::header::HOST;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use tokio::net::TcpStream;
use url::Host;

use super::{Answer, CONNECT_TIMEOUT, IDLE_CONNECTION, MAX_ANSWER, PostError};
use crate::net::causes::innermost;

type Sender = SendRequest<Full<Bytes>>;

/// One http endpoint and its idle connections.
#[derive(Debug)]
pub(super) struct Plain {
    place: Place,
    port: u16,
    path: Uri,
    host: HeaderValue,
    idle: Mutex<Vec<(Sender, Instant)>>,
}

/// Where to connect to.
#[derive(Debug)]
enum Place {
    Address(SocketAddr),
    /// Both 127.0.0.1 and ::1, whatever the hosts file says, because servers differ in which one they
    /// listen on. The family that answered last is tried first.
    Localhost {
        prefer_v6: AtomicBool,
    },
    Name(String),
}

impl Plain {
    /// `None` when this client cannot serve `url`.
    pub(super) fn new(url: &Url) -> Option<Self> {
        if url.scheme() != "http" || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let port = url.port_or_known_default()?;
        let place = match url.host()? {
            Host::Domain(name) if name.eq_ignore_ascii_case("localhost") => {
                Place::Localhost { prefer_v6: AtomicBool::new(false) }
            }
            Host::Domain(name) => Place::Name(name.to_owned()),
            Host::Ipv4(address) => Place::Address((address, port).into()),
            Host::Ipv6(address) => Place::Address((address, port).into()),
        };
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str()?),
            None => url.host_str()?.to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Some(Self {
            place,
            port,
            path: path.parse().ok()?,
            host: HeaderValue::from_str(&host).ok()?,
            idle: Mutex::default(),
        })
    }

    pub(super) async fn post(&self, headers: HeaderMap, body: Bytes) -> Result<Answer, PostError> {
        let mut request = self.request(headers, body);
        while let Some(mut kept) = self.kept().await {
            match kept.try_send_request(request).await {
                Ok(response) => return self.answer(kept, response).await,
                Err(mut error) => match error.take_message() {
                    // Closed before a byte was sent: another connection may be tried.
                    Some(unsent) => request = unsent,
                    None => return Err(broken(&error.into_error())),
                },
            }
        }
        let mut fresh = self.connect().await?;
        let response = fresh.send_request(request).await.map_err(|error| broken(&error))?;
        self.answer(fresh, response).await
    }

    fn request(&self, headers: HeaderMap, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = headers;
        request.headers_mut().entry(HOST).or_insert_with(|| self.host.clone());
        request
    }

    /// An idle connection that is still open.
    async fn kept(&self) -> Option<Sender> {
        loop {
            let (mut sender, since) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < IDLE_CONNECTION && sender.ready().await.is_ok() {
                return Some(sender);
            }
        }
    }

    /// Reads the answer and keeps the connection if it can be used again. The status decides; a body
    /// that breaks off changes nothing.
    async fn answer(&self, sender: Sender, response: Response<Incoming>) -> Result<Answer, PostError> {
        let (head, mut incoming) = response.into_parts();
        let mut body = BytesMut::new();
        let whole = loop {
            match incoming.frame().await {
                None => break true,
                Some(Err(_)) => break false,
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        let room = MAX_ANSWER - body.len();
                        body.extend_from_slice(data.get(..room).unwrap_or(&data));
                    }
                    if body.len() >= MAX_ANSWER {
                        break false;
                    }
                }
            }
        };
        if whole && !sender.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((sender, Instant::now()));
        }
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.freeze(),
            truncated: !whole,
        })
    }

    async fn connect(&self) -> Result<Sender, PostError> {
        let stream = match &self.place {
            Place::Address(address) => first(&[*address]).await?.0,
            Place::Name(name) => {
                let found = tokio::net::lookup_host((name.as_str(), self.port)).await;
                let found = found.map_err(|error| could_not_connect(&error))?;
                first(&found.collect::<Vec<_>>()).await?.0
            }
            Place::Localhost { prefer_v6 } => self.connect_localhost(prefer_v6).await?,
        };
        // Small requests must not wait for each other; a refusal of this only costs time.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
        // Ends with its sender; its errors are those of the requests.
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn connect_localhost(&self, prefer_v6: &AtomicBool) -> Result<TcpStream, PostError> {
        let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, self.port));
        let order = if prefer_v6.load(Ordering::Relaxed) { [v6, v4] } else { [v4, v6] };
        let (stream, address) = first(&order).await?;
        prefer_v6.store(address.is_ipv6(), Ordering::Relaxed);
        Ok(stream)
    }
}

/// Connects to the first address that takes it. When one refuses and none takes it, that is what is
/// told: the others may not even exist on this machine.
async fn first(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), PostError> {
    let mut failure = PostError::Broken("could not connect: the name has no address".to_owned());
    for address in addresses {
        let result = match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
            Ok(result) => result,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        match result {
            Ok(stream) => return Ok((stream, *address)),
            Err(_) if failure == PostError::Refused => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => failure = PostError::Refused,
            Err(error) => failure = could_not_connect(&error),
        }
    }
    Err(failure)
}

fn could_not_connect(error: &io::Error) -> PostError {
    PostError::Broken(format!("could not connect: {error}"))
}

fn broken(error: &hyper::Error) -> PostError {
    let cause = innermost(error);
    PostError::Broken(format!("the connection broke: {cause}"))
}
