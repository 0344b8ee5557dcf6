//! `cstar profiles trust`: a project file is obeyed once the user has seen what it asks for.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::account::ProjectFile;
use crate::commands::Context;
use crate::net::without_credentials;
use crate::output::prompt::Prompt;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

pub(super) async fn run(context: &mut Context, file: Option<PathBuf>, yes: bool) -> Result<(), Failure> {
    let Some(project) = ProjectFile::inspect(file, &context.env)? else {
        return Err(Failure::failed("there is no .cstar.toml here, nor in a directory above")
            .hint("name the file: cstar profiles trust FILE"));
    };
    let shown = sanitize(&project.path.display().to_string());
    if project.is_trusted()? {
        context.output.status(&format!("{shown} is trusted already."))?;
        return show_json(context, &project);
    }
    context.output.status(&format!("{} asks for:", style::strong(&shown)))?;
    for (member, value) in project.members.to_list() {
        context.output.status(&format!("  {:10}  {}", member, sanitize(&without_credentials(value))))?;
    }
    if !yes {
        let question = "Obey it, until it changes?";
        if !Prompt::new("to trust it without being asked: cstar profiles trust --yes")?
            .confirm(question)
            .await?
        {
            context.output.status("It is not trusted.")?;
            return Ok(());
        }
    }
    project.trust()?;
    if !context.output.is_json() {
        context.output.text(&format!("{}  {shown}", style::good("Trusted")))?;
    }
    show_json(context, &project)
}

fn show_json(context: &mut Context, project: &ProjectFile) -> Result<(), Failure> {
    if !context.output.is_json() {
        return Ok(());
    }
    let mut value = Map::new();
    value.insert("path".to_owned(), json!(project.path.display().to_string()));
    value.insert("sha256".to_owned(), json!(project.digest));
    value.insert("trusted".to_owned(), Value::Bool(true));
    for (member, wanted) in [
        ("profile", json!(project.members.profile)),
        ("base_url", json!(project.members.base_url)),
        ("forward_to", json!(project.members.forward_to)),
        ("routes", json!(project.members.routes)),
    ] {
        value.insert(member.to_owned(), wanted);
    }
    Ok(context.output.json(&value)?)
}
