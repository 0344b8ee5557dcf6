//! The composition root: parses, dispatches, and is the one place where an error becomes an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::cli::{self, Cli, Command, usage_error};
use crate::commands::{self, Context};
use crate::host::core_dumps;
use crate::host::env::Env;
use crate::host::random;
use crate::host::shell::unset_variable;
use crate::output::{Exit, Failure, LogLines, Options, Output, tui};

/// Runs the program with the arguments of a process, its name included.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    core_dumps::disable();
    let args: Vec<OsString> = args.collect();
    if let Err(error) = random::check() {
        let options = Options { json: wants_json(&args), ..Options::default() };
        let failure = Failure::failed(error.to_string()).hint(random::HINT);
        return exit(&mut Output::from_process(options, &Env::default()), &failure);
    }
    let env = Env::from_process();
    report_panics(env.clone(), wants_json(&args));
    match cli::parse(&args) {
        Ok(cli) => run(cli, env, &args),
        Err(error) => not_parsed(&error, &args, &env),
    }
}

fn run(cli: Cli, env: Env, args: &[OsString]) -> ExitCode {
    start_log(cli.global.verbose);
    let mut context = Context::new(cli.global, env);
    if context.env.unreadable().is_some() {
        commands::listen::remove_ready_file(args);
    }
    match dispatch(&mut context, cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => exit(&mut context.output, &failure),
    }
}

fn dispatch(context: &mut Context, command: Command) -> Result<(), Failure> {
    if let Some(name) = context.env.unreadable() {
        let message = format!("{name} is not valid UTF-8");
        return Err(Failure::usage(message).hint(format!("set it again, or: {}", unset_variable(name))));
    }
    command.run(context)
}

fn exit(output: &mut Output, failure: &Failure) -> ExitCode {
    if failure.is_closed_pipe() {
        return ExitCode::SUCCESS;
    }
    output.failure(failure);
    ExitCode::from(failure.exit().code())
}

/// clap reports help and version as errors too; everything else is a usage error.
fn not_parsed(error: &clap::Error, args: &[OsString], env: &Env) -> ExitCode {
    let no_color = args.iter().any(|arg| arg == "--no-color");
    let mut output =
        Output::from_process(Options { json: wants_json(args), no_color, ..Options::default() }, env);
    let help = error.render().ansi().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match output.data(help.trim_end()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => exit(&mut output, &Failure::from(error)),
        },
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !output.is_json() => {
            let _ = output.status(help.trim_end());
            ExitCode::from(Exit::Usage.code())
        }
        _ => {
            commands::listen::remove_ready_file(args);
            exit(&mut output, &usage_error(error, args))
        }
    }
}

/// Looks for the flag itself, because a command line that cannot be parsed may still ask for JSON.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().any(|arg| arg == "--json")
}

/// Reports a panic in one line, without its message, which may contain secrets.
fn report_panics(env: Env, json: bool) {
    std::panic::set_hook(Box::new(move |panic| {
        tui::leave();
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let mut output = Output::from_process(Options { json, ..Options::default() }, &env);
        output.failure(
            &Failure::new(Exit::Bug, format!("internal error at {place}")).hint(
                "this is a defect of cstar; please report it with the command you ran, without any key",
            ),
        );
    }));
}

/// `-v` logs what cstar does, `-vv` also what its libraries do. Keys never appear: they are sensitive header
/// values, which print as `Sensitive`.
fn start_log(verbose: u8) {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::prelude::*;
    let ours = match verbose {
        // The reason of a 500 of the sandbox is logged in any case, by its own target below.
        0 => LevelFilter::OFF,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let others = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::WARN,
        _ => LevelFilter::DEBUG,
    };
    let filter = Targets::new()
        .with_target("cstar", ours)
        .with_target("cstar::sandbox::http::envelope", ours.max(LevelFilter::ERROR))
        .with_default(others);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(LogLines::default)
        .with_ansi(false)
        .without_time()
        .with_target(verbose > 0);
    // It fails only if a logger was installed before.
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRASHES: &str = "CSTAR_TEST_CRASHES";

    /// Crashes in a process of its own: the hook is one for the whole process.
    #[test]
    fn panic_message_has_only_the_location() {
        let env = Env::from_process();
        if env.get(CRASHES).is_some() {
            report_panics(env, false);
            let key = crate::Secret::new("sk_test_hunter2");
            panic!("{} {key:?}", key.expose());
        }
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "app::tests::panic_message_has_only_the_location", "--nocapture"]);
        let ran = command.env(CRASHES, "1").output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned() + &String::from_utf8_lossy(&ran.stdout);
        assert!(said.contains("internal error at src") && said.contains("app.rs:"), "{said}");
        assert!(!ran.status.success() && said.contains("1 failed"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
