//! The TCP ports that processes listen on, from the tables of Linux.

use std::collections::BTreeSet;
use std::fs;

/// The state of a socket that listens.
const LISTEN: &str = "0A";

/// The ports that any of `processes` listens on.
pub(crate) fn listening_ports(processes: &[u32]) -> BTreeSet<u16> {
    let sockets: BTreeSet<u64> = processes.iter().flat_map(|id| sockets(*id)).collect();
    if sockets.is_empty() {
        return BTreeSet::new();
    }
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    tables
        .iter()
        .flat_map(|table| listening(table))
        .filter(|(_, id)| sockets.contains(id))
        .map(|(port, _)| port)
        .collect()
}

/// The numbers of the sockets of a process.
fn sockets(process: u32) -> Vec<u64> {
    let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten();
    let links = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    links
        .filter_map(|link| link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
        .collect()
}

/// The port and the number of each socket that listens.
fn listening(table: &str) -> impl Iterator<Item = (u16, u64)> {
    table.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (local, state, number) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
        let port = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()?;
        Some((port, number.parse().ok()?)).filter(|_| *state == LISTEN)
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn only_listening_sockets_count() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let ports = listening_ports(&[std::process::id()]);
        assert!(ports.contains(&port), "{ports:?}");
        assert!(!ports.contains(&client.local_addr().unwrap().port()), "{ports:?}");
        drop(listener);
        assert!(!listening_ports(&[std::process::id()]).contains(&port));
        assert!(listening_ports(&[]).is_empty());
    }
}
