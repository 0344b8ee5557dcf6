//! What a command passes to the inspector.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

use crate::Secret;
use crate::account::AccountOptions;
use crate::host::clock::Clock;
use crate::host::env::Env;

/// Which command serves the inspector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Listen,
    Sandbox,
    Ui,
}

impl Mode {
    /// The name in JSON.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Sandbox => "sandbox",
            Self::Ui => "ui",
        }
    }
}

/// Parsers of the command line, which this module must not import: a target, a time and a duration mean the same here.
#[derive(Clone, Copy)]
pub(crate) struct Parsers {
    pub(crate) target: fn(&str) -> Result<Url, String>,
    pub(crate) time: fn(&str, Timestamp) -> Result<Timestamp, String>,
    pub(crate) duration: fn(&str) -> Result<Duration, String>,
    pub(crate) pattern: fn(&str) -> Result<String, String>,
}

pub(crate) struct InspectorSettings {
    pub(crate) mode: Mode,
    /// Which account is in force. It is resolved for each request, because a login can change it.
    pub(crate) options: AccountOptions,
    /// The signing secret of the command line, if there is one.
    pub(crate) secret: Option<Secret>,
    /// Where `listen` delivers to.
    pub(crate) targets: Vec<String>,
    pub(crate) parsers: Parsers,
    /// Whether no file is made: then a token that does not exist yet is only known to this process.
    pub(crate) is_ephemeral: bool,
    pub(crate) env: Env,
    pub(crate) clock: Clock,
}
