//! Keys and secrets must not reach logs, files, dumps, other origins or other users.

mod key;
mod leaks;
mod wire;

#[cfg(target_os = "linux")]
#[test]
fn running_command_leaves_no_core_dump() {
    use crate::support::Home;
    use crate::support::listen::Listen;
    use crate::support::sandbox::Sandbox;

    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", "1"]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", listen.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words, ["Max", "core", "file", "size", "0", "0", "bytes"], "soft and hard limit");
    // If a process can be dumped, its user owns these files.
    let status = std::fs::metadata(format!("/proc/{}/status", listen.pid())).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&status), 0, "the process can be dumped");
    listen.stop();
}
