//! Errors and hints of wrong command lines and failures, as text and with `--json`.

mod command_lines;
mod files;
mod servers;
mod state;

use std::collections::BTreeSet;
use std::path::Path;

use super::filter::Names;
use super::{Folder, on_threads, run};
use crate::support::Home;

/// The texts of one snapshot: each line, what it prints, its exit code, and its JSON error.
struct Area {
    text: String,
    errors: BTreeSet<String>,
    /// Lines that did not fail as they should.
    unexpected: BTreeSet<String>,
}

/// Runs every line of `lines` with and without `--json`. All must fail. Comments begin with `#`.
fn area(home: &Home, names: &Names, lines: &str) -> Area {
    area_on(4, home, home.path(), names, lines)
}

/// The same in this directory, in sequence, for lines that use the same files.
fn area_in(home: &Home, directory: &Path, names: &Names, lines: &str) -> Area {
    area_on(1, home, directory, names, lines)
}

fn area_on(threads: usize, home: &Home, directory: &Path, names: &Names, lines: &str) -> Area {
    let names = names.clone().name("[HOME]", home.path().display());
    let lines: Vec<&str> =
        lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let runs: Vec<(&str, bool)> = lines.iter().flat_map(|line| [(*line, false), (*line, true)]).collect();
    let output = on_threads(threads, &runs, |(line, json)| {
        let mut cstar = home.cstar();
        cstar.current_dir(directory);
        run(cstar, &names.fill(line), *json)
    });
    let mut area = Area { text: String::new(), errors: BTreeSet::new(), unexpected: BTreeSet::new() };
    for (line, both) in lines.iter().zip(output.chunks(2)) {
        let (plain, json) = (&both[0], &both[1]);
        let error = plain.stderr.lines().find(|line| line.starts_with("error: "));
        match error.filter(|_| plain.code != 0 && plain.code == json.code) {
            Some(error) => area.errors.insert(names.hide(error)),
            None => area.unexpected.insert(format!("{line}: {plain:?} {json:?}")),
        };
        let [stdout, json_out] = [&plain.stdout, &json.stdout].map(|part| names.hide_all(part));
        let [stderr, json_err] = [&plain.stderr, &json.stderr].map(|part| names.hide(part));
        area.text += &format!("$ {line}\n{stdout}{stderr}[exit {}]\n{json_out}{json_err}\n", plain.code);
    }
    area
}

/// Compares areas with their snapshots; returns the number of different errors.
fn check_all(folder: &'static str, areas: Vec<(&str, Area)>) -> usize {
    let mut folder = Folder::new(folder);
    let (mut errors, mut unexpected) = (BTreeSet::new(), BTreeSet::new());
    for (name, area) in areas {
        folder.check(name, &area.text);
        errors.extend(area.errors);
        unexpected.extend(area.unexpected);
    }
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    folder.finish();
    errors.len()
}
