//! The connection to cStar, layer by layer: DNS, TCP, TLS, HTTP, clock. No key is sent.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, LOCATION};

use super::check::Check;
use super::deadline::Deadline;
use crate::host::clock::Clock;
use crate::host::shell::set_variable;
use crate::net::error_chain::{self, certificate_problem, is_tls};
use crate::net::probe::{ConnectError, connect, resolve};
use crate::net::{self, BaseUrl, FailureCause, ProxyRefusal, ProxyServer, Trust};
use crate::output::error_hints;
use crate::output::format::check_duration;

/// The checks of this group, in order.
pub(super) const NAMES: [&str; 5] = ["dns", "tcp", "tls", "http", "clock"];

const DNS_LIMIT: Duration = Duration::from_secs(3);
const TCP_LIMIT: Duration = Duration::from_secs(3);
const TLS_LIMIT: Duration = Duration::from_secs(3);
const HTTP_LIMIT: Duration = Duration::from_secs(4);
/// Documented. Any status will do, because no key is sent.
const PATH: &str = "/api/v1/auth/whoami";
/// Signatures are refused past this (documented).
const SKEW_BROKEN: f64 = 300.0;
const SKEW_ODD: f64 = 5.0;

/// The checks, and whether the API can be checked next.
#[derive(Debug, Default)]
pub(super) struct NetworkChecks {
    pub(super) checks: Vec<Check>,
    pub(super) answers: bool,
}

/// The first hop: the server, or the proxy.
struct Hop<'a> {
    host: &'a str,
    port: u16,
    proxy: Option<&'a ProxyServer>,
}

impl Hop<'_> {
    fn name(&self) -> String {
        let (host, port) = (self.host, self.port);
        if self.proxy.is_some() { format!("the proxy {host}:{port}") } else { format!("{host}:{port}") }
    }
}

/// Stops at the first layer that fails.
pub(super) async fn checks(
    base: &BaseUrl,
    trust: &Trust,
    clock: &Clock,
    deadline: Deadline,
) -> NetworkChecks {
    let proxy = net::proxy_for(base);
    let hop = match &proxy {
        Some(proxy) => Hop { host: &proxy.host, port: proxy.port, proxy: Some(proxy) },
        None => Hop { host: base.host(), port: base.port(), proxy: None },
    };
    let mut reached = NetworkChecks::default();
    let checks = &mut reached.checks;
    let Some(addresses) = dns(&hop, base, deadline, checks).await else { return reached };
    if !tcp(&hop, base, &addresses, deadline, checks).await {
        return reached;
    }
    reached.answers = http(base, trust, &hop, clock, deadline, checks).await;
    reached
}

async fn dns(
    hop: &Hop<'_>,
    base: &BaseUrl,
    deadline: Deadline,
    checks: &mut Vec<Check>,
) -> Option<Vec<SocketAddr>> {
    let found = match resolve(hop.host, hop.port, deadline.limit(DNS_LIMIT)).await {
        Ok(found) => found,
        Err(problem) => {
            checks.push(Check::fail("dns", format!("{}: {problem}", hop.host), name_fix(hop)));
            return None;
        }
    };
    if hop.host.parse::<std::net::Ipv4Addr>().is_ok() || hop.host.starts_with('[') {
        checks.push(Check::skip("dns", format!("{} is an IP address", hop.host)));
    } else if net::is_loopback_host(hop.host) {
        checks.push(Check::skip("dns", "localhost is this machine"));
    } else {
        let first = found.first().map(|address| address.ip().to_string()).unwrap_or_default();
        checks.push(Check::ok("dns", format!("{} is {first}", hop.host)));
    }
    // With such a proxy this machine still resolves the name.
    if hop.proxy.is_some_and(|proxy| !proxy.resolves_names())
        && let Err(problem) = resolve(base.host(), base.port(), deadline.limit(DNS_LIMIT)).await
    {
        let fix = "let the proxy look names up: socks5h:// instead of socks5://";
        checks.push(Check::fail("dns", format!("{}: {problem}", base.host()), fix));
        return None;
    }
    Some(found)
}

fn name_fix(hop: &Hop<'_>) -> String {
    let variables = if hop.proxy.is_some() { "HTTPS_PROXY, ALL_PROXY" } else { "--base-url, CSTAR_BASE_URL" };
    let look_up = if cfg!(windows) { "nslookup" } else { "getent hosts" };
    format!("check the name ({variables}) and the network: {look_up} {}", hop.host)
}

async fn tcp(
    hop: &Hop<'_>,
    base: &BaseUrl,
    addresses: &[SocketAddr],
    deadline: Deadline,
    checks: &mut Vec<Check>,
) -> bool {
    let began = Instant::now();
    match connect(addresses, deadline.limit(TCP_LIMIT)).await {
        Ok(address) => {
            checks.push(Check::ok(
                "tcp",
                format!("connected to {address} in {}", check_duration(began.elapsed())),
            ));
            true
        }
        Err(problem) => {
            let fix = match &problem {
                _ if hop.proxy.is_some() => {
                    "check HTTPS_PROXY, ALL_PROXY, and that the proxy runs".to_owned()
                }
                ConnectError::Refused if base.is_loopback() => {
                    format!("cstar sandbox --port {}", base.port())
                }
                _ if base.is_loopback() => "the server may be hung; restart it".to_owned(),
                _ => format!(
                    "a firewall may be in the way, or a proxy is needed: {}",
                    set_variable("HTTPS_PROXY", "…")
                ),
            };
            checks.push(Check::fail("tcp", format!("{} {problem}", hop.name()), fix));
            false
        }
    }
}

/// One request without a key, which checks TLS, HTTP and the clock.
async fn http(
    base: &BaseUrl,
    trust: &Trust,
    hop: &Hop<'_>,
    clock: &Clock,
    deadline: Deadline,
    checks: &mut Vec<Check>,
) -> bool {
    let client = match net::api_client_with_timeout(base, trust, deadline.limit(TLS_LIMIT)) {
        Ok(client) => client,
        Err(error) => {
            let fix = match &error {
                net::SetupError::Proxy(problem) => problem.fix(),
                net::SetupError::Tls(_) => "check the certificates of this machine".to_owned(),
            };
            checks.push(Check::fail("tls", format!("could not {error}"), fix));
            return false;
        }
    };
    let limit = deadline.limit(HTTP_LIMIT);
    let (began, sent) = (Instant::now(), clock.now());
    let response = match client.get(base.join(PATH)).timeout(limit).send().await {
        Ok(response) => response,
        Err(error) => {
            let refusal = net::proxy_refusal(&error, &base.join("/")).await;
            let spoken = net::probe_protocol(&error, base).await;
            checks.extend(no_response(&error, (refusal.as_ref(), spoken), base, hop, limit));
            return false;
        }
    };
    let took = began.elapsed();
    checks.push(tls_is_fine(base));
    let (verdict, answers) = check_status(response.status().as_u16(), response.headers(), base, took);
    checks.push(verdict);
    checks.push(skew(response.headers(), sent, took));
    answers
}

fn tls_is_fine(base: &BaseUrl) -> Check {
    if base.is_https() {
        Check::ok("tls", format!("the certificate for {} is good", base.host()))
    } else {
        Check::skip("tls", "plain http, which stays on this machine")
    }
}

/// Which layer failed.
fn no_response(
    error: &reqwest::Error,
    (refusal, spoken): (Option<&ProxyRefusal>, Option<FailureCause>),
    base: &BaseUrl,
    hop: &Hop<'_>,
    limit: Duration,
) -> Vec<Check> {
    let reason = match (refusal, spoken) {
        (Some(refusal), _) => refusal.to_string(),
        (None, Some(cause)) => format!("the server {}", cause.message()),
        (None, None) => error_chain::error_message(error),
    };
    if let Some(problem) = certificate_problem(error) {
        let message = format!("the certificate for {} is not accepted: {reason}", base.host());
        return vec![Check::fail("tls", message, error_hints::certificate(problem))];
    }
    let cause = spoken.or_else(|| error_chain::no_response(error).map(|found| found.cause));
    let protocol = cause.and_then(|cause| error_hints::protocol(base, cause));
    let timed_out = error.is_timeout();
    if base.is_https() && (is_tls(error) || error.is_connect()) {
        let fix = match (refusal, hop.proxy, protocol) {
            (Some(refusal), ..) => refusal.advice(),
            (None, Some(_), _) => "ask whether the proxy lets https through to this host unchanged",
            (None, None, Some(fix)) => fix,
            (None, None, None) => "does the server speak https there? another program may hold the port",
        };
        let reason = if timed_out { "the handshake timed out".to_owned() } else { reason };
        let through = hop.proxy.map(|proxy| format!(" through {proxy}")).unwrap_or_default();
        return vec![Check::fail("tls", format!("no secure connection{through}: {reason}"), fix)];
    }
    let message = match timed_out {
        true => format!("no answer within {} s", limit.as_secs_f64()),
        false => format!("no answer: {reason}"),
    };
    let fix = match base.is_loopback() {
        true => "is a cStar sandbox running there? start one on a free port: cstar sandbox --port 0",
        false => "try again later; if it persists, a proxy in between may be broken",
    };
    vec![tls_is_fine(base), Check::fail("http", message, protocol.unwrap_or(fix))]
}

fn check_status(status: u16, headers: &HeaderMap, base: &BaseUrl, took: Duration) -> (Check, bool) {
    const NAME: &str = "http";
    match status {
        300..=399 => {
            let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
            let message = format!("{base} redirects to {to}; redirects are not followed, to protect the key");
            (Check::fail(NAME, message, "set --base-url to the address it redirects to"), false)
        }
        404 | 405 | 410 => {
            let message = format!("there is no cStar API at {base} (HTTP {status})");
            (Check::fail(NAME, message, "check the host and port of --base-url or CSTAR_BASE_URL"), false)
        }
        421 => {
            let message = format!("the server does not accept the host name {} (HTTP 421)", base.host());
            (
                Check::fail(
                    NAME,
                    message,
                    "use 127.0.0.1 or localhost, or start the sandbox with --allow-host NAME",
                ),
                false,
            )
        }
        500.. => {
            let message = format!("{base} answers HTTP {status}");
            let fix = "this is on the server's side, or on a proxy's: try again later";
            (Check::fail(NAME, message, fix), false)
        }
        _ => (Check::ok(NAME, format!("{base} answers in {}", check_duration(took))), true),
    }
}

/// The server's `Date` is about the middle of the request, truncated to whole seconds.
fn skew(headers: &HeaderMap, sent: Timestamp, took: Duration) -> Check {
    const NAME: &str = "clock";
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(|date| rfc2822::parse(date).ok()) else {
        return Check::skip(NAME, "the server sends no Date header");
    };
    let half = SignedDuration::try_from(took / 2).unwrap_or_default();
    let half_a_second = SignedDuration::from_millis(500);
    let ours = sent.checked_add(half).unwrap_or(sent);
    let ahead = (ours.duration_since(theirs.timestamp()) - half_a_second).as_secs_f64();
    let (seconds, way) = (ahead.abs().round(), if ahead < 0.0 { "behind" } else { "ahead of" });
    let message = format!("this machine is {seconds} s {way} the server");
    if ahead.abs() > SKEW_BROKEN {
        return Check::fail(NAME, format!("{message}: signatures are refused past 300 s"), clock_fix());
    }
    if ahead.abs() > SKEW_ODD {
        return Check::warn(NAME, message, clock_fix());
    }
    Check::ok(NAME, "agrees with the server's")
}

fn clock_fix() -> &'static str {
    match std::env::consts::OS {
        "macos" => "sudo sntp -sS time.apple.com",
        "windows" => "w32tm /resync",
        _ => "sudo timedatectl set-ntp true",
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn the_clock_may_be_off_by_a_little() {
        let at = |seconds: i64| -> Check {
            let headers = HeaderMap::from_iter([(DATE, "Fri, 06 Mar 2026 14:30:00 GMT".parse().unwrap())]);
            let noon: Timestamp = "2026-03-06T14:30:00.500Z".parse().unwrap();
            skew(&headers, noon + SignedDuration::from_secs(seconds), Duration::ZERO)
        };
        assert_eq!(at(0), Check::ok("clock", "agrees with the server's"));
        assert_eq!((at(5).status, at(-5).status), (Status::Ok, Status::Ok));
        assert_eq!((at(6).status, at(-300).status), (Status::Warn, Status::Warn));
        assert_eq!((at(301).status, at(-301).status), (Status::Fail, Status::Fail));
        assert!(at(301).message.starts_with("this machine is 301 s ahead of the server"), "{:?}", at(301));
        assert!(at(-7).message.contains("7 s behind"));
        assert_eq!(skew(&HeaderMap::new(), Timestamp::UNIX_EPOCH, Duration::ZERO).status, Status::Skip);
    }

    #[test]
    fn status_decides_the_http_check() {
        let base = BaseUrl::parse("https://www.cstar.help").unwrap();
        let check = |status| check_status(status, &HeaderMap::new(), &base, Duration::ZERO);
        for (status, verdict) in [(200, Status::Ok), (401, Status::Ok), (429, Status::Ok)] {
            assert_eq!((check(status).0.status, check(status).1), (verdict, true), "{status}");
        }
        for status in [302, 404, 421, 500, 502, 503] {
            assert_eq!((check(status).0.status, check(status).1), (Status::Fail, false), "{status}");
        }
    }
}
