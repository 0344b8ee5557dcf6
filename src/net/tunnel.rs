//! Finds out why a proxy did not connect. The client reports only that it failed, so the proxy gets a second CONNECT
//! request, without a key and without data for cStar.

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error_chain::{ErrorChain, no_response};
use super::proxy;

/// How long the proxy may take to respond.
const LIMIT: Duration = Duration::from_secs(3);
/// Bytes of its status line.
const MAX_LINE: u64 = 300;

/// Why a proxy did not connect to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyRefusal {
    /// Host and port of the proxy.
    proxy: String,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// It refused, with a status and reason such as `403 Forbidden` if the second request had the same result.
    Refused(Option<String>),
    /// It closed the connection without a response.
    Closed,
    NotAProxy,
    /// It could not be connected to.
    Unreached(String),
}

impl ProxyRefusal {
    /// Whether a retry would have the same result: the proxy does not allow the host, or is not a proxy.
    pub(crate) fn is_final(&self) -> bool {
        match &self.problem {
            Problem::Refused(status) => status.as_deref().is_some_and(|status| status.starts_with('4')),
            Problem::NotAProxy => true,
            Problem::Closed | Problem::Unreached(_) => false,
        }
    }

    /// What to check or change.
    pub(crate) fn advice(&self) -> &'static str {
        match &self.problem {
            Problem::Refused(Some(status)) if status.starts_with("407") => {
                "the proxy wants a name and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT"
            }
            Problem::Refused(Some(status)) if status.starts_with('5') => {
                "the proxy could not reach the server: check the host of --base-url, or try again later"
            }
            Problem::Refused(_) => "ask whether the proxy lets you through to this host",
            Problem::Closed | Problem::NotAProxy | Problem::Unreached(_) => {
                "check HTTPS_PROXY and ALL_PROXY: is it a proxy that has this port, and of this kind?"
            }
        }
    }
}

impl std::fmt::Display for ProxyRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the proxy {} ", self.proxy)?;
        match &self.problem {
            Problem::Refused(None) => f.write_str("refused the connection"),
            Problem::Refused(Some(status)) => write!(f, "refused the connection: {status}"),
            Problem::Closed => f.write_str("closed the connection without an answer"),
            Problem::NotAProxy => f.write_str("did not answer as a proxy does"),
            Problem::Unreached(how) => f.write_str(how),
        }
    }
}

/// The refusal of the proxy, if that is why the request to `url` failed.
pub(crate) async fn proxy_refusal(error: &reqwest::Error, url: &Url) -> Option<ProxyRefusal> {
    // These error types are private, so only their texts can be compared.
    let reason = ErrorChain(Some(error)).find_map(|cause| {
        let text = cause.to_string();
        let problem = text.strip_prefix("tunnel error: ").or_else(|| text.strip_prefix("SOCKS error: "));
        problem.map(str::to_owned)
    })?;
    let (proxy, authorization) = proxy::proxy_and_password(url)?;
    let problem = match reason.as_str() {
        "failed to create underlying connection" => {
            let how = no_response(error).map(|found| found.to_string());
            Problem::Unreached(how.unwrap_or_else(|| "could not be connected to".to_owned()))
        }
        "unexpected end of file" | "io error establishing tunnel" | "io error during SOCKS handshake" => {
            Problem::Closed
        }
        "failed parsing server response" | "proxy response headers too long" => Problem::NotAProxy,
        "proxy authorization required" | "unsuccessful" if proxy.scheme == "http" => {
            let asked = ask(&proxy.host, proxy.port, url, authorization.as_deref());
            timeout(LIMIT, asked).await.ok().flatten().unwrap_or(Problem::Refused(None))
        }
        _ => Problem::Refused(None),
    };
    Some(ProxyRefusal { proxy: format!("{}:{}", proxy.host, proxy.port), problem })
}

async fn ask(host: &str, port: u16, url: &Url, authorization: Option<&str>) -> Option<Problem> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((host, port)).await.ok()?;
    let server = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let password = authorization.map(|value| format!("Proxy-Authorization: {value}\r\n"));
    let request =
        format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n{}\r\n", password.unwrap_or_default());
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut line = Vec::new();
    BufReader::new(stream.take(MAX_LINE)).read_until(b'\n', &mut line).await.ok()?;
    Some(problem(&String::from_utf8_lossy(&line)))
}

/// The problem in the first line of the response to CONNECT, which failed before.
fn problem(line: &str) -> Problem {
    let status = line.trim().strip_prefix("HTTP/1.").and_then(|rest| rest.split_once(' '));
    let code = |rest: &str| rest.split(' ').next()?.parse::<u16>().ok();
    match status.map(|(_, rest)| (code(rest), rest.trim())) {
        Some((Some(300..600), rest)) => Problem::Refused(Some(rest.to_owned())),
        Some((Some(100..300), _)) => Problem::Refused(None),
        _ if line.is_empty() => Problem::Closed,
        _ => Problem::NotAProxy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_are_mapped_to_problems() {
        let refused = |status: &str| Problem::Refused(Some(status.to_owned()));
        assert_eq!(problem("HTTP/1.1 403 Forbidden\r\n"), refused("403 Forbidden"));
        assert_eq!(problem("HTTP/1.0 407"), refused("407"));
        assert_eq!(problem("HTTP/1.1 200 OK"), Problem::Refused(None));
        assert_eq!(problem(""), Problem::Closed);
        for line in ["SSH-2.0-x", "HTTP/1.1 x y", "HTTP/1.1 999 odd", "220 smtp", "HTTP/1.1"] {
            assert_eq!(problem(line), Problem::NotAProxy, "{line}");
        }
    }
}
