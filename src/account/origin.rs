//! Where a setting came from, to be shown with it.

use super::Backend;

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A command-line flag, by name.
    Flag(&'static str),
    /// An environment variable, by name.
    Environment(&'static str),
    /// Input of the user, such as `standard input`.
    Input(&'static str),
    /// The nearest `.cstar.toml`.
    Project,
    /// The profile in use.
    Profile,
    /// The store of the profile's key.
    Stored(Backend),
    /// The active profile.
    Active,
    /// Built in.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) | Self::Input(name) => f.write_str(name),
            Self::Project => f.write_str(".cstar.toml"),
            Self::Profile => f.write_str("the profile"),
            Self::Stored(backend) => f.write_str(backend.describe()),
            Self::Active => f.write_str("cstar profiles use"),
            Self::Default => f.write_str("the default"),
        }
    }
}
