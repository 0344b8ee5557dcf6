//! `.ci/release` and `.ci/manifests`, with a file in place of a program: what is in an archive, and that all manifests
//! name the archives as they are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use toml_edit::Table;

use super::{can_run, root, toml};

/// The output of a script of `.ci`.
fn run(script: &str, args: &[&str]) -> String {
    let mut command = Command::new("python3");
    // A copy of the repository need not be a clone.
    command.arg(root().join(".ci").join(script)).args(args).env("SOURCE_DATE_EPOCH", "1764000000");
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn targets() -> Vec<Table> {
    toml(".ci/targets.toml")["target"].as_array_of_tables().unwrap().iter().cloned().collect()
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table[key].as_str().unwrap()
}

fn version() -> String {
    toml("Cargo.toml")["package"]["version"].as_str().unwrap().to_owned()
}

/// The name of a target's archive, without and with its ending.
fn names(target: &Table) -> (String, String) {
    let stem = format!("cstar-{}-{}", version(), text(target, "name"));
    let archive = format!("{stem}.{}", text(target, "archive"));
    (stem, archive)
}

/// An archive for each of `targets`, with `content` as the program.
fn packed(targets: &[Table], content: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    std::fs::write(&program, content).unwrap();
    for target in targets {
        let (program, folder) = (program.to_str().unwrap(), folder.path().to_str().unwrap());
        let options = ["--only", "archive", "--binary", program, "--output", folder];
        run("release", &[&options[..], &[text(target, "name")]].concat());
    }
    folder
}

/// An archive for each target with `a program` as the program, packed once.
fn archives() -> &'static Path {
    static PACKED: OnceLock<TempDir> = OnceLock::new();
    PACKED.get_or_init(|| packed(&targets(), "a program")).path()
}

fn sums(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap()
}

/// The sum of an archive as SHA256SUMS has it.
fn sum(folder: &Path, archive: &str) -> String {
    let sums = sums(folder);
    let line = sums.lines().find(|line| line.ends_with(&format!("  {archive}"))).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

/// The files that an archive has to hold, below its folder.
fn expected(target: &Table) -> BTreeSet<String> {
    let mut expected: BTreeSet<String> = ["LICENSE", "README.md"].map(str::to_owned).into();
    for folder in ["man", "completions"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let name =
            |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        expected.extend(entries.map(|entry| format!("{folder}/{}", name(entry))));
    }
    let is_windows = text(target, "name").contains("windows");
    expected.insert(if is_windows { "cstar.exe" } else { "cstar" }.to_owned());
    expected
}

#[test]
fn archives_hold_every_page_and_script() {
    if !can_run(&root().join(".ci/release")) {
        return;
    }
    let unpack = "import shutil, sys; shutil.unpack_archive(sys.argv[1], sys.argv[2])";
    for target in targets() {
        let (stem, archive) = names(&target);
        let unpacked = tempfile::tempdir().unwrap();
        let mut command = Command::new("python3");
        command.args(["-c", unpack]).arg(archives().join(&archive)).arg(unpacked.path());
        assert!(command.status().unwrap().success(), "{archive}");
        let top: Vec<PathBuf> =
            std::fs::read_dir(unpacked.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(top, [unpacked.path().join(&stem)]);
        let found: BTreeSet<String> = ["", "man", "completions"]
            .iter()
            .flat_map(|below| std::fs::read_dir(top[0].join(below)).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| path.strip_prefix(&top[0]).unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, expected(&target), "{archive}");
        for name in found.iter().filter(|name| !name.starts_with("cstar")) {
            let same = std::fs::read(top[0].join(name)).unwrap() == std::fs::read(root().join(name)).unwrap();
            assert!(same, "{archive}: {name}");
        }
        let program = if stem.contains("windows") { "cstar.exe" } else { "cstar" };
        assert_eq!(std::fs::read(top[0].join(program)).unwrap(), b"a program");
    }
}

#[test]
fn archives_have_the_same_bytes_each_time() {
    if !can_run(&root().join(".ci/release")) {
        return;
    }
    assert_eq!(sums(archives()).lines().count(), targets().len());
    assert_eq!(sums(packed(&targets(), "a program").path()), sums(archives()));
    let (_, archive) = names(&targets()[0]);
    let other = packed(&targets()[..1], "another program");
    assert_ne!(sum(other.path(), &archive), sum(archives(), &archive));
}

#[test]
fn manifests_name_the_archives_and_sums() {
    if !can_run(&root().join(".ci/manifests")) {
        return;
    }
    run("manifests", &[archives().to_str().unwrap()]);
    let read = |name: &str| std::fs::read_to_string(archives().join(name)).unwrap();
    let (formula, scoop) = (read("cstar.rb"), read("cstar.json"));
    let scoop: Value = serde_json::from_str(&scoop).unwrap();
    let repository = toml("Cargo.toml")["package"]["repository"].as_str().unwrap().to_owned();
    let pairs: Vec<&str> = formula.lines().map(str::trim).collect();
    let (mut in_formula, mut in_scoop) = (0, 0);
    for target in targets() {
        let (stem, archive) = names(&target);
        let url = format!("{repository}/releases/download/v{}/{archive}", version());
        let sum = sum(archives(), &archive);
        if text(&target, "archive") == "zip" {
            let name = if stem.contains("x86_64") { "64bit" } else { "arm64" };
            let entry = &scoop["architecture"][name];
            assert_eq!((&entry["url"], &entry["hash"]), (&Value::from(url), &Value::from(sum)));
            assert_eq!(entry["extract_dir"], *stem);
            let later = scoop["autoupdate"]["architecture"][name]["url"].as_str().unwrap();
            assert_eq!(later.replace("$version", &version()), entry["url"]);
            in_scoop += 1;
        } else {
            let (url, sum) = (format!("url \"{url}\""), format!("sha256 \"{sum}\""));
            let at = pairs.iter().position(|line| *line == url).unwrap_or_else(|| panic!("{formula}"));
            assert_eq!(pairs[at + 1], sum);
            let system = if stem.contains("darwin") { "on_macos do" } else { "on_linux do" };
            let block = pairs[..at].iter().rfind(|line| ["on_macos do", "on_linux do"].contains(line));
            assert_eq!(block, Some(&system), "{archive}");
            let processor = if stem.contains("x86_64") { "on_intel do" } else { "on_arm do" };
            assert_eq!(pairs[at - 1], processor, "{archive}");
            in_formula += 1;
        }
    }
    assert_eq!((in_formula, in_scoop), (4, 2));
    assert_eq!(scoop["architecture"].as_object().unwrap().len(), in_scoop);
    assert_eq!(pairs.iter().filter(|line| line.starts_with("url ")).count(), in_formula);
}

#[test]
fn manifests_need_every_archive() {
    if !can_run(&root().join(".ci/manifests")) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (_, missing) = names(&targets()[2]);
    let listed = sums(archives());
    let rest: String = listed.split_inclusive('\n').filter(|line| !line.contains(&missing)).collect();
    std::fs::write(folder.path().join("SHA256SUMS"), rest).unwrap();
    let mut command = Command::new("python3");
    let output = command.arg(root().join(".ci/manifests")).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&missing), "{output:?}");
}

/// As `cargo binstall` fills its templates, which its documentation describes.
#[test]
fn binstall_finds_each_archive() {
    if !root().join(".ci/targets.toml").exists() {
        return;
    }
    let manifest = toml("Cargo.toml");
    let package = &manifest["package"];
    let binstall = &package["metadata"]["binstall"];
    let overrides = binstall["overrides"].as_table().unwrap();
    for target in targets() {
        let name = text(&target, "name");
        let own = overrides.get(name).and_then(|table| table.get("pkg-fmt"));
        let format = own.unwrap_or(&binstall["pkg-fmt"]).as_str().unwrap();
        let is_zip = format == "zip";
        let suffix = if is_zip { ".zip" } else { ".tar.gz" };
        let filled = |key: &str| {
            let mut template = binstall[key].as_str().unwrap().to_owned();
            for (part, value) in [
                ("repo", package["repository"].as_str().unwrap()),
                ("name", "cstar"),
                ("version", &version()),
                ("target", name),
                ("bin", "cstar"),
                ("binary-ext", if is_zip { ".exe" } else { "" }),
                ("archive-suffix", suffix),
            ] {
                template = template.replace(&format!("{{ {part} }}"), value);
            }
            template
        };
        let (stem, archive) = names(&target);
        let repository = package["repository"].as_str().unwrap();
        assert_eq!(filled("pkg-url"), format!("{repository}/releases/download/v{}/{archive}", version()));
        let program = if name.contains("windows") { "cstar.exe" } else { "cstar" };
        assert_eq!(filled("bin-dir"), format!("{stem}/{program}"));
    }
    for name in overrides.iter().map(|(name, _)| name) {
        assert!(targets().iter().any(|target| text(target, "name") == name), "{name} is not released");
    }
}
