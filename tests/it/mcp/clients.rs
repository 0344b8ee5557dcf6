//! The configuration files of every agent: written, listed, and restored.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{CommandOutput, Home};

/// A client, its file, and such a file as people have, with comments and another server.
struct Case {
    client: &'static str,
    file: &'static str,
    existing: &'static str,
}

const ZED: &str =
    if cfg!(windows) { "AppData/Roaming/Zed/settings.json" } else { ".config/zed/settings.json" };
const TOML: &str = "# mine\nmodel = \"m\" # fast\n\n[mcp_servers.other]\ncommand = \"o\" # keep\nargs = [\n  \"x\", # first\n]\n\n# at the end\n[tui]\ntheme = \"t\"\n";
const MCP_SERVERS: &str = "{\n  // mine\n  \"mcpServers\": {\n    /* keep */ \"other\": { \"command\": \"o\" } // last\n  },\n  \"n\": 1.0\n}\n";

const CASES: [Case; 9] = [
    Case { client: "claude", file: ".mcp.json", existing: MCP_SERVERS },
    Case { client: "codex", file: ".codex/config.toml", existing: TOML },
    Case { client: "cursor", file: ".cursor/mcp.json", existing: MCP_SERVERS },
    Case { client: "gemini", file: ".gemini/settings.json", existing: MCP_SERVERS },
    Case {
        client: "opencode",
        file: ".config/opencode/opencode.json",
        existing: "{\n  // mine\n  \"mcp\": {\n    \"servers\": {\n      \"other\": { \"type\": \"local\", \"command\": [\"o\"] } // last\n    }\n  }\n}\n",
    },
    Case {
        client: "opencode",
        file: ".config/opencode/opencode.jsonc",
        existing: "{\n  // mine\n  \"mcp\": {\n    \"other\": { \"type\": \"remote\", \"url\": \"u\" } // last\n  }\n}\n",
    },
    Case {
        client: "vscode",
        file: ".vscode/mcp.json",
        existing: "{\n  // mine\n  \"servers\": {\n    \"other\": { \"command\": \"o\" } // last\n  }\n}\n",
    },
    Case { client: "windsurf", file: ".codeium/windsurf/mcp_config.json", existing: MCP_SERVERS },
    Case {
        client: "zed",
        file: ZED,
        existing: "// Zed settings\n{\n  \"theme\": \"One Dark\",\n  \"context_servers\": {\n    \"other\": { \"command\": \"o\" } // last\n  }\n}\n",
    },
];

const WORDS: [&str; 3] = ["mcp-server", "--sandbox", "--read-only"];

impl Case {
    fn path(&self, home: &Home) -> PathBuf {
        home.path().join(self.file)
    }

    fn write(&self, home: &Home, text: &str) {
        let file = self.path(home);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn install(&self, home: &Home) -> CommandOutput {
        home.run(["mcp-server", "--install", self.client, "--sandbox", "--read-only", "--yes"])
    }

    fn uninstall(&self, home: &Home) -> CommandOutput {
        home.run(["mcp-server", "--uninstall", self.client, "--yes"])
    }

    /// Its row of `--list --json`.
    fn listed(&self, home: &Home) -> Value {
        let list = home.run(["mcp-server", "--list", "--json"]).ok().json();
        list.as_array().unwrap().iter().find(|row| row["client"] == self.client).unwrap().clone()
    }
}

/// The words that start the server, as the client reads its file.
fn started(case: &Case, text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    let plain: String = lines.map(|line| line.replace("/* keep */", "")).collect();
    let value: Value = match case.client {
        "codex" => {
            let document: toml_edit::DocumentMut = text.parse().unwrap();
            let entry = &document["mcp_servers"]["cstar"];
            let args: Vec<&str> =
                entry["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
            json!({ "command": entry["command"].as_str().unwrap(), "args": args })
        }
        "opencode" => {
            let value: Value = serde_json::from_str(&plain).unwrap();
            let servers = value["mcp"].get("servers").unwrap_or(&value["mcp"]);
            servers["cstar"].clone()
        }
        "vscode" => serde_json::from_str::<Value>(&plain).unwrap()["servers"]["cstar"].clone(),
        "zed" => serde_json::from_str::<Value>(&plain).unwrap()["context_servers"]["cstar"].clone(),
        _ => serde_json::from_str::<Value>(&plain).unwrap()["mcpServers"]["cstar"].clone(),
    };
    let words = [&value["command"], &value["args"]];
    let words = words.into_iter().flat_map(|value| match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    });
    words.map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// The binary as it names itself. Under Wine, that path has a drive.
fn program() -> String {
    std::path::absolute(env!("CARGO_BIN_EXE_cstar")).unwrap().to_str().unwrap().to_owned()
}

fn expected() -> Vec<String> {
    std::iter::once(program()).chain(WORDS.map(str::to_owned)).collect()
}

#[test]
fn new_file_of_each_client_is_listed() {
    for case in CASES.iter().filter(|case| !case.file.ends_with(".jsonc")) {
        let home = Home::new();
        assert_eq!(case.listed(&home)["installed"], false, "{}", case.client);
        assert!(case.uninstall(&home).ok().stdout.starts_with("Unchanged"), "{}", case.client);
        assert!(!case.path(&home).exists(), "{}", case.client);
        assert!(case.install(&home).ok().stdout.starts_with("Written"), "{}", case.client);
        let text = fs::read_to_string(case.path(&home)).unwrap();
        assert_eq!(started(case, &text), expected(), "{text}");
        let row = case.listed(&home);
        assert_eq!((&row["installed"], &row["args"]), (&json!(true), &json!(WORDS)), "{row}");
        assert_eq!(row["command"], program());
        assert!(case.install(&home).ok().stdout.starts_with("Unchanged"), "{}", case.client);
        assert!(case.uninstall(&home).ok().stdout.starts_with("Removed"), "{}", case.client);
        assert_eq!(case.listed(&home)["installed"], false, "{}", case.client);
    }
}

#[test]
fn comments_and_other_servers_survive_both() {
    for case in &CASES {
        let home = Home::new();
        case.write(&home, case.existing);
        case.install(&home).ok();
        let text = fs::read_to_string(case.path(&home)).unwrap();
        assert_eq!(started(case, &text), expected(), "{text}");
        let kept = case.existing.lines().map(|line| line.trim_end_matches(','));
        let lost: Vec<&str> = kept.filter(|line| !text.contains(line.trim_end())).collect();
        // A comma follows the last server now, before its comment.
        assert!(lost.iter().all(|line| line.ends_with("// last")), "{}: {lost:?}\n{text}", case.client);
        assert!(!case.existing.contains("// last") || text.contains("// last"), "{text}");
        case.uninstall(&home).ok();
        let after = fs::read_to_string(case.path(&home)).unwrap();
        assert_eq!(after, case.existing, "{}", case.client);
    }
}

#[test]
fn broken_file_of_each_client_stays() {
    for case in &CASES {
        for broken in [
            "{ oops",
            "[1, 2",
            "mcpServers = = 1",
            "{\"mcpServers\": 1, \"servers\": 1, \"mcp\": 1, \"context_servers\": 1}",
        ] {
            let home = Home::new();
            case.write(&home, broken);
            for how in ["--install", "--uninstall"] {
                let output = home.run(["mcp-server", how, case.client, "--yes"]);
                assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{broken}: {output:?}");
                let first = output.stderr.lines().next().unwrap();
                assert!(first.contains("could not edit"), "{output:?}");
                assert!(output.stderr.lines().count() <= 2, "{output:?}");
            }
            assert_eq!(fs::read_to_string(case.path(&home)).unwrap(), broken, "{}", case.client);
            let row = case.listed(&home);
            assert!(row["error"].is_string() && row["installed"] == false, "{row}");
        }
    }
}

#[cfg(unix)]
#[test]
fn linked_file_of_each_client_stays_a_link() {
    for case in &CASES {
        let home = Home::new();
        let kept = home.path().join("dotfiles");
        fs::write(&kept, case.existing).unwrap();
        fs::create_dir_all(case.path(&home).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(&kept, case.path(&home)).unwrap();
        case.install(&home).ok();
        assert_eq!(started(case, &fs::read_to_string(&kept).unwrap()), expected(), "{}", case.client);
        case.uninstall(&home).ok();
        assert_eq!(fs::read_to_string(&kept).unwrap(), case.existing, "{}", case.client);
        assert!(case.path(&home).is_symlink(), "{}", case.client);
    }
}

/// Version 1 of opencode has the servers directly in `mcp`, and wants `enabled`.
#[test]
fn opencode_version_is_that_of_its_file() {
    let home = Home::new();
    let file = home.path().join(".config/opencode/opencode.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let entry = |text: &str| {
        fs::write(&file, text).unwrap();
        home.run(["mcp-server", "--install", "opencode", "--yes"]).ok();
        serde_json::from_str::<Value>(&fs::read_to_string(&file).unwrap()).unwrap()["mcp"].clone()
    };
    let first = entry(r#"{"mcp":{"servers":{"type":"local","command":["x"]}}}"#);
    assert_eq!((&first["cstar"]["enabled"], &first["cstar"]["type"]), (&json!(true), &json!("local")));
    for text in ["{}", r#"{"mcp":{}}"#, r#"{"mcp":{"timeout":1}}"#, r#"{"mcp":{"servers":{}}}"#] {
        let second = entry(text);
        assert_eq!(second["servers"]["cstar"]["type"], "local", "{second}");
        assert!(second["servers"]["cstar"].get("enabled").is_none(), "{second}");
    }
}

/// Codex keeps more in an entry: those settings stay when it is installed again.
#[test]
fn codex_settings_of_the_entry_are_kept() {
    let home = Home::new();
    let folder = home.path().join("elsewhere");
    fs::create_dir_all(&folder).unwrap();
    let text = "[mcp_servers.cstar]\nurl = \"http://h/\"\ncommand = \"old\" # program\nstartup_timeout_sec = 20\n\n[mcp_servers.cstar.env]\nA = \"1\"\n";
    fs::write(folder.join("config.toml"), text).unwrap();
    let mut command = home.cstar();
    command.env("CODEX_HOME", &folder).args(["mcp-server", "--install", "codex", "--yes"]);
    CommandOutput::run(&mut command).ok();
    let after = fs::read_to_string(folder.join("config.toml")).unwrap();
    let kept =
        ["# program", "startup_timeout_sec = 20", "[mcp_servers.cstar.env]", "A = \"1\"", "[\"mcp-server\"]"];
    assert!(
        kept.iter().all(|part| after.contains(part)) && !after.contains("old") && !after.contains("url"),
        "{after}"
    );
}

#[test]
fn own_file_of_continue_is_removed_whole() {
    let home = Home::new();
    let file = home.path().join(".continue/mcpServers/cstar.yaml");
    home.run(["mcp-server", "--install", "continue", "--yes"]).ok();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}  - name: mine\n    command: x\n")).unwrap();
    let output = home.run(["mcp-server", "--uninstall", "continue", "--yes"]);
    assert!(output.code == 1 && output.stderr.contains("changed by hand"), "{output:?}");
    fs::write(&file, text).unwrap();
    home.run(["mcp-server", "--uninstall", "continue", "--yes"]).ok();
    assert!(!file.exists());
}

#[test]
fn list_shows_each_client_and_its_command() {
    let home = Home::new();
    home.run(["mcp-server", "--install", "gemini", "--lockdown", "--yes"]).ok();
    let output = home.run(["mcp-server", "--list"]).ok();
    assert_eq!(output.stdout.lines().count(), 9, "{output:?}");
    let gemini = output.stdout.lines().find(|line| line.starts_with("gemini\tinstalled\t")).unwrap();
    assert!(gemini.ends_with(" mcp-server --lockdown"), "{gemini}");
    for args in [["--list", "--install"], ["--install", "--uninstall"], ["--list", "--uninstall"]] {
        let mut command = home.cstar();
        command.arg("mcp-server").args(args.iter().flat_map(|arg| match *arg {
            "--list" => vec!["--list"],
            arg => vec![arg, "cursor"],
        }));
        assert_eq!(CommandOutput::run(&mut command).code, 2, "{args:?}");
    }
    let output = home.run(["mcp-server", "--uninstall", "gemini"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("--uninstall gemini --yes"), "{output:?}");
    assert_eq!(home.run(["mcp-server", "--yes"]).code, 2);
}
