//! The flag of the full-screen view.

#[derive(clap::Args, Debug)]
pub(crate) struct TuiArgs {
    /// Show events in full screen: list, details, search, replay; `?` shows the keys
    #[arg(long, conflicts_with_all = ["json", "quiet", "no_history", "print_secret", "exit_on_stdin_eof"])]
    pub(crate) tui: bool,
}
