//! What `cstar types` writes, in the hands of the compilers and libraries that users have: everything compiles strictly,
//! narrows, and accepts a sample of every event type.
//!
//! They are not part of a plain `cargo test`: `.ci/run` installs them, and runs these tests as well.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::samples;
use crate::support::{CommandOutput, Home};

/// Compilers start slowly on a busy machine.
const LIMIT: Duration = Duration::from_secs(180);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program that `.ci/run` installs below the repository.
fn installed(path: &str) -> PathBuf {
    let path = root().join(path);
    assert!(path.exists(), "{} is missing: .ci/run installs it", path.display());
    path
}

/// The home of a project: the files of `folder`, the samples, and the output for `language` as `file`.
fn project(folder: &str, outputs: &[(&str, &str)]) -> Home {
    let home = Home::new();
    for entry in fs::read_dir(root().join("tests/types").join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, home.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    for (language, file) in outputs {
        home.run(["types", language, "--output", file]).ok();
    }
    let samples = Value::from(samples(&home));
    fs::write(home.path().join("samples.json"), samples.to_string()).unwrap();
    home
}

fn run(home: &Home, program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> CommandOutput {
    CommandOutput::run_within(LIMIT, Command::new(program).args(args).current_dir(home.path())).ok()
}

#[test]
#[ignore = "needs Node with TypeScript and zod: see .ci/run"]
fn typescript_narrows_and_zod_validates() {
    let modules = installed("tests/types/node/node_modules");
    let home = project("node", &[("typescript", "events.ts"), ("zod", "zod-events.ts")]);
    symlink(modules, home.path().join("node_modules")).unwrap();
    // Every sample as a literal of its type: the compiler refuses members that a documented object does not have.
    let mut literals = "import type { EventOf } from \"./events.js\";\n".to_owned();
    for (number, sample) in samples(&home).iter().enumerate() {
        literals += &format!("export const sample{number}: EventOf<{}> = {sample};\n", sample["type"]);
    }
    fs::write(home.path().join("samples.ts"), literals).unwrap();
    run(&home, "node", &["node_modules/typescript/bin/tsc", "-p", "."]);
    run(&home, "node", &["out/zod.js"]);
}

#[test]
#[ignore = "needs Go: see .ci/run"]
fn go_output_compiles_and_reads_samples() {
    let home = project("go", &[("go", "events.go")]);
    fs::write(home.path().join("go.mod"), "module cstar\n\ngo 1.19\n").unwrap();
    run(&home, "go", &["vet", "."]);
    run(&home, "go", &["test", "."]);
    assert_eq!(run(&home, "gofmt", &["-l", "events.go"]).stdout, "");
}

#[test]
#[ignore = "needs Python with mypy: see .ci/run"]
fn python_output_runs_and_reads_samples() {
    let (python, mypy) = (installed("target/types/bin/python"), installed("target/types/bin/mypy"));
    let home = project("python", &[("python", "events.py")]);
    run(&home, python, &["check.py"]);
    run(&home, mypy, &["--strict", "events.py"]);
}

/// Another generator, as a judge of the schema.
#[test]
#[ignore = "needs Python with datamodel-code-generator: see .ci/run"]
fn schema_is_read_by_another_generator() {
    let (python, generator) =
        (installed("target/types/bin/python"), installed("target/types/bin/datamodel-codegen"));
    let home = project("python", &[("json-schema", "events.json")]);
    let models = "--input events.json --input-file-type jsonschema --output-model-type pydantic_v2.BaseModel \
        --output generated_models.py";
    run(&home, generator, &models.split_whitespace().collect::<Vec<_>>());
    run(&home, python, &["models.py"]);
}
