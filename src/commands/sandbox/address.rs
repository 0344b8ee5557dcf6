//! Where the sandbox listens, and under which names: `--bind`, `--port`, `--allow-host`, `--keys-file`.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::host::io_error::io_message;
use crate::host::private_fs;
use crate::net::AllowedHost;
use crate::output::Failure;
use crate::sandbox::{self, BindAddress, StartKeys, Teams};
use crate::sandbox_info;

#[derive(clap::Args, Debug)]
pub(super) struct Address {
    /// Port on 127.0.0.1; 0 picks a free one [default: 4747]
    #[arg(long)]
    port: Option<u16>,
    /// Listen at this address instead of 127.0.0.1, such as 0.0.0.0 in a container; needs --allow-host
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = parse_bind)]
    bind: Option<(IpAddr, Option<u16>)>,
    /// Answer to this host name too, and send webhooks there over plain http; repeatable
    #[arg(long, value_name = "NAME", value_parser = AllowedHost::parse)]
    pub(super) allow_host: Vec<AllowedHost>,
    /// Write the keys of a sandbox beyond loopback and of --teams to this file, readable only by you;
    /// as JSON if its name ends in .json
    #[arg(long, value_name = "FILE")]
    pub(super) keys_file: Option<PathBuf>,
}

fn parse_bind(text: &str) -> Result<(IpAddr, Option<u16>), &'static str> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok((address.ip(), Some(address.port())));
    }
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().map_err(|_| "expected an IP address, as in 0.0.0.0 or 0.0.0.0:4747")?;
    Ok((address, None))
}

impl Address {
    /// Where to listen.
    pub(super) fn resolve(&self) -> Result<BindAddress, Failure> {
        let Some((address, own)) = self.bind else {
            return Ok(BindAddress::Loopback(self.port.unwrap_or(sandbox_info::DEFAULT_PORT)));
        };
        if own.is_some() && self.port.is_some() {
            return Err(Failure::usage("--bind names a port already").hint("leave out --port"));
        }
        let port = own.or(self.port).unwrap_or(sandbox_info::DEFAULT_PORT);
        let at = BindAddress::One(SocketAddr::new(address, port));
        if at.is_exposed() && self.allow_host.is_empty() {
            return Err(Failure::usage(format!("--bind {address} exposes the sandbox to other machines"))
                .hint("add --allow-host NAME, such as the service name in a compose file"));
        }
        Ok(at)
    }
}

/// The initial keys. The well-known ones are used on loopback only.
pub(super) fn keys(at: BindAddress) -> Result<StartKeys, Failure> {
    if !at.is_exposed() {
        return Ok(StartKeys::Public);
    }
    StartKeys::generate().map_err(|error| Failure::failed(format!("could not make keys: {error}")))
}

/// Writes the keys of all teams as JSON, or those of the main team as shell assignments.
pub(super) fn write_keys(path: &Path, teams: &Teams) -> Result<(), Failure> {
    let text = match path.extension().is_some_and(|extension| extension == "json") {
        true => {
            let all: Vec<Value> = teams.all().iter().map(|state| sandbox::team_view(state)).collect();
            format!("{:#}\n", json!({ "teams": all }))
        }
        false => assignments(&teams.main().settings.keys),
    };
    // A new file, which no other process has open.
    let _ = std::fs::remove_file(path);
    let written = private_fs::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::failed(format!("could not write `{}`: {}", path.display(), io_message(&error)))
    })
}

fn assignments(keys: &StartKeys) -> String {
    const NAMES: [&str; 4] =
        ["CSTAR_API_KEY", "CSTAR_LIVE_KEY", "CSTAR_PUBLISHABLE_KEY", "CSTAR_PUBLISHABLE_LIVE_KEY"];
    let mut text = String::new();
    for (name, key) in NAMES.iter().zip(keys.all()) {
        text.push_str(&format!("{name}={key}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bind_accepts_an_optional_port() {
        assert_eq!(parse_bind("0.0.0.0"), Ok(([0, 0, 0, 0].into(), None)));
        assert_eq!(parse_bind("10.0.0.1:80"), Ok(([10, 0, 0, 1].into(), Some(80))));
        assert_eq!(parse_bind("::"), Ok(("::".parse().unwrap(), None)));
        assert_eq!(parse_bind("[::1]:1"), Ok(("::1".parse().unwrap(), Some(1))));
        for bad in ["", "localhost", "0.0.0.0:", "0.0.0.0:99999", ":4747", "10.0.0"] {
            assert!(parse_bind(bad).is_err(), "{bad}");
        }
    }
}
