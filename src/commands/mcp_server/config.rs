//! The configuration of each agent, and its file. It never contains a key: the server looks the key up.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::account;
use crate::commands::Context;
use crate::host::env::Env;
use crate::host::shell;
use crate::mcp::ToolFilter;
use crate::output::{Failure, style};

/// An agent whose configuration is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Client {
    /// Claude Code: .mcp.json in the project
    Claude,
    /// Cursor: ~/.cursor/mcp.json
    Cursor,
    /// Continue: .continue/mcpServers/cstar.yaml in the project
    Continue,
    /// VS Code: .vscode/mcp.json in the project
    Vscode,
}

impl Client {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Claude => "Claude Code",
            Self::Cursor => "Cursor",
            Self::Continue => "Continue",
            Self::Vscode => "VS Code",
        }
    }

    /// The member that holds the servers; `None` for a file of its own.
    pub(super) fn servers(self) -> Option<&'static str> {
        match self {
            Self::Claude | Self::Cursor => Some("mcpServers"),
            Self::Vscode => Some("servers"),
            Self::Continue => None,
        }
    }

    /// The file: of the project in `here`, or of the user.
    pub(super) fn file(self, here: &Path, home: Option<&Path>) -> Option<PathBuf> {
        match self {
            Self::Claude => Some(here.join(".mcp.json")),
            Self::Cursor => home.map(|home| home.join(".cursor/mcp.json")),
            Self::Continue => Some(here.join(".continue/mcpServers/cstar.yaml")),
            Self::Vscode => Some(here.join(".vscode/mcp.json")),
        }
    }
}

/// How an agent starts this server.
#[derive(Debug)]
pub(super) struct Start {
    command: String,
    args: Vec<String>,
}

impl Start {
    /// With the present flags, except the key.
    pub(super) fn new(context: &Context, filter: &ToolFilter, lockdown: bool) -> Self {
        let global = &context.global;
        let mut words = vec!["mcp-server".to_owned()];
        if let Some(profile) = &global.profile {
            words.extend(["--profile".to_owned(), profile.clone()]);
        }
        // The agent may not have the variable, and would then use cStar.
        let has_variable = account::is_sandbox_variable_on(&context.env).unwrap_or_default();
        words.extend((global.sandbox || has_variable).then(|| "--sandbox".to_owned()));
        let address = || account::sandbox_address(&context.env).ok().flatten();
        if let Some(url) = global.base_url.clone().or_else(address) {
            words.extend(["--base-url".to_owned(), url]);
        }
        if let Some(path) = &global.ca_cert {
            let full = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            words.extend(["--ca-cert".to_owned(), full.display().to_string()]);
        }
        words.extend(filter.read_only.then(|| "--read-only".to_owned()));
        if !filter.only.is_empty() {
            words.extend(["--tools".to_owned(), filter.only.join(",")]);
        }
        if !filter.sets.is_empty() {
            words.extend(["--toolsets".to_owned(), filter.sets.join(",")]);
        }
        words.extend(lockdown.then(|| "--lockdown".to_owned()));
        let exe = std::env::current_exe().ok();
        let mut program = program(&context.env, exe.as_deref());
        program.extend(words);
        let command = program.remove(0);
        Self { command, args: program }
    }

    /// The member for one client.
    pub(super) fn member(&self, client: Client) -> Value {
        match client {
            Client::Vscode => json!({ "type": "stdio", "command": self.command, "args": self.args }),
            _ => json!({ "command": self.command, "args": self.args }),
        }
    }

    fn line(&self) -> String {
        let words = std::iter::once(&self.command).chain(&self.args);
        words.map(|word| shell::quote(word)).collect::<Vec<_>>().join(" ")
    }

    /// A whole file with nothing else in it.
    pub(super) fn file(&self, client: Client) -> String {
        let text = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
        match client.servers() {
            Some(servers) => text(&json!({ servers: { "cstar": self.member(client) } })),
            // JSON strings are YAML too.
            None => format!(
                "name: cStar\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: cstar\n    command: {}\n    args: {}\n",
                json!(self.command),
                json!(self.args)
            ),
        }
    }
}

/// The program and its first arguments. The bare name if that leads here, since it survives an update; `npx` for a
/// package of npm, whose place in a cache or a project does not; else the whole path.
fn program(env: &Env, exe: Option<&Path>) -> Vec<String> {
    let bare = vec!["cstar".to_owned()];
    let Some(exe) = exe else { return bare };
    let from_npm = is_from_npm(exe);
    let file = format!("cstar{}", std::env::consts::EXE_SUFFIX);
    let path = env.get("PATH").unwrap_or_default();
    // Only inside a project, or while `npx` runs, is `node_modules/.bin` on the PATH.
    let mut folders = std::env::split_paths(path).filter(|folder| !folder.ends_with("node_modules/.bin"));
    let first =
        folders.find_map(|folder| folder.join(&file).canonicalize().ok().filter(|file| file.is_file()));
    let exe_target = exe.canonicalize().unwrap_or_else(|_| exe.to_owned());
    let leads_here = first.is_some_and(|first| match npm_modules(&first) {
        Some(modules) => from_npm && exe_target.starts_with(modules),
        None => first == exe_target,
    });
    match from_npm {
        _ if leads_here => bare,
        true => npx().map(str::to_owned).to_vec(),
        false => vec![exe.display().to_string()],
    }
}

#[cfg(not(windows))]
fn npx() -> [&'static str; 3] {
    ["npx", "-y", "@cstar.help/cli"]
}

/// There `npx` is a batch file, which only a shell can start.
#[cfg(windows)]
fn npx() -> [&'static str; 5] {
    ["cmd", "/c", "npx", "-y", "@cstar.help/cli"]
}

/// Whether it is the binary in the package of a platform, such as `node_modules/@cstar.help/cli-linux-x64/bin/cstar`.
fn is_from_npm(exe: &Path) -> bool {
    let parts: Vec<_> = exe.iter().filter_map(|part| part.to_str()).collect();
    matches!(parts[..], [.., "node_modules", "@cstar.help", package, "bin", _] if package.starts_with("cli-"))
}

/// The `node_modules` around the script of the main package, which starts the binary and which
/// `npm install --global` puts on the PATH.
fn npm_modules(script: &Path) -> Option<&Path> {
    let is_script = script.ends_with("node_modules/@cstar.help/cli/bin/cstar.js");
    script.ancestors().nth(4).filter(|_| is_script)
}

/// Prints the snippet on standard output, and where it belongs on standard error.
pub(super) fn print(
    context: &mut Context,
    client: Client,
    filter: &ToolFilter,
    lockdown: bool,
) -> Result<(), Failure> {
    let start = Start::new(context, filter, lockdown);
    context.output.data(start.file(client).trim_end())?;
    let place = match client {
        Client::Claude => {
            &format!("in .mcp.json of the project; or run: claude mcp add cstar -- {}", start.line())
        }
        Client::Cursor => "in ~/.cursor/mcp.json, or .cursor/mcp.json of the project",
        Client::Continue => "in .continue/mcpServers/cstar.yaml of the project, or of your home",
        Client::Vscode => "in .vscode/mcp.json of the project",
    };
    context.output.status(&style::dim(&format!("For {}: {place}.", client.name())))?;
    no_key(context)
}

/// A key in a file is a key in a repository.
pub(super) fn no_key(context: &mut Context) -> Result<(), Failure> {
    if context.global.api_key.is_some() {
        let line =
            "The key is left out: the server finds it where every command does, such as CSTAR_API_KEY.";
        context.output.status(&style::warn(line))?;
    }
    Ok(())
}
