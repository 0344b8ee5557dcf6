//! The configuration of agents: printed, or written into their files without changing the rest.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{CommandOutput, Home};

fn exe() -> &'static str {
    env!("CARGO_BIN_EXE_cstar")
}

#[test]
fn stdout_holds_only_the_snippet() {
    let home = Home::new();
    let output = home.run(["mcp-server", "--print-config", "claude"]).ok();
    assert_eq!(
        output.json(),
        json!({ "mcpServers": { "cstar": { "command": exe(), "args": ["mcp-server"] } } })
    );
    assert!(output.stderr.contains(".mcp.json"), "{output:?}");
    let args =
        ["mcp-server", "--print-config", "vscode", "--sandbox", "--read-only", "--tools", "cstar_get_status"];
    let member = &home.run(args).ok().json()["servers"]["cstar"];
    let words = ["mcp-server", "--sandbox", "--read-only", "--tools", "cstar_get_status"];
    assert_eq!((&member["type"], &member["args"]), (&"stdio".into(), &json!(words)));
    let yaml = home.run(["mcp-server", "--print-config", "continue"]).ok().stdout;
    assert!(yaml.contains("mcpServers:\n  - name: cstar\n    command: \""), "{yaml}");
    assert_eq!(home.run(["mcp-server", "--print-config", "cursor"]).ok().json(), output.json());
    assert_eq!(home.run(["mcp-server", "--print-config", "emacs"]).code, 2);
}

/// The printed command starts the server with the given flags, as a shell reads it.
#[test]
fn each_client_config_keeps_all_flags() {
    let home = Home::new();
    let ca = home.path().join("a b'c.pem");
    std::fs::write(&ca, "").unwrap();
    let flags = [
        "--profile",
        "my team",
        "--sandbox",
        "--base-url",
        "http://localhost:4751",
        "--ca-cert",
        ca.to_str().unwrap(),
        "--read-only",
        "--tools",
        "cstar_get_status,cstar_list_logs",
    ];
    let mut words = vec!["mcp-server"];
    words.extend(flags);
    for client in ["claude", "cursor", "vscode", "continue"] {
        let mut command = home.cstar();
        let output =
            CommandOutput::run(command.args(["mcp-server", "--print-config", client]).args(flags)).ok();
        let args: Value = match client {
            "continue" => {
                let line = output.stdout.lines().find_map(|line| line.trim().strip_prefix("args: "));
                serde_json::from_str(line.unwrap()).unwrap()
            }
            "vscode" => output.json()["servers"]["cstar"]["args"].clone(),
            _ => output.json()["mcpServers"]["cstar"]["args"].clone(),
        };
        assert_eq!(args, json!(words), "{client}");
        #[cfg(unix)]
        if client == "claude" {
            let (_, line) = output.stderr.split_once("claude mcp add cstar -- ").unwrap();
            let script = format!("printf '%s\\n' {}", line.trim().strip_suffix('.').unwrap());
            let shell = CommandOutput::run(std::process::Command::new("sh").args(["-c", &script])).ok();
            let printed: Vec<&str> = shell.stdout.lines().collect();
            assert_eq!((printed[0], &printed[1..]), (exe(), &words[..]));
        }
    }
}

/// On the PATH the name is enough, and stays valid after an update that moves the file.
#[test]
fn program_on_the_path_is_named_without_folder() {
    let home = Home::new();
    let mut command = home.cstar();
    command.env("PATH", std::path::Path::new(exe()).parent().unwrap());
    let output = CommandOutput::run(command.args(["mcp-server", "--print-config", "claude"])).ok();
    assert_eq!(output.json()["mcpServers"]["cstar"]["command"], "cstar");
}

/// The binary as npm installs it below `folder`, with the script that starts it.
fn from_npm(folder: &Path) -> PathBuf {
    let scope = folder.join("node_modules/@cstar.help");
    let script = scope.join("cli/bin/cstar.js");
    let binary = scope.join(format!("cli-platform/bin/cstar{}", std::env::consts::EXE_SUFFIX));
    for file in [&script, &binary] {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    }
    std::fs::write(&script, "").unwrap();
    // A link is quicker, but impossible from one disk to another.
    if std::fs::hard_link(exe(), &binary).is_err() {
        std::fs::copy(exe(), &binary).unwrap();
    }
    binary
}

/// What `binary` prints for an agent to start.
fn printed(home: &Home, binary: &Path, path: &[PathBuf]) -> Vec<String> {
    let cstar = home.cstar();
    let mut command = std::process::Command::new(binary);
    command.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", std::env::join_paths(path).unwrap()).current_dir(home.path());
    let output =
        CommandOutput::run(command.args(["mcp-server", "--print-config", "cursor", "--read-only"])).ok();
    let member = &output.json()["mcpServers"]["cstar"];
    let words = std::iter::once(&member["command"]).chain(member["args"].as_array().unwrap());
    words.map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// A path in the cache of `npx` is gone after its next cleaning, and the `.bin` of a project is only on the PATH of `npx`.
#[test]
fn package_of_npm_is_started_with_npx() {
    let home = Home::new();
    let npx: &[&str] = if cfg!(windows) { &["cmd", "/c", "npx"] } else { &["npx"] };
    let npx = [npx, &["-y", "@cstar.help/cli", "mcp-server", "--read-only"]].concat();
    let binary = from_npm(&home.path().join(".npm/_npx/0123"));
    assert_eq!(printed(&home, &binary, &[]), npx);
    #[cfg(unix)]
    {
        let modules = home.path().join(".npm/_npx/0123/node_modules");
        let link = |folder: &Path| {
            std::fs::create_dir_all(folder).unwrap();
            std::os::unix::fs::symlink(modules.join("@cstar.help/cli/bin/cstar.js"), folder.join("cstar"))
                .unwrap();
            folder.to_owned()
        };
        assert_eq!(printed(&home, &binary, &[link(&modules.join(".bin"))]), npx);
        // What `npm install --global` does.
        let global = link(&home.path().join("bin"));
        assert_eq!(
            printed(&home, &binary, std::slice::from_ref(&global)),
            ["cstar", "mcp-server", "--read-only"]
        );
        let other = from_npm(&home.path().join("project"));
        assert_eq!(printed(&home, &other, &[global]), npx, "another installation");
    }
}

#[test]
fn api_key_is_never_written_to_a_config() {
    let home = Home::new();
    let key = "sk_test_mcp00000000000000000000000000000";
    for how in ["--print-config", "--install"] {
        let mut command = home.cstar();
        command.env("CSTAR_API_KEY", key).args(["mcp-server", how, "cursor", "--api-key", key]);
        command.args((how == "--install").then_some("--yes"));
        let output = CommandOutput::run(&mut command).ok();
        assert!(!format!("{output:?}").contains(key), "{output:?}");
        assert!(output.stderr.contains("The key is left out"), "{output:?}");
    }
    let written = std::fs::read_to_string(home.path().join(".cursor/mcp.json")).unwrap();
    assert!(written.contains("\"cstar\"") && !written.contains("sk_"), "{written}");
}

#[test]
fn other_parts_of_a_config_are_kept() {
    let home = Home::new();
    let file = home.path().join(".mcp.json");
    let before = "{\n    // my servers\n    \"mcpServers\": {\n        \"other\": { \"url\": \"http://h/\" }\n    },\n    \"n\": 1.0\n}\n";
    std::fs::write(&file, before).unwrap();
    let output = home.run(["mcp-server", "--install", "claude", "--yes"]).ok();
    assert!(output.stdout.starts_with("Written"), "{output:?}");
    let after = std::fs::read_to_string(&file).unwrap();
    let (start, end) = before.split_at(before.find("\n    },").unwrap());
    assert!(after.starts_with(start) && after.ends_with(end), "{after}");
    let again = home.run(["mcp-server", "--install", "claude", "--yes"]).ok();
    assert!(again.stdout.starts_with("Unchanged"), "{again:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".tmp")), "{left:?}");
}

#[test]
fn each_client_has_its_own_config_path() {
    let home = Home::new();
    for (client, file) in [
        ("claude", ".mcp.json"),
        ("cursor", ".cursor/mcp.json"),
        ("continue", ".continue/mcpServers/cstar.yaml"),
        ("vscode", ".vscode/mcp.json"),
    ] {
        home.run(["mcp-server", "--install", client, "--yes"]).ok();
        let text = std::fs::read_to_string(home.path().join(file)).unwrap();
        assert!(text.contains("mcp-server"), "{file}: {text}");
        if file.ends_with(".json") {
            serde_json::from_str::<Value>(&text).unwrap();
        }
    }
}

#[test]
fn config_in_a_pipe_is_written_only_with_yes() {
    let home = Home::new();
    let output = home.run(["mcp-server", "--install", "cursor"]);
    assert_eq!((output.code, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("--install cursor --yes"), "{output:?}");
    assert!(!home.path().join(".cursor").exists());
}

#[test]
fn unreadable_config_is_left_alone() {
    let home = Home::new();
    let file = home.path().join(".mcp.json");
    std::fs::write(&file, "{ oops").unwrap();
    let output = home.run(["mcp-server", "--install", "claude", "--yes"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stderr.contains("could not edit") && output.stderr.contains("--print-config claude"),
        "{output:?}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{ oops");
}
