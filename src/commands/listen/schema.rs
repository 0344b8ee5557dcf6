//! `--strict`: payloads that differ from what cStar documents make the run fail.

#[derive(clap::Args, Debug, Default)]
pub(crate) struct SchemaArgs {
    /// Exit 1 at the end if a payload had members other than the documented ones
    #[arg(long, conflicts_with = "print_secret")]
    pub(super) strict: bool,
}
