//! `cstar api ls`: the operations that the OpenAPI document of the sandbox describes.

use serde_json::{Value, json};

use crate::commands::Context;
use crate::ops::api_operations;
use crate::output::table::{self, Column, Fit};
use crate::output::{Failure, style};

/// List the operations of the API
///
/// A path is shown as `cstar api` takes it. `documented` means that a public page of cStar shows the operation; `ours`
/// is what the sandbox has beyond that, and cStar itself may not have.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar api ls",
    "cstar api ls messages",
    "cstar api ls --json | jq -r '.[] | select(.source == \"documented\") | .path'",
])]
pub(super) struct Args {
    /// Only those with this in method, path or summary
    #[arg(value_name = "WORD")]
    word: Option<String>,
}

const COLUMNS: [Column; 4] = [
    Column::new("METHOD", Fit::Whole),
    Column::new("PATH", Fit::Truncate(30)),
    Column::new("SOURCE", Fit::Whole),
    Column::optional("SUMMARY", Fit::Truncate(12)),
];

pub(super) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let word = args.word.as_deref().unwrap_or_default().to_lowercase();
    let found: Vec<_> = api_operations::all()
        .into_iter()
        .filter(|operation| {
            let text = format!("{} {} {}", operation.method, operation.path, operation.summary);
            text.to_lowercase().contains(&word)
        })
        .collect();
    let list: Vec<Value> = found
        .iter()
        .map(|operation| {
            json!({
                "method": operation.method,
                "path": operation.path,
                "summary": operation.summary,
                "source": operation.source,
            })
        })
        .collect();
    context.output.show(&list, |out| {
        if found.is_empty() {
            return out.status(&style::dim("No operation matches; all of them: cstar api ls"));
        }
        let rows: Vec<Vec<String>> = found
            .iter()
            .map(|operation| {
                vec![
                    operation.method.clone(),
                    operation.short_path.clone(),
                    operation.source.into(),
                    operation.summary.clone(),
                ]
            })
            .collect();
        let lines = match out.stdout_is_terminal() {
            true => table::render(&COLUMNS, &rows, out.columns()),
            false => rows.iter().map(|row| row.join("\t")).collect(),
        };
        lines.iter().try_for_each(|line| out.data(line))
    })
}
