//! Long operations show their progress on a terminal, and nowhere else.
//!
//! A slowly filled named pipe makes an import take as long as a test needs.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::Home;
use crate::support::process::Process;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};
use crate::support::terminal::{SKIPPED, Terminal};

/// Longer than the delay of the progress line, so that a line that is due has appeared.
const LONG: Duration = Duration::from_millis(700);

/// A home with an exported state, and a pipe next to it.
fn home_with_state() -> (Home, Vec<u8>) {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "3", "--customers", "3"]).ok();
    let state = home.run(["sandbox", "export"]).ok().stdout.into_bytes();
    assert!(Command::new("mkfifo").arg(home.path().join("pipe")).status().unwrap().success());
    (home, state)
}

/// Imports from the pipe. A terminal does not start in the home.
fn import(home: &Home, flags: &[&str]) -> Vec<String> {
    let pipe = home.path().join("pipe").to_str().unwrap().to_owned();
    let args = ["sandbox", "import", &pipe, "--yes"];
    args.iter().chain(flags).map(|arg| (*arg).to_owned()).collect()
}

fn on_terminal(home: &Home, args: &[String]) -> Option<Terminal> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    Terminal::start(&home.cstar(), &args)
}

/// Opens the other end of the pipe without waiting: the reader may have failed.
fn pipe(home: &Home) -> File {
    OpenOptions::new().read(true).write(true).open(home.path().join("pipe")).unwrap()
}

/// On a thread, for the same reason.
fn fill(mut pipe: File, state: Vec<u8>) {
    std::thread::spawn(move || pipe.write_all(&state));
}

/// Fills the pipe late. Opening it waits for a reader, however long that takes to start.
fn fill_late(home: &Home, state: Vec<u8>) {
    let path = home.path().join("pipe");
    std::thread::spawn(move || {
        let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
        std::thread::sleep(LONG);
        pipe.write_all(&state)
    });
}

#[test]
fn terminal_import_shows_and_clears_progress() {
    let (home, state) = home_with_state();
    let pipe = pipe(&home);
    let Some(mut terminal) = on_terminal(&home, &import(&home, &[])) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for_prompt("\r\u{1b}[KImporting …");
    fill(pipe, state);
    let rest = terminal.read_to_end();
    let (before, _) = rest.split_once("3 tickets").unwrap_or_else(|| panic!("{rest:?}"));
    // The progress line is cleared, and the result has a line of its own.
    assert!(before.rsplit('\r').next().unwrap().starts_with("\u{1b}[K"), "{rest:?}");
    assert!(!before.rsplit('\r').next().unwrap().contains("Importing"), "{rest:?}");
    assert!(rest.contains("[exit 0]"), "{rest}");
}

#[test]
fn json_and_quiet_show_no_progress() {
    let runs = [(&["--json"][..], "{"), (&["--quiet"], "Imported"), (&["-v"], "Imported")];
    std::thread::scope(|scope| {
        for (flags, answer) in runs {
            scope.spawn(move || {
                let (home, state) = home_with_state();
                let Some(mut terminal) = on_terminal(&home, &import(&home, flags)) else { return };
                fill_late(&home, state);
                let rest = terminal.read_to_end();
                assert!(rest.contains(answer) && !rest.contains("Importing"), "{flags:?}: {rest:?}");
            });
        }
    });
}

#[test]
fn pipes_show_no_progress() {
    let (home, state) = home_with_state();
    let mut command = home.cstar();
    command.args(import(&home, &[])).env("CLICOLOR_FORCE", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = Process::start(&mut command);
    fill_late(&home, state);
    let output = running.output();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{output:?}");
}

#[test]
fn doctor_and_replay_show_progress() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let home = Home::new();
    let doctor = ["doctor", "--sandbox", "--base-url", &url];
    let Some(mut terminal) = Terminal::start(&home.cstar(), &doctor) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for_prompt("\r\u{1b}[KChecking the");
    drop(terminal);

    let home = with_two_events();
    let replay = ["replay", "--since", "1h", "--secret", "whsec_x", "--to", &url];
    let mut terminal = Terminal::start(&home.cstar(), &replay).unwrap();
    terminal.wait_for_prompt("\r\u{1b}[KReplaying: 0 of 2");
}

/// A home whose history has two delivered events.
fn with_two_events() -> Home {
    let home = Home::new();
    let receiver = Receiver::start();
    let server = ScriptedServer::start(|_, _| {
        let mut frames = session(&serde_json::json!({"webhook_id": "whk_1", "secret": "whsec_x"}));
        for id in ["evt_1", "evt_2"] {
            let body =
                serde_json::json!({"id": id, "type": "ticket.created", "data": {"ticket": {"id": id}}});
            frames += &event(id, "ticket.created", &body.to_string());
        }
        vec![send(STREAM.to_owned() + &frames), Step::Hold]
    });
    let ended = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2"]).finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    home
}

#[test]
fn waiting_for_a_sandbox_is_shown() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let home = Home::new();
    for args in [
        &["listen", "--sandbox", "--base-url", &url][..],
        &["sandbox", "reset", "--yes", "--base-url", &url],
        &["sandbox", "seed", "--base-url", &url],
        &["trigger", "ticket.created", "--sandbox", "--base-url", &url],
    ] {
        let Some(mut terminal) = Terminal::start(&home.cstar(), args) else {
            return println!("{SKIPPED}");
        };
        terminal.wait_for_prompt("\r\u{1b}[KWaiting for http://127.0.0.1:");
    }
}

#[test]
fn bench_redraws_one_block() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let args = ["bench", &receiver.url(), "--secret", "whsec_x", "--rate", "50", "--for", "1h"];
    let Some(mut terminal) = Terminal::start_with_width(80, &home.cstar(), &args) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for_prompt(" in flight, 0 failed");
    // Three lines are erased before the next picture.
    terminal.wait_for_prompt("\r\u{1b}[K\u{1b}[A\u{1b}[K\u{1b}[A\u{1b}[K50 events/s to ");
    terminal.type_key('\u{3}');
    let rest = terminal.read_to_end();
    assert!(rest.contains(" accepted") && rest.contains("[exit 130]"), "{rest:?}");
}
