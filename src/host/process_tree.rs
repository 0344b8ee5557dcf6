//! The processes below a process, from the list of Linux.

use std::collections::BTreeMap;
use std::fs;

/// The processes that `root` has started, and those that these have. Those that have ended are left out.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let parents: BTreeMap<u32, u32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, parent(id)?)))
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(process) = found.get(at).copied() {
        let children = parents.iter().filter(|(_, parent)| **parent == process).map(|(id, _)| *id);
        let new: Vec<u32> = children.filter(|id| !found.contains(id)).collect();
        found.extend(new);
        at += 1;
    }
    found.split_off(1)
}

/// The parent of a process that runs.
fn parent(id: u32) -> Option<u32> {
    parent_in(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// The name of a program, in brackets, may contain anything.
fn parent_in(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let is_ended = matches!(fields.next()?, "Z" | "X");
    fields.next()?.parse().ok().filter(|_| !is_ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_is_found_behind_any_name() {
        assert_eq!(parent_in("7 (node) S 5 7 7 0 -1"), Some(5));
        assert_eq!(parent_in("7 (a) R 1 (b)) S 5 7 7 0 -1"), Some(5));
        assert_eq!(parent_in("7 (node) Z 5 7 7 0 -1"), None);
        assert_eq!(parent_in(""), None);
    }

    #[test]
    fn children_of_children_are_found() {
        use std::io::{BufRead, BufReader};
        use std::process::{Command, Stdio};
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 60 & echo $!; wait"]).stdout(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let sleep: u32 = line.trim().parse().unwrap();
        let found = descendants(std::process::id());
        assert!(found.contains(&shell.id()) && found.contains(&sleep), "{found:?}");
        assert_eq!(descendants(shell.id()), [sleep]);
        let id = rustix::process::Pid::from_raw(i32::try_from(sleep).unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
        shell.wait().unwrap();
        assert!(descendants(shell.id()).is_empty());
    }
}
