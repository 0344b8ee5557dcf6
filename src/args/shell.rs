//! The shells that completions exist for, and their scripts: those kept below `completions/`.

use clap::ValueEnum;

/// A shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

impl Shell {
    pub(crate) fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("../../completions/cstar.bash"),
            Self::Zsh => include_str!("../../completions/_cstar"),
            Self::Fish => include_str!("../../completions/cstar.fish"),
            Self::Powershell => include_str!("../../completions/_cstar.ps1"),
            Self::Elvish => include_str!("../../completions/cstar.elv"),
        }
    }
}
