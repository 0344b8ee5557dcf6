//! `cstar mcp-server`: serves tools to AI agents over the Model Context Protocol.

mod client;
mod config;
mod entry;
mod install;
mod jsonc;
mod list;
mod toml;

#[cfg(any(test, fuzzing))]
pub(crate) use jsonc::fuzz;

use std::io::{IsTerminal, stdin};
use std::net::SocketAddr;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;

use super::Context;
use crate::account::{Account, ProjectFile};
use crate::args::target;
use crate::host::signals::Interrupts;
use crate::mcp::{self, Backend, HttpServer, ToolFilter, serve_http};
use crate::output::{Exit, Failure, protocol, style};
use client::Client;

/// Serve cStar's tools to AI agents (Model Context Protocol)
///
/// An agent can then read and change tickets, customers and articles, send test events, and find out why a
/// webhook failed. `--read-only` offers only tools that change nothing, `--tools` and `--toolsets` only the named ones.
/// `--lockdown` withholds the texts of customers, which could contain instructions for the agent.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar mcp-server --print-config claude",
    "cstar mcp-server --install cursor",
    "cstar mcp-server --list",
    "cstar mcp-server --sandbox",
    "cstar mcp-server --read-only --tools cstar_list_tickets,cstar_get_ticket",
    "cstar mcp-server --http 127.0.0.1:8808";
    "Agents start it automatically, with the configuration that --print-config prints. It answers on\n",
    "standard output, and finds the key as every command does.",
])]
pub(crate) struct Args {
    /// Offer no tool that changes anything
    #[arg(long)]
    read_only: bool,
    /// Offer only these tools; repeatable
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = PossibleValuesParser::new(mcp::NAMES), hide_possible_values = true)]
    tools: Vec<String>,
    /// Offer only the tools of these sets: read, tickets, customers, articles, webhooks, deliveries, signatures, account
    #[arg(long, value_name = "SETS", value_delimiter = ',', value_parser = PossibleValuesParser::new(mcp::TOOLSETS), hide_possible_values = true)]
    toolsets: Vec<String>,
    /// Withhold texts written by customers; ids, types, states and lengths stay
    #[arg(long)]
    lockdown: bool,
    /// Serve over HTTP instead of standard input and output; port 0 picks a free one
    #[arg(long, value_name = "IP:PORT", value_parser = address)]
    http: Option<SocketAddr>,
    /// Print what to add to the configuration of an agent
    #[arg(long, value_name = "CLIENT", group = "setup", conflicts_with = "http")]
    print_config: Option<Client>,
    /// Add it to the configuration of an agent, after asking
    #[arg(long, value_name = "CLIENT", groups = ["setup", "change"], conflicts_with = "http")]
    install: Option<Client>,
    /// Remove it from the configuration of an agent, after asking
    #[arg(long, value_name = "CLIENT", groups = ["setup", "change"], conflicts_with = "http", hide_possible_values = true)]
    uninstall: Option<Client>,
    /// List which agents are configured to start it, in which file and how
    #[arg(long, group = "setup", conflicts_with = "http")]
    list: bool,
    /// Do not ask before --install or --uninstall writes
    #[arg(short, long, requires = "change")]
    yes: bool,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let full = match text.strip_prefix("localhost:").or_else(|| text.strip_prefix(':')) {
        Some(port) => format!("127.0.0.1:{port}"),
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => format!("127.0.0.1:{text}"),
        None => text.to_owned(),
    };
    let address: SocketAddr =
        full.parse().map_err(|_| "expected an address and a port, such as 127.0.0.1:8808".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("it must be an address of this machine".to_owned())
    }
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let filter = ToolFilter { read_only: args.read_only, only: args.tools, sets: args.toolsets };
    let lockdown = args.lockdown;
    if filter.is_empty() {
        return Err(Failure::usage(
            "no tool is left: all of --tools and --toolsets change data, which --read-only leaves out",
        )
        .hint("name other tools, or leave out --read-only"));
    }
    if let Some(client) = args.print_config {
        return install::print(context, client, &filter, lockdown);
    }
    if let Some(client) = args.install {
        return install::run(context, client, (&filter, lockdown), args.yes).await;
    }
    if let Some(client) = args.uninstall {
        return install::remove(context, client, args.yes).await;
    }
    if args.list {
        return list::run(context);
    }
    if context.global.api_key.is_some() || matches!(ProjectFile::find(&context.env), Ok(Some(_))) {
        // Prints the warnings about the key and the project file. Errors are reported by the tools.
        let _ = context.account();
    }
    match args.http {
        Some(address) => over_http(context, address, &filter, lockdown).await,
        None => over_stdio(context, &filter, lockdown).await,
    }
}

/// Each call looks the account up, so that the server starts without one and notices a login.
fn backend(context: &Context, lockdown: bool) -> Backend {
    let (options, env) = (context.global.account_options(), context.env.clone());
    let find = move || Ok(Account::resolve(&options, &env)?);
    Backend::new(Arc::new(find), target::parse, context.env.clone(), context.clock.clone())
        .locked_down(lockdown)
}

async fn over_stdio(context: &mut Context, filter: &ToolFilter, lockdown: bool) -> Result<(), Failure> {
    if stdin().is_terminal() {
        let lines = [
            "This speaks the Model Context Protocol on standard input and output: an agent starts it.",
            "Its configuration: cstar mcp-server --print-config claude    Ctrl-C stops.",
        ];
        lines.iter().try_for_each(|line| context.output.status(&style::dim(line)))?;
    }
    let mut interrupts = Interrupts::listen()?;
    // A client that does not read its responses would block a clean shutdown.
    let unresponsive = interrupts.clone().unresponsive();
    let stop = async move { interrupts.next().await };
    tokio::select! {
        served = mcp::serve(backend(context, lockdown), filter, protocol::streams(), stop) => served,
        () = unresponsive => Err(Failure::reported(Exit::Interrupted)),
    }
}

async fn over_http(
    context: &mut Context,
    address: SocketAddr,
    filter: &ToolFilter,
    lockdown: bool,
) -> Result<(), Failure> {
    if context.global.quiet && !context.output.is_json() {
        return Err(Failure::usage("with --quiet the token that clients must send is not printed")
            .hint("leave out --quiet, or add --json"));
    }
    let mut interrupts = Interrupts::listen()?;
    let http = HttpServer::bind(address).await?;
    let token = http.token().expose().to_owned();
    let ready = serde_json::json!({ "type": "ready", "url": http.url(), "token": token });
    context.output.show_line(&ready, |out| {
        out.status(&format!("{}  {}", style::good("MCP server ready"), style::strong(&http.url())))?;
        out.status(&format!("  Authorization: Bearer {token}"))?;
        out.status(&style::dim("The token is new at each start. Ctrl-C stops."))
    })?;
    serve_http(http, backend(context, lockdown), filter, async move { interrupts.next().await }).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_are_accepted() {
        for (text, shown) in [
            ("8808", "127.0.0.1:8808"),
            (":0", "127.0.0.1:0"),
            ("localhost:1", "127.0.0.1:1"),
            ("[::1]:5", "[::1]:5"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), shown);
        }
        for text in ["0.0.0.0:80", "192.168.0.1:80", "example.com:80", "", "70000"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
