//! The pages in `man/` are those of the command tree and the topics. With `CSTAR_UPDATE_MAN_PAGES=1` the test
//! writes them: `CSTAR_UPDATE_MAN_PAGES=1 cargo test --lib man_pages`.

mod page;
mod roff;

use std::collections::BTreeMap;
use std::path::Path;

use clap::Command;

use crate::cli;
use crate::host::env::Env;
use crate::topics::TOPICS;

const UPDATE: &str = "CSTAR_UPDATE_MAN_PAGES";

/// Every page by the name of its file.
fn pages() -> BTreeMap<String, String> {
    let mut tree = cli::tree();
    tree.build();
    let mut pages = BTreeMap::new();
    for topic in TOPICS {
        pages.insert(format!("cstar-{}.7", topic.name), page::topic_page(&topic));
    }
    add_commands("cstar", &tree, &mut pages);
    pages
}

/// One page for `command`, and one for each of its commands.
fn add_commands(name: &str, command: &Command, pages: &mut BTreeMap<String, String>) {
    for below in page::public_commands(command) {
        add_commands(&format!("{name}-{}", below.get_name()), below, pages);
    }
    pages.insert(format!("{name}.1"), page::command_page(name, command));
}

#[test]
fn man_pages_are_current() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let pages = pages();
    let files: Vec<String> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    if Env::from_process().get(UPDATE).is_some() {
        files.iter().filter(|file| !pages.contains_key(*file)).for_each(|file| {
            std::fs::remove_file(directory.join(file)).unwrap();
        });
        pages.iter().for_each(|(file, text)| std::fs::write(directory.join(file), text).unwrap());
        return;
    }
    let old: Vec<&String> = files.iter().filter(|file| !pages.contains_key(*file)).collect();
    assert!(old.is_empty(), "set {UPDATE}=1 to remove {old:?}");
    let is_current = |file: &str, text: &str| {
        std::fs::read_to_string(directory.join(file)).is_ok_and(|written| written == text)
    };
    let stale: Vec<&String> =
        pages.iter().filter(|(file, text)| !is_current(file, text)).map(|(file, _)| file).collect();
    assert!(stale.is_empty(), "set {UPDATE}=1 to write {stale:?}");
}
