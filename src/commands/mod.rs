//! One file per command: what it takes (`Args`) and what it does (`run`). Commands never import each
//! other; what two of them share is in `ops`.

pub(crate) mod artifacts;
pub(crate) mod completion;
pub(crate) mod demo;
pub(crate) mod events;
pub(crate) mod history;
mod input;
pub(crate) mod keys;
pub(crate) mod listen;
pub(crate) mod replay;
pub(crate) mod sandbox;
pub(crate) mod sign;
pub(crate) mod status;
pub(crate) mod trigger;
pub(crate) mod verify;
pub(crate) mod why;

use crate::account::Account;
use crate::api::Client;
use crate::cli::Global;
use crate::host::clock::Clock;
use crate::host::env::Env;
use crate::output::{Failure, Options, Output};

/// What every command may use.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) env: Env,
    pub(crate) clock: Clock,
    pub(crate) output: Output,
}

impl Context {
    /// The context of this process.
    pub(crate) fn new(global: Global, env: Env) -> Self {
        let output = Output::of_process(output_options(&global), &env);
        Self { global, env, clock: Clock::System, output }
    }

    /// A second handle on the same streams, for a thread that writes by itself.
    pub(crate) fn another_output(&self) -> Output {
        Output::of_process(output_options(&self.global), &self.env)
    }

    /// The key and address in force.
    pub(crate) fn account(&self) -> Result<Account, Failure> {
        Ok(Account::resolve(&self.global.wishes(), &self.env)?)
    }

    /// A client for the account in force.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        Ok(Client::new(&self.account()?)?)
    }
}

/// What the global flags say about output.
pub(crate) fn output_options(global: &Global) -> Options {
    Options { json: global.json, quiet: global.quiet, no_color: global.no_color }
}
