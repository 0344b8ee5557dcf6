//! The global flags.

use std::path::PathBuf;

use clap::ArgAction;

use crate::Secret;
use crate::account::AccountOptions;
use crate::net::AllowedHost;
use crate::output::Options;

/// Flags that every command accepts, before or after its name.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Print JSON: the resource itself, or one object per line for streams
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) api_key: Option<Secret>,
    /// Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Use the key stored under this name [env: CSTAR_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Use the local sandbox instead of cStar [env: CSTAR_SANDBOX]
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
    /// Allow a test key over plain http to this host; repeatable [env: CSTAR_INSECURE_HTTP_HOSTS]
    #[arg(long, global = true, value_name = "NAME", value_parser = AllowedHost::parse)]
    pub(crate) insecure_http_host: Vec<AllowedHost>,
    /// Trust the certificate authorities in this PEM file too, for cStar
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_cert: Option<PathBuf>,
    /// Print no colour
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Print more on standard error; repeat for even more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Print only errors on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// The beginning of every line, which a command may set.
    #[arg(skip)]
    pub(crate) prefix: Option<&'static str>,
}

impl GlobalArgs {
    /// The flags that choose key and address.
    pub(crate) fn account_options(&self) -> AccountOptions {
        AccountOptions {
            api_key: self.api_key.clone(),
            base_url: self.base_url.clone(),
            profile: self.profile.clone(),
            sandbox: self.sandbox,
            insecure_http_hosts: self.insecure_http_host.clone(),
            ca_cert: self.ca_cert.clone(),
        }
    }

    /// The flags that control output.
    pub(crate) fn output_options(&self) -> Options {
        Options {
            json: self.json,
            quiet: self.quiet,
            no_color: self.no_color,
            verbose: self.verbose > 0,
            prefix: self.prefix,
        }
    }
}
