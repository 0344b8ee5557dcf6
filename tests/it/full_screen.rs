//! `listen --tui`: what it needs, and the view on a real terminal.

#[cfg(unix)]
mod emulator;
#[cfg(unix)]
mod on_terminal;

use crate::support::{CommandOutput, Home};

fn refused(args: &[&str]) -> CommandOutput {
    let home = Home::new();
    CommandOutput::run(home.cstar().args(args))
}

#[test]
fn full_screen_needs_a_terminal() {
    let output = refused(&["listen", "--tui", "--sandbox", "--forward-to", "1"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("error: --tui needs a terminal"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: print lines instead"), "{}", output.stderr);
    assert_eq!(output.stdout, "");
}

#[test]
fn full_screen_conflicts_with_other_output() {
    for flag in ["--json", "--quiet", "--no-history", "--print-secret", "--exit-on-stdin-eof"] {
        let output = refused(&["listen", "--tui", flag]);
        assert_eq!(output.code, 2, "{flag}");
        assert!(output.stderr.contains("cannot be used with"), "{flag}: {}", output.stderr);
    }
}
