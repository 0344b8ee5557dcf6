//! Why a proxy made no connection. The client only says that it failed, so the proxy is asked once more, without a key
//! and without anything that would go on to cStar.

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::causes::Causes;
use super::route;

/// How long the proxy may take to say it again.
const LIMIT: Duration = Duration::from_secs(3);
/// Bytes of its status line.
const MAX_LINE: u64 = 300;

/// A proxy that does not connect to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyRefusal {
    /// Host and port of the proxy.
    proxy: String,
    /// Status and reason, such as `403 Forbidden`, if it said them again.
    status: Option<String>,
}

impl ProxyRefusal {
    /// Whether it would say the same again: it does not let us through.
    pub(crate) fn is_final(&self) -> bool {
        self.status.as_deref().is_some_and(|status| status.starts_with('4'))
    }
}

impl std::fmt::Display for ProxyRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the proxy {} refused the connection", self.proxy)?;
        self.status.as_deref().map_or(Ok(()), |status| write!(f, ": {status}"))
    }
}

/// Whether the request to `url` failed because a proxy did not connect to its server, and what the proxy says.
pub(crate) async fn proxy_refusal(error: &reqwest::Error, url: &Url) -> Option<ProxyRefusal> {
    // The error's type is private; its text is all there is.
    let is_refusal = |text: String| {
        text.starts_with("tunnel error: unsuccessful") || text.starts_with("tunnel error: proxy auth")
    };
    if !Causes(Some(error)).any(|cause| is_refusal(cause.to_string())) {
        return None;
    }
    let (proxy, authorization) = route::proxy_and_password(url)?;
    let status = match proxy.scheme.as_str() {
        "http" => {
            let asked = ask(&proxy.host, proxy.port, url, authorization.as_deref());
            timeout(LIMIT, asked).await.ok().flatten()
        }
        _ => None,
    };
    Some(ProxyRefusal { proxy: format!("{}:{}", proxy.host, proxy.port), status })
}

async fn ask(host: &str, port: u16, url: &Url, authorization: Option<&str>) -> Option<String> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((host, port)).await.ok()?;
    let server = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let password = authorization.map(|value| format!("Proxy-Authorization: {value}\r\n"));
    let request =
        format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n{}\r\n", password.unwrap_or_default());
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut line = Vec::new();
    BufReader::new(stream.take(MAX_LINE)).read_until(b'\n', &mut line).await.ok()?;
    status(&String::from_utf8_lossy(&line))
}

/// `403 Forbidden` of a status line that is not a success.
fn status(line: &str) -> Option<String> {
    let (version, rest) = line.trim().split_once(' ')?;
    let code: u16 = rest.split(' ').next()?.parse().ok()?;
    (version.starts_with("HTTP/1.") && (300..600).contains(&code)).then(|| rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refusals_have_a_status() {
        assert_eq!(status("HTTP/1.1 403 Forbidden\r\n").as_deref(), Some("403 Forbidden"));
        assert_eq!(status("HTTP/1.0 407").as_deref(), Some("407"));
        for line in ["HTTP/1.1 200 OK", "SSH-2.0-x", "", "HTTP/1.1 x y", "HTTP/1.1 999 odd"] {
            assert_eq!(status(line), None, "{line}");
        }
    }
}
