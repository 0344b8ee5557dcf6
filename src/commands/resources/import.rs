//! `cstar import`: the records of a file, in requests of at most 500.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};

use super::body;
use super::build::{examples, jq, yes};
use super::list::text;
use super::view;
use super::write::confirm_live;
use crate::commands::Context;
use crate::output::format::pluralize;
use crate::output::sanitize::escape;
use crate::output::{Exit, Failure, style};
use crate::sandbox::model::bulk::RESOURCES;

const RESOURCE: &str = "resource";
const FILE: &str = "file";
const EXISTING: &str = "existing";

/// Records in a request (documented).
const MOST_RECORDS: usize = 500;
/// Bytes of the records in a request: the API takes 1 MiB.
const MOST_BYTES: usize = 900 * 1024;

/// Adds the arguments of `cstar import`.
pub(super) fn args(command: Command) -> Command {
    let lines = [
        "import customers customers.json",
        "import customers customers.ndjson --existing update",
        "import tickets - --yes < tickets.json",
    ];
    let about = "Create many tickets, customers or articles from a file";
    command
        .about(about)
        .long_about(format!(
            "{about}\n\nThe file is a JSON array of objects, or has one object per line. Each record succeeds or fails \
             on its own; with a failure the exit code is 1. Up to 500 records are one request. A record \
             exists if an object has its `id`, or a customer its `email`.",
        ))
        .after_help(format!("{}\n\nThis needs a secret key (sk_…).", examples(&lines.map(str::to_owned))))
        .arg(
            Arg::new(RESOURCE)
                .value_name("RESOURCE")
                .required(true)
                .value_parser(PossibleValuesParser::new(RESOURCES))
                .help("What the records are"),
        )
        .arg(
            Arg::new(FILE)
                .value_name("FILE")
                .required(true)
                .value_hint(clap::ValueHint::FilePath)
                .help("The file, or - for standard input"),
        )
        .arg(
            Arg::new(EXISTING)
                .long(EXISTING)
                .value_name("ACTION")
                .default_value("skip")
                .value_parser(PossibleValuesParser::new(["skip", "update"]))
                .help("What to do with a record that exists"),
        )
        .arg(yes())
        .arg(jq())
}

pub(super) async fn run(context: &mut Context, matches: &ArgMatches) -> Result<(), Failure> {
    let (resource, strategy) = (text(matches, RESOURCE), text(matches, EXISTING));
    let records = records(&body::read_text(text(matches, FILE), "the records")?)?;
    let session = context.session().await?;
    let what = format!("Import {}", pluralize(records.len() as u64, "record"));
    confirm_live(context, &session, matches, &what).await?;
    let mut totals = Totals::default();
    for batch in batches(&records) {
        let request = json!({ "resource": resource, "records": batch, "mergeStrategy": strategy });
        match session.client.create(&session.identity, "import", &request).await {
            Ok(answer) => totals.add(&answer, batch.len()),
            // what earlier requests did must not be lost
            Err(error) => {
                if totals.total > 0 {
                    let line = format!("{} before the error below", totals.line());
                    context.output.status(&style::warn(&line))?;
                }
                return Err(error.into());
            }
        }
    }
    totals.show(context, matches, resource)
}

/// The objects of a JSON array, or of lines.
fn records(text: &str) -> Result<Vec<Value>, Failure> {
    let hint = "expected a JSON array of objects, or one object per line";
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value =
            value.map_err(|error| Failure::usage(format!("the records are not JSON: {error}")).hint(hint))?;
        values.push(value);
    }
    let records = match values.as_mut_slice() {
        [Value::Array(items)] => std::mem::take(items),
        _ => values,
    };
    if let Some(at) = records.iter().position(|record| !record.is_object()) {
        return Err(Failure::usage(format!("record {} is not an object", at + 1)).hint(hint));
    }
    if records.is_empty() {
        return Err(Failure::usage("there are no records").hint(hint));
    }
    Ok(records)
}

/// The records of each request.
fn batches(records: &[Value]) -> Vec<&[Value]> {
    let (mut batches, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, record) in records.iter().enumerate() {
        let size = record.to_string().len() + 1;
        if at > start && (at - start == MOST_RECORDS || bytes + size > MOST_BYTES) {
            batches.extend(records.get(start..at));
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    batches.extend(records.get(start..));
    batches
}

/// The results of all requests together.
#[derive(Debug, Default)]
struct Totals {
    total: usize,
    created: u64,
    updated: u64,
    skipped: u64,
    errors: Vec<Value>,
}

impl Totals {
    /// Adds the result of a request with `sent` records. Its errors count them from 0.
    fn add(&mut self, answer: &Value, sent: usize) {
        let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
        self.created += number("created");
        self.updated += number("updated");
        self.skipped += number("skipped");
        for error in answer.get("errors").and_then(Value::as_array).into_iter().flatten() {
            let mut error = error.clone();
            if let Some(index) = error.get("index").and_then(Value::as_u64) {
                error["index"] = (self.total as u64 + index).into();
            }
            self.errors.push(error);
        }
        self.total += sent;
    }

    fn line(&self) -> String {
        let mut line = format!("Created {}", self.created);
        for (count, what) in
            [(self.updated, "updated"), (self.skipped, "skipped"), (self.errors.len() as u64, "failed")]
        {
            if count > 0 {
                line += &format!(", {count} {what}");
            }
        }
        line
    }

    /// Prints the result as one `import_result`. Fails if one of the records did.
    fn show(self, context: &mut Context, matches: &ArgMatches, resource: &str) -> Result<(), Failure> {
        let result = json!({
            "object": "import_result",
            "resource": resource,
            "total": self.total,
            "created": self.created,
            "updated": self.updated,
            "skipped": self.skipped,
            "errors": self.errors,
        });
        view::print(context, matches, &result, |out| {
            for error in &self.errors {
                let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
                let record = match error.get("index").and_then(Value::as_u64) {
                    Some(index) => format!("record {}", index + 1),
                    None => "a record".to_owned(),
                };
                out.text(&format!("{}  {record}  {}", style::bad("Failed"), escape(message)))?;
            }
            out.text(&self.line())
        })?;
        if self.errors.is_empty() { Ok(()) } else { Err(Failure::reported(Exit::Failed)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_an_array_or_lines() {
        let two = vec![json!({"a": 1}), json!({"a": 2})];
        for text in ["[{\"a\":1},{\"a\":2}]", "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1} {\"a\":2}"] {
            assert_eq!(records(text).unwrap(), two, "{text}");
        }
        assert_eq!(records("{\"a\":1}").unwrap().len(), 1);
        for text in ["", "[]", "[1]", "{} 1", "[{}] [{}]", "name,email\n"] {
            assert!(records(text).is_err(), "{text}");
        }
    }

    #[test]
    fn requests_are_within_both_limits() {
        let sizes = |records: &[Value]| batches(records).iter().map(|batch| batch.len()).collect::<Vec<_>>();
        assert_eq!(sizes(&vec![json!({}); 1001]), [500, 500, 1]);
        let large = json!({ "content": "x".repeat(MOST_BYTES / 2 - 100) });
        assert_eq!(sizes(&vec![large; 5]), [2, 2, 1]);
        let too_large = json!({ "content": "x".repeat(MOST_BYTES) });
        assert_eq!(sizes(&[too_large.clone(), json!({}), too_large]), [1, 1, 1]);
    }

    #[test]
    fn errors_count_the_records_of_all_requests() {
        let mut totals = Totals::default();
        totals.add(&json!({"created": 2}), 2);
        totals.add(&json!({"created": 1, "errors": [{"index": 1, "message": "No."}]}), 2);
        assert_eq!(
            (totals.errors[0]["index"].as_u64(), totals.line().as_str()),
            (Some(3), "Created 3, 1 failed")
        );
    }
}
