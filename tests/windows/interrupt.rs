//! `interrupt PID` sends Ctrl-Break to a process that leads a group, as `kill -INT` does elsewhere. A program of its own,
//! because the crate forbids `unsafe`; the tests compile it if it is not beside the program.

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GenerateConsoleCtrlEvent(event: u32, group: u32) -> i32;
}

const CTRL_BREAK: u32 = 1;

fn main() {
    let pid = std::env::args().nth(1).and_then(|pid| pid.parse().ok()).expect("the id of a process");
    // SAFETY: it takes two numbers, and has no other requirement.
    let is_sent = unsafe { GenerateConsoleCtrlEvent(CTRL_BREAK, pid) } != 0;
    assert!(is_sent, "{}", std::io::Error::last_os_error());
}
