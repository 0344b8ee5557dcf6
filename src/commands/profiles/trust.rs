//! `cstar profiles trust`: a project file is obeyed once the user has seen what it asks for.

use std::path::PathBuf;

use serde_json::{Value, json};

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
        return context
            .output
            .show(&trusted(&project), |out| out.status(&format!("{shown} is trusted already.")));
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
    context.output.show(&trusted(&project), |out| out.text(&format!("{}  {shown}", style::good("Trusted"))))
}

fn trusted(project: &ProjectFile) -> Value {
    json!({
        "path": project.path.display().to_string(),
        "sha256": project.digest,
        "trusted": true,
        "profile": project.members.profile,
        "base_url": project.members.base_url,
        "sandbox": project.members.sandbox,
        "forward_to": project.members.forward_to,
        "routes": project.members.routes,
        "exec": project.members.exec,
    })
}
