//! The forwarders that are compared: the reference, and each binary with each set of flags.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::options::Options;

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) forwarder: Forwarder,
}

pub(crate) enum Forwarder {
    Reference,
    Cstar { binary: PathBuf, flags: Vec<String> },
}

impl Case {
    /// The reference first, because the others are compared with it.
    pub(crate) fn all(options: &Options) -> Vec<Self> {
        let reference = Self { name: "reference".to_owned(), forwarder: Forwarder::Reference };
        let cases = options.flags.iter().flat_map(|flags| {
            options.binaries.iter().zip('A'..).map(move |(binary, letter)| Self {
                name: format!("{letter} {}", if flags.is_empty() { "default" } else { flags }),
                forwarder: Forwarder::Cstar {
                    binary: binary.clone(),
                    flags: flags.split_whitespace().map(str::to_owned).collect(),
                },
            })
        });
        [reference].into_iter().chain(cases).collect()
    }

    pub(crate) fn is_reference(&self) -> bool {
        matches!(self.forwarder, Forwarder::Reference)
    }

    /// The command that forwards to `port`, and ends after `count` events.
    pub(crate) fn command(
        &self,
        wrapper: &[&str],
        home: &Path,
        base: &str,
        port: u16,
        count: Option<usize>,
    ) -> Command {
        let binary = match &self.forwarder {
            Forwarder::Reference => std::env::current_exe().unwrap(),
            Forwarder::Cstar { binary, .. } => binary.clone(),
        };
        let mut command = match wrapper {
            [] => Command::new(&binary),
            [program, args @ ..] => {
                let mut command = Command::new(program);
                command.args(args).arg(&binary);
                command
            }
        };
        let count = count.map(|count| count.to_string());
        command.env_clear().env("HOME", home);
        match &self.forwarder {
            Forwarder::Reference => {
                command.args(["--reference", base, &port.to_string()]).args(count);
            }
            Forwarder::Cstar { flags, .. } => {
                command
                    .env("CSTAR_HOME", home)
                    .env("CSTAR_BASE_URL", base)
                    .env("CSTAR_API_KEY", "sk_test_sandbox0000000000000000000000000")
                    .args(["listen", "--json", "--forward-to", &format!("http://127.0.0.1:{port}/webhook")])
                    .args(flags)
                    .args(count.into_iter().flat_map(|count| ["--count".to_owned(), count]));
            }
        }
        command
    }
}
