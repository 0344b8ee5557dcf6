//! The customer to sign or verify: from flags, or as JSON from a file or standard input.

use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::commands::input;
use crate::identity::{IdentityError, SentIdentity, read_sent};
use crate::output::Failure;

#[derive(clap::Args, Debug)]
pub(super) struct CustomerArgs {
    /// File with the customer as JSON: externalId, email, name, timestamp; - for standard input
    #[arg(value_name = "FILE", conflicts_with_all = ["external_id", "email", "name"])]
    file: Option<PathBuf>,
    /// Id of the customer in your system
    #[arg(long, value_name = "ID", requires = "email")]
    external_id: Option<String>,
    /// Email address of the customer
    #[arg(long, value_name = "EMAIL", requires = "external_id")]
    email: Option<String>,
    /// Name of the customer; an empty one differs from none
    #[arg(long, value_name = "NAME", requires = "external_id")]
    name: Option<String>,
    /// Time of signing, in Unix seconds
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    at: Option<i64>,
}

impl CustomerArgs {
    /// Whether the customer is read from standard input.
    pub(super) fn uses_stdin(&self) -> bool {
        match &self.file {
            Some(file) => file.as_os_str() == "-",
            None => self.external_id.is_none(),
        }
    }

    /// The customer as given, with its mistakes. `now` is the time if none is given.
    pub(super) fn read(&self, now: Option<i64>) -> Result<SentIdentity, Failure> {
        let json = match (&self.external_id, &self.email) {
            (Some(id), Some(email)) => self.flags_as_json(id, email),
            _ => {
                let path = self.file.clone().unwrap_or_else(|| "-".into());
                let json = input::read(&path, "the customer")?;
                if json.trim_ascii().is_empty() {
                    return Err(Failure::usage("there is no customer: the JSON is empty")
                        .hint("give --external-id and --email, or name a file"));
                }
                json
            }
        };
        read_sent(&json, self.at.or(now)).map_err(|error| failure(&error))
    }

    fn flags_as_json(&self, id: &str, email: &str) -> Vec<u8> {
        let mut members = Map::new();
        members.insert("externalId".to_owned(), id.into());
        members.insert("email".to_owned(), email.into());
        members.extend(self.name.as_deref().map(|name| ("name".to_owned(), name.into())));
        Value::Object(members).to_string().into_bytes()
    }
}

fn failure(error: &IdentityError) -> Failure {
    let failure = Failure::usage(error.to_string());
    match error.to_string().contains("`timestamp` is missing") {
        true => failure.hint("pass the time that was signed with --at"),
        false => failure,
    }
}
