//! The commands for the resources of the API. Their arguments are built from tables, not derived.

use clap::error::ErrorKind;
use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

use super::one_command::CommandArgs;
use crate::commands::Context;
use crate::commands::resources::{self, Invocation};
use crate::commands::runtime::block_on;
use crate::output::Failure;

#[derive(Debug)]
pub(crate) struct ResourceCommand(Invocation);

impl ResourceCommand {
    pub(super) const ARGS: [CommandArgs; 17] = [
        ("tickets", |command| resources::add_args("tickets", command)),
        ("customers", |command| resources::add_args("customers", command)),
        ("articles", |command| resources::add_args("articles", command)),
        ("categories", |command| resources::add_args("categories", command)),
        ("customer-groups", |command| resources::add_args("customer-groups", command)),
        ("posts", |command| resources::add_args("posts", command)),
        ("automations", |command| resources::add_args("automations", command)),
        ("views", |command| resources::add_args("views", command)),
        ("custom-fields", |command| resources::add_args("custom-fields", command)),
        ("members", |command| resources::add_args("members", command)),
        ("settings", |command| resources::add_args("settings", command)),
        ("search", |command| resources::add_args("search", command)),
        ("tags", |command| resources::add_args("tags", command)),
        ("bulk", |command| resources::add_args("bulk", command)),
        ("import", |command| resources::add_args("import", command)),
        ("export", |command| resources::add_args("export", command)),
        ("audit-log", |command| resources::add_args("audit-log", command)),
    ];

    pub(crate) fn run(self, context: &mut Context) -> Result<(), Failure> {
        block_on(resources::run(context, self.0))
    }

    /// Whether a command is one of these. The list of commands in the help has no headings, so `cstar --help` hides
    /// them there and has a section for them.
    pub(super) fn includes(name: &str) -> bool {
        Self::ARGS.iter().any(|(known, _)| *known == name)
    }
}

impl FromArgMatches for ResourceCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let named = matches.subcommand().and_then(|(name, matches)| Invocation::new(name, matches));
        named.map(Self).ok_or_else(|| clap::Error::new(ErrorKind::InvalidSubcommand))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for ResourceCommand {
    fn augment_subcommands(command: Command) -> Command {
        let all = Self::ARGS.iter().map(|(name, add_args)| add_args(Command::new(*name)).hide(true));
        command.subcommands(all)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        Self::includes(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_is_a_command() {
        let names: Vec<&str> = resources::names().map(|(name, _)| name).collect();
        assert_eq!(names, ResourceCommand::ARGS.map(|(name, _)| name));
    }
}
