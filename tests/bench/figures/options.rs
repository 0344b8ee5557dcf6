//! What to measure, as the command line says.

use std::path::PathBuf;

pub(crate) struct Options {
    pub(crate) binaries: Vec<PathBuf>,
    /// Arguments of `listen`, each in a case of its own.
    pub(crate) flags: Vec<String>,
    pub(crate) only: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) million: bool,
}

/// The arguments of the reference: base URL, port of the receiver, and after how many events it ends.
pub(crate) type Reference = (String, u16, Option<usize>);

impl Options {
    /// The wishes, or the arguments of the reference.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Reference> {
        let (binaries, flags, only) = (Vec::new(), Vec::new(), Vec::new());
        let mut options = Self { binaries, flags, only, rounds: 5, million: false };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap();
            match argument.as_str() {
                "--binary" => options.binaries.push(value().into()),
                "--flags" => options.flags.push(value()),
                "--only" => options.only.push(value()),
                "--rounds" => options.rounds = value().parse().unwrap(),
                "--million" => options.million = true,
                "--reference" => {
                    let (base, port) = (value(), value().parse().unwrap());
                    return Err((base, port, arguments.next().map(|count| count.parse().unwrap())));
                }
                // `cargo bench` adds `--bench`.
                _ => {}
            }
        }
        if options.binaries.is_empty() {
            options.binaries.push(env!("CARGO_BIN_EXE_cstar").into());
        }
        if options.flags.is_empty() {
            options.flags.extend(["", "--no-history"].map(str::to_owned));
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}
