//! Packages are complete and contain only allowed crates: what the scripts in `.ci` write, and the policy of
//! `.cargo/deny.toml`, which `cargo deny` reads as well where it is installed.

#[cfg(unix)]
mod release;
mod workflows;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml_edit::DocumentMut;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn toml(path: &str) -> DocumentMut {
    std::fs::read_to_string(root().join(path)).unwrap().parse().unwrap()
}

/// The crates for every system, or where not all of them were fetched, for this one.
fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let ask = |more: &[&str]| {
        let mut command = Command::new(&cargo);
        command.args(["metadata", "--format-version", "1", "--locked", "--offline"]).args(more);
        command.current_dir(root()).output().unwrap()
    };
    let all = ask(&[]);
    let output = if all.status.success() { all } else { ask(&["--filter-platform", host]) };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether the allowed licences satisfy a licence expression.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    // The old notation of "or".
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&tokens, &mut at, allowed);
    met && at == tokens.len()
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(tokens, at, allowed);
    }
    met
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(tokens, at, allowed);
    }
    met
}

fn one(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    *at += 1;
    match tokens.get(*at - 1) {
        Some(&"(") => {
            let met = any_of(tokens, at, allowed);
            *at += 1;
            met
        }
        // A licence with an exception counts as a licence of its own.
        Some(name) if tokens.get(*at) == Some(&"WITH") => {
            *at += 2;
            allowed.contains(&format!("{name} WITH {}", tokens.get(*at - 1).unwrap_or(&"")))
        }
        Some(name) => allowed.contains(*name),
        None => false,
    }
}

#[test]
fn licence_expressions_are_understood() {
    let allowed: BTreeSet<String> = ["MIT", "ISC"].map(str::to_owned).into();
    for (expression, met) in [
        ("MIT", true),
        ("Apache-2.0/MIT", true),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND ISC", true),
        ("(MIT OR Apache-2.0) AND Zlib", false),
        ("GPL-3.0 AND MIT", false),
        ("MIT WITH Some-exception", false),
        ("", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}

#[test]
fn every_licence_and_crate_is_allowed() {
    let policy = toml(".cargo/deny.toml");
    let list = |table: &str, key: &str| policy[table][key].as_array().unwrap().clone();
    let allowed: BTreeSet<String> =
        list("licenses", "allow").iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    let denied: BTreeSet<String> = list("bans", "deny")
        .iter()
        .map(|row| row.as_inline_table().unwrap().get("crate").unwrap().as_str().unwrap().to_owned())
        .collect();
    let packages = metadata()["packages"].as_array().unwrap().clone();
    assert!(packages.len() > 200 && allowed.len() > 3 && denied.len() > 2);
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_met(licence, &allowed), "{name} is under `{licence}`: see .cargo/deny.toml");
        assert!(!denied.contains(name), "{name} is denied: see .cargo/deny.toml");
    }
}

/// Whether a script of `.ci` can run: the published crate does not contain them, and Python may be missing or too old
/// for TOML.
#[cfg(unix)]
fn can_run(script: &Path) -> bool {
    script.exists()
        && Command::new("python3").args(["-c", "import tomllib"]).output().is_ok_and(|o| o.status.success())
}

/// Its components are the crates of this system's build, each with a checksum.
#[cfg(unix)]
#[test]
fn bill_of_materials_names_every_crate() {
    let script = root().join(".ci/sbom");
    if !can_run(&script) {
        return;
    }
    let output = Command::new("python3").arg(script).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bill: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(bill["bomFormat"], "CycloneDX");
    let components = bill["components"].as_array().unwrap();
    let names: BTreeSet<&str> = components.iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert!(names.contains("tokio") && names.contains("rustls") && !names.contains("proptest"), "{names:?}");
    for part in components {
        assert!(part["purl"].as_str().unwrap().starts_with("pkg:cargo/"), "{part}");
        assert_eq!(part["hashes"][0]["content"].as_str().unwrap().len(), 64, "{part}");
        assert!(part["licenses"][0]["expression"].is_string(), "{part}");
    }
}
