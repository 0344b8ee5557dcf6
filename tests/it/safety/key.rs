//! Warnings about the origin and the destination of a key: once, on standard error, before anything is
//! sent.

use std::process::Command;

use crate::support::sandbox::Sandbox;
use crate::support::socks_proxy::SocksProxy;
use crate::support::tls_front::{Certificate, TlsFront, authority};
use crate::support::{CommandOutput, Home, TEST_KEY};

const VISIBLE: &str = "Other users of this machine can see the key in --api-key";

/// A remote server: the sandbox behind TLS, reachable only through a proxy.
struct RemoteServer {
    home: Home,
    _sandbox: Sandbox,
    _front: TlsFront,
    socks: SocksProxy,
}

impl RemoteServer {
    fn new() -> Self {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let front = TlsFront::start(sandbox.port, Certificate::Good);
        let socks = SocksProxy::start(front.port);
        Self { home, _sandbox: sandbox, _front: front, socks }
    }

    fn cstar(&self) -> Command {
        let mut command = self.home.cstar();
        command
            .env("ALL_PROXY", format!("socks5h://127.0.0.1:{}", self.socks.port))
            .env("CSTAR_BASE_URL", "https://far-away.test")
            .arg("--ca-cert")
            .arg(authority());
        command
    }

    fn run(&self, args: &[&str]) -> CommandOutput {
        CommandOutput::run(self.cstar().args(args))
    }
}

#[test]
fn key_argument_is_warned_about_once() {
    let far = RemoteServer::new();
    let trigger = ["trigger", "ticket.created", "--api-key", TEST_KEY];
    let output = far.run(&trigger).ok();
    assert_eq!(output.stderr.matches(VISIBLE).count(), 1, "{output:?}");
    assert!(!output.stderr.contains(TEST_KEY), "{output:?}");
    for flag in ["--quiet", "--json"] {
        let output = far.run(&[&trigger[..], &[flag]].concat()).ok();
        assert_eq!(output.stderr, "", "{flag}");
    }
    // Other processes cannot see a key in the environment, and local requests use only the sandbox's key.
    let output =
        CommandOutput::run(far.cstar().env("CSTAR_API_KEY", TEST_KEY).args(["trigger", "ticket.created"]))
            .ok();
    assert!(!output.stderr.contains(VISIBLE), "{output:?}");
    let home = Home::new();
    let near = Sandbox::start(&home);
    let args = ["trigger", "ticket.created", "--base-url", &near.base_url, "--api-key", TEST_KEY];
    assert!(!home.run(args).ok().stderr.contains(VISIBLE));
}

#[test]
fn lookalike_host_is_refused_before_sending() {
    let (home, proxy) = (Home::new(), SocksProxy::start(1));
    for (url, names) in [
        ("https://cstar.help.evil.example", &["cstar.help.evil.example is not cStar"][..]),
        ("https://wwwcstar.help", &["wwwcstar.help is not cStar"]),
        ("https://cstar.heIp", &["cstar.heip is not cStar"]),
        ("https://сstar.help", &["xn--star-k6d.help (сstar.help) is not cStar"]),
    ] {
        let mut command = home.cstar();
        command.env("CSTAR_API_KEY", "sk_test_hunter2").env("CSTAR_BASE_URL", url);
        command.env("ALL_PROXY", format!("socks5h://127.0.0.1:{}", proxy.port));
        // The request appears in the log of the second line, so nothing was sent before the first.
        let output = CommandOutput::run(command.args(["listen", "--print-secret", "-v"]));
        assert_ne!(output.code, 0, "{output:?}");
        let first = output.stderr.lines().next().unwrap();
        for name in names {
            assert!(first.starts_with("Warning: ") && first.contains(name), "{output:?}");
        }
        assert!(!output.stderr.contains("hunter2"), "{output:?}");
    }
}

#[test]
fn ordinary_hosts_are_not_suspected() {
    let far = RemoteServer::new();
    let output =
        CommandOutput::run(far.cstar().env("CSTAR_API_KEY", TEST_KEY).args(["trigger", "ticket.created"]))
            .ok();
    assert!(!output.stderr.contains("Warning"), "{output:?}");
}
