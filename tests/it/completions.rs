//! What Tab offers. The first tests query the program as the scripts do; the ignored ones load the scripts
//! into real shells and press Tab, which `.ci/run` installs.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::json;

use crate::support::receiver::Receiver;
#[cfg(unix)]
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};
use crate::support::{CommandOutput, Home};

const TICKETS: [&str; 6] = [
    "ticket.created",
    "ticket.updated",
    "ticket.closed",
    "ticket.message_added",
    "ticket.deleted",
    "ticket.assigned",
];

/// The values that a shell without descriptions gets for these words; the cursor is in the last word.
fn offered(home: &Home, words: &[&str]) -> Vec<String> {
    let place = (words.len() - 1).to_string();
    let output = CommandOutput::run(home.cstar().args(["__complete", "bash", &place, "--"]).args(words));
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{words:?}");
    output.stdout.lines().map(str::to_owned).collect()
}

/// A home whose history has these events, received in this order.
fn home_with_history(ids: &'static [&'static str]) -> Home {
    let home = Home::new();
    let receiver = Receiver::start();
    let server = ScriptedServer::start(move |_, _| {
        let mut frames = session(&json!({"webhook_id": "whk_1", "secret": "whsec_x"}));
        for id in ids {
            let body = json!({"id": id, "type": "ticket.created", "data": {"ticket": {"id": "tkt_1"}}});
            frames += &event(id, "ticket.created", &body.to_string());
        }
        vec![send(STREAM.to_owned() + &frames), Step::Hold]
    });
    // `listen` itself skips invalid ids.
    let count = ids.iter().filter(|id| !id.contains('$')).count().to_string();
    let ended = server.listen(&home, &["--forward-to", &receiver.url(), "--count", &count]).finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    home
}

#[test]
fn ids_come_from_history_without_shell_syntax() {
    let home = home_with_history(&["evt_one", "$(touch${IFS}here)", "-rf", "evt_two"]);
    for words in [&["cstar", "why", ""][..], &["cstar", "replay", ""], &["cstar", "history", "show", "evt"]] {
        assert_eq!(offered(&home, words), ["evt_two", "evt_one"], "{words:?}");
    }
    assert_eq!(offered(&home, &["cstar", "replay", "evt_two", "evt_o"]), ["evt_one"]);
    let described = home.run(["__complete", "fish", "2", "--", "cstar", "why", "evt_o"]).ok().stdout;
    assert_eq!(described, "evt_one\tticket.created, delivered\n");
}

#[test]
fn webhook_ids_come_only_from_a_quick_sandbox() {
    let home = Home::new();
    // It accepts connections and sends nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let begun = Instant::now();
    offered(&home, &["cstar", "--sandbox", "--base-url", &url, "webhooks", "get", ""]);
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
}

#[test]
fn nonsense_lines_complete_to_nothing() {
    let home = Home::new();
    for words in
        [&["cstar", "nothing", "--no", ""][..], &["x"], &["cstar", "--api-key", "sk_live_x", "\u{1b}[2J"]]
    {
        let screen = offered(&home, words);
        assert!(screen.iter().all(|value| !value.contains("sk_live")), "{screen:?}");
    }
    assert_eq!(home.run(["__complete", "bash", "99", "--", "cstar"]).ok().stdout, "");
}

#[test]
fn file_names_are_escaped_for_the_shell() {
    let home = Home::new();
    std::fs::write(home.path().join("my body.json"), "").unwrap();
    std::fs::create_dir(home.path().join("many")).unwrap();
    let screen = offered(&home, &["cstar", "verify", "m"]);
    let separator = std::path::MAIN_SEPARATOR;
    if cfg!(unix) {
        assert_eq!(screen, [format!("many{separator}"), "my\\ body.json".to_owned()]);
    }
}

// --- in real shells ---

fn script(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name);
    path.to_str().unwrap().to_owned()
}

/// A shell that finds the `cstar` of this build first.
fn shell(program: &str, home: &Home) -> Command {
    let of_cstar = home.cstar();
    let mut command = Command::new(program);
    let build = Path::new(env!("CARGO_BIN_EXE_cstar")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(build).chain(std::env::split_paths(&path))).unwrap();
    command.env_clear().envs(of_cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", path).env("TERM", "xterm").env("LC_ALL", "C.UTF-8").current_dir(home.path());
    command
}

/// The output of a shell that is not on a terminal.
fn stdout_of(command: &mut Command) -> String {
    let output = CommandOutput::run(command);
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{command:?}: {}", output.stdout);
    output.stdout
}

/// The script, then the words of a line; the cursor is in the last one.
#[cfg(unix)]
const TRY_BASH: &str = r#"
    set -eu
    source "$1"; shift
    complete -p cstar > /dev/null
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _cstar cstar "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}""#;

#[cfg(unix)]
#[test]
#[ignore = "needs bash"]
fn bash_completes_commands_and_values() {
    let home = home_with_history(&["evt_one", "evt_two"]);
    let complete = |words: &[&str]| {
        let mut bash = shell("bash", &home);
        stdout_of(bash.args(["--norc", "-c", TRY_BASH, "bash", &script("cstar.bash")]).args(words))
    };
    assert_eq!(complete(&["cstar", "trigger", "tick"]).lines().collect::<Vec<_>>(), TICKETS);
    assert_eq!(complete(&["cstar", "lis"]), "listen\n");
    assert_eq!(complete(&["cstar", "why", ""]), "evt_two\nevt_one\n");
    // bash splits words at `=` and restores the first part.
    assert_eq!(complete(&["cstar", "listen", "--events", "=", "survey.s"]), "survey.submitted\n");
    assert_eq!(complete(&["cstar", "listen", "-f", "localhost", ":", "3000", "--resu"]), "--resume\n");
    // A second Tab after a completed word.
    assert_eq!(complete(&["cstar", "status", ""]), "\n");
    on_a_terminal("bash", &["--norc", "-i"], &format!("source {}", script("cstar.bash")), &TICKETS[..1]);
}

#[cfg(unix)]
#[test]
#[ignore = "needs bash"]
fn bash_completes_objects_of_the_sandbox() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let create = |args: &[&str]| {
        let created = CommandOutput::run(sandbox.cstar(&home).args(args).arg("--json")).ok().json();
        created["id"].as_str().unwrap().to_owned()
    };
    let ticket = create(&["tickets", "create", "--title", "$(touch here)"]);
    let customer = create(&["customers", "create", "--name", "Jane", "--email", "jane@example.com"]);
    let complete = |words: &[&str]| {
        let mut bash = shell("bash", &home);
        bash.env("CSTAR_SANDBOX", "1").env("CSTAR_BASE_URL", &sandbox.base_url);
        stdout_of(bash.args(["--norc", "-c", TRY_BASH, "bash", &script("cstar.bash")]).args(words))
    };
    for (words, offered) in [
        (&["cstar", "tickets", "get", ""][..], &ticket),
        (&["cstar", "tickets", "reply", "tkt_"], &ticket),
        (&["cstar", "bulk", "delete", "tickets", ""], &ticket),
        (&["cstar", "tickets", "create", "--customer-id", ""], &customer),
        (&["cstar", "tickets", "list", "--customer-id", "=", "cus_"], &customer),
    ] {
        let offered = format!("{offered}\n");
        crate::support::eventually(&words.join(" "), || (complete(words) == offered).then_some(()));
    }
    assert_eq!(complete(&["cstar", "tickets", "list", "--assi"]), "--assigned-to\n");
    assert_eq!(complete(&["cstar", "tickets", "list", "--status", "clo"]), "closed\n");
    assert_eq!(complete(&["cstar", "api", "POST", "cust"]), "customers\ncustomer-groups\ncustom-fields\n");
}

#[cfg(unix)]
#[test]
#[ignore = "needs fish"]
fn fish_completes_commands_and_values() {
    let home = home_with_history(&["evt_one", "evt_two"]);
    let complete = |line: &str| {
        let commands = format!("source {}; complete --do-complete '{line}'", script("cstar.fish"));
        let reported = stdout_of(shell("fish", &home).args(["--no-config", "-c", &commands]));
        reported.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(complete("cstar trigger tick"), TICKETS);
    assert_eq!(complete("cstar lis"), ["listen"]);
    assert_eq!(complete("cstar why "), ["evt_two", "evt_one"]);
    assert_eq!(complete("cstar listen --events=survey.s"), ["--events=survey.submitted"]);
    assert_eq!(complete("cstar status "), [] as [&str; 0]);
    std::fs::write(home.path().join("body.json"), "").unwrap();
    assert_eq!(complete("cstar trigger x --data @bo"), ["@body.json"]);
    link_program(&home);
    for path in ["./bin", "~/bin"] {
        let line = format!("{path}/cstar trigger survey.");
        let commands = format!(
            "set PATH /usr/bin /bin; source {}; complete --do-complete '{line}'",
            script("cstar.fish")
        );
        let mut fish = shell("fish", &home);
        let offered = stdout_of(fish.env("HOME", home.path()).args(["--no-config", "-c", &commands]));
        assert!(offered.starts_with("survey.submitted"), "{offered}");
    }
}

/// Makes `bin/cstar` in `home`.
#[cfg(unix)]
fn link_program(home: &Home) {
    let directory = home.path().join("bin");
    std::fs::create_dir_all(&directory).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cstar"), directory.join("cstar")).unwrap();
}

/// Loads `script` with `load` into an interactive shell, and types lines that Tab has to complete.
#[cfg(unix)]
fn on_a_terminal(program: &str, args: &[&str], load: &str, listed: &[&'static str]) {
    use crate::support::terminal::{SKIPPED, Terminal};
    let home = home_with_history(&["evt_one", "evt_two"]);
    let Some(mut terminal) = Terminal::start(&shell_on_path(program, &home), args) else {
        panic!("{SKIPPED}");
    };
    let without_cstar = match program {
        "elvish" => "set paths = [/usr/bin /bin]; echo o''k",
        _ => "PATH=/usr/bin:/bin; echo o''k",
    };
    terminal.type_line(load);
    terminal.type_line(&format!("cd {}", home.path().display()));
    // The line itself does not contain the answer.
    terminal.type_line("echo rea''dy");
    terminal.wait_for("ready");
    // The effect shows what a line became, because a terminal gets only the parts of it that change.
    let mut runs = |typed: &str, screen: &'static str| {
        typed.chars().for_each(|key| terminal.type_key(key));
        terminal.type_key('\t');
        terminal.type_key('\r');
        terminal.wait_for(screen);
    };
    runs("cstar events show survey.s", "\"survey.submitted\"");
    runs("cstar why evt_tw", "evt_two");
    std::fs::write(home.path().join("body.json"), "junk").unwrap();
    runs("cstar trigger ticket.created --data @bo", "`body.json` is not JSON");
    // elvish quotes this, and asks first.
    if program != "elvish" {
        runs("cstar trigger ticket.created --data=@bo", "`body.json` is not JSON");
    }
    link_program(&home);
    runs(without_cstar, "ok");
    runs("./bin/cstar events show article.pub", "\"article.published\"");
    // Enter ends the last line of the list, which is read line by line.
    "./bin/cstar trigger ticket.\t\t\r".chars().for_each(|key| terminal.type_key(key));
    for ticket in listed {
        terminal.wait_for(ticket);
    }
    drop(terminal);
}

/// The terminal starts programs by their path.
#[cfg(unix)]
fn shell_on_path(program: &str, home: &Home) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file());
    shell(found.unwrap_or_else(|| panic!("{program} is not installed")).to_str().unwrap(), home)
}

#[cfg(unix)]
#[test]
#[ignore = "needs zsh"]
fn zsh_completes_commands_and_values() {
    let load = format!(
        "PS1='> '; stty cols 100 rows 50; autoload -U compinit; compinit -u -D; LISTMAX=1000; source {}",
        script("_cstar")
    );
    on_a_terminal("zsh", &["-f", "-i"], &load, &TICKETS);
}

#[cfg(unix)]
#[test]
#[ignore = "needs zsh"]
fn zsh_loads_the_script_from_fpath() {
    let home = Home::new();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    let commands = format!(
        "fpath=({} $fpath); autoload -U compinit; compinit -u -D; print -r -- $_comps[cstar]; whence -w _cstar",
        directory.display()
    );
    assert_eq!(stdout_of(shell("zsh", &home).args(["-f", "-c", &commands])), "_cstar\n_cstar: function\n");
}

#[cfg(unix)]
#[test]
#[ignore = "needs elvish"]
fn elvish_completes_commands_and_values() {
    on_a_terminal(
        "elvish",
        &["-norc"],
        &format!("eval (slurp < {})", script("cstar.elv")),
        &["ticket.assigned", "ticket.updated"],
    );
}

/// GitHub's machines have it, Debian does not: `.ci/run` skips this where it is missing.
#[test]
#[ignore = "needs PowerShell"]
fn powershell_completes_commands_and_values() {
    let home = Home::new();
    let complete = |line: &str| {
        let length = line.chars().count();
        let commands = format!(
            ". '{}'; (TabExpansion2 -inputScript '{line}' -cursorColumn {length}).CompletionMatches.CompletionText",
            script("_cstar.ps1")
        );
        let reported =
            stdout_of(shell("pwsh", &home).args(["-NoProfile", "-NonInteractive", "-Command", &commands]));
        reported.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(complete("cstar trigger tick"), TICKETS);
    assert_eq!(complete("cstar lis"), ["listen"]);
}
