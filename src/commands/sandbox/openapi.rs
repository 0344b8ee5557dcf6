//! `cstar sandbox openapi`: writes the OpenAPI document of the sandbox.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::commands::Context;
use crate::host::io_error::io_message;
use crate::output::sanitize::escape;
use crate::output::{Failure, style};
use crate::sandbox;

/// Write the OpenAPI 3.1 document of the sandbox
///
/// It is the document that a running sandbox serves at /openapi.json, for the default port. The same version of cstar
/// writes the same bytes.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox openapi cstar.openapi.json",
    "cstar sandbox openapi | jq -r '.paths | keys[]'",
])]
pub(super) struct Args {
    /// Where to write; `-` is standard output
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let description = sandbox::describe();
    if args.file == Path::new("-") {
        context.output.bytes(description.text.as_bytes())?;
        return Ok(context.output.flush()?);
    }
    let shown = args.file.display().to_string();
    std::fs::write(&args.file, &description.text)
        .map_err(|error| Failure::failed(format!("could not write `{shown}`: {}", io_message(&error))))?;
    let operations = description.operations;
    context.output.show(&json!({ "file": shown, "operations": operations }), |out| {
        out.status(&style::dim(&format!("Described {operations} operations in {}.", escape(&shown))))
    })
}
