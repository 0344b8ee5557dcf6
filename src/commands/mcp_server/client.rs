//! The agents whose configuration is known: where each keeps it, and in which format.

use std::path::{Path, PathBuf};

use super::jsonc;
use crate::host::dirs;
use crate::host::env::Env;

/// An agent whose configuration is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Client {
    /// Claude Code: .mcp.json in the project
    Claude,
    /// Codex: ~/.codex/config.toml
    Codex,
    /// Continue: .continue/mcpServers/cstar.yaml in the project
    Continue,
    /// Cursor: ~/.cursor/mcp.json
    Cursor,
    /// Gemini CLI: ~/.gemini/settings.json
    Gemini,
    /// opencode: ~/.config/opencode/opencode.json
    Opencode,
    /// VS Code: .vscode/mcp.json in the project
    Vscode,
    /// Windsurf: ~/.codeium/windsurf/mcp_config.json
    Windsurf,
    /// Zed: settings.json of Zed
    Zed,
}

/// What a configuration file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON with comments, and the members that lead to the servers.
    Json(&'static [&'static str]),
    /// TOML, with the servers in the table `mcp_servers`.
    Toml,
    /// A file for this server alone.
    OwnYaml,
}

/// The members of version 1 of opencode.
pub(super) const OPENCODE_1: &[&str] = &["mcp"];
const OPENCODE_2: &[&str] = &["mcp", "servers"];

impl Client {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Claude => "Claude Code",
            Self::Codex => "Codex",
            Self::Continue => "Continue",
            Self::Cursor => "Cursor",
            Self::Gemini => "Gemini CLI",
            Self::Opencode => "opencode",
            Self::Vscode => "VS Code",
            Self::Windsurf => "Windsurf",
            Self::Zed => "Zed",
        }
    }

    /// As on the command line.
    pub(super) fn flag(self) -> String {
        use clap::ValueEnum;
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The format of the file with this text. opencode changed it: version 1 has the servers directly in `mcp`.
    pub(super) fn format(self, text: &str) -> Format {
        Format::Json(match self {
            Self::Claude | Self::Cursor | Self::Gemini | Self::Windsurf => &["mcpServers"],
            Self::Vscode => &["servers"],
            Self::Zed => &["context_servers"],
            Self::Opencode if jsonc::has_servers_in(text, OPENCODE_1, "servers") => OPENCODE_1,
            Self::Opencode => OPENCODE_2,
            Self::Codex => return Format::Toml,
            Self::Continue => return Format::OwnYaml,
        })
    }

    /// The file: of the project in `here`, or of the user.
    pub(super) fn file(self, here: &Path, env: &Env) -> Option<PathBuf> {
        let home = |path: &str| dirs::home(env).map(|home| home.join(path));
        match self {
            Self::Claude => Some(here.join(".mcp.json")),
            Self::Codex => match env.get("CODEX_HOME") {
                Some(folder) => Some(here.join(folder).join("config.toml")),
                None => home(".codex/config.toml"),
            },
            Self::Continue => Some(here.join(".continue/mcpServers/cstar.yaml")),
            Self::Cursor => home(".cursor/mcp.json"),
            Self::Gemini => home(".gemini/settings.json"),
            Self::Opencode => {
                // Everywhere, also where other programs use another folder.
                let folder = match env.get("XDG_CONFIG_HOME") {
                    Some(folder) => here.join(folder).join("opencode"),
                    None => home(".config/opencode")?,
                };
                // Of both, opencode reads this one last.
                let with_comments = folder.join("opencode.jsonc");
                Some(if with_comments.exists() { with_comments } else { folder.join("opencode.json") })
            }
            Self::Vscode => Some(here.join(".vscode/mcp.json")),
            Self::Windsurf => home(".codeium/windsurf/mcp_config.json"),
            Self::Zed if cfg!(windows) => dirs::base(env).map(|base| base.join("Zed/settings.json")),
            Self::Zed if cfg!(target_os = "macos") => home(".config/zed/settings.json"),
            Self::Zed => dirs::base(env).map(|base| base.join("zed/settings.json")),
        }
    }

    /// Where the snippet belongs.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Claude => "in .mcp.json of the project",
            Self::Codex => "in ~/.codex/config.toml",
            Self::Continue => "in .continue/mcpServers/cstar.yaml of the project, or of your home",
            Self::Cursor => "in ~/.cursor/mcp.json, or .cursor/mcp.json of the project",
            Self::Gemini => "in ~/.gemini/settings.json, or .gemini/settings.json of the project",
            Self::Opencode => "in ~/.config/opencode/opencode.json, or opencode.json of the project",
            Self::Vscode => "in .vscode/mcp.json of the project",
            Self::Windsurf => "in ~/.codeium/windsurf/mcp_config.json",
            Self::Zed => "in settings.json of Zed (the command `zed: open settings file`)",
        }
    }
}
