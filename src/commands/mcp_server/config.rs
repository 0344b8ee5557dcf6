//! How an agent starts this server. Its configuration never contains a key: the server looks the key up.

use std::path::Path;

use crate::account;
use crate::commands::Context;
use crate::host::env::Env;
use crate::host::shell;
use crate::mcp::ToolFilter;
use crate::output::{Failure, style};

/// The name of the entry in each configuration.
pub(super) const NAME: &str = "cstar";

/// How an agent starts this server.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) command: String,
    pub(super) args: Vec<String>,
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

    /// The program and its arguments.
    pub(super) fn words(&self) -> Vec<String> {
        std::iter::once(&self.command).chain(&self.args).cloned().collect()
    }

    /// As typed in a shell.
    pub(super) fn line(&self) -> String {
        self.words().iter().map(|word| shell::quote(word)).collect::<Vec<_>>().join(" ")
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

/// A key in a file is a key in a repository.
pub(super) fn no_key(context: &mut Context) -> Result<(), Failure> {
    if context.global.api_key.is_some() {
        let line =
            "The key is left out: the server finds it where every command does, such as CSTAR_API_KEY.";
        context.output.status(&style::warn(line))?;
    }
    Ok(())
}
