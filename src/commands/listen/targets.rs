//! The targets of `listen`: flags, otherwise the project file, otherwise the documented default, or none on a
//! terminal.

use std::sync::Arc;

use reqwest::Url;

use crate::account::{ProjectError, ProjectFile};
use crate::args::target::{self, Route};
use crate::commands::Context;
use crate::event::Pattern;
use crate::forward::{Destination, Target, TargetCommand};
use crate::net::{is_loopback, without_credentials};
use crate::output::Failure;
use crate::output::sanitize::sanitize;
use crate::output::style;

/// The targets; none if events are only printed, as `is_print` wants, and as is best on a terminal without a named
/// target. A project file that names targets is announced.
pub(super) fn resolve(
    context: &mut Context,
    (forward_to, routes): (Vec<Url>, Vec<Route>),
    commands: Vec<Target>,
) -> Result<Vec<Target>, Failure> {
    if let Some(targets) = named(context, (forward_to, routes), commands)? {
        return Ok(targets);
    }
    if context.output.stdout_is_terminal() && !context.output.is_json() {
        return Ok(Vec::new());
    }
    let default = target::parse(target::DEFAULT).map(|url| at(url, Vec::new()));
    Ok(default.into_iter().collect())
}

/// The targets of the flags or of the project file, if one of them names any.
pub(super) fn named(
    context: &mut Context,
    (forward_to, routes): (Vec<Url>, Vec<Route>),
    commands: Vec<Target>,
) -> Result<Option<Vec<Target>>, Failure> {
    if !forward_to.is_empty() || !routes.is_empty() || !commands.is_empty() {
        return Ok(Some(merged(forward_to, routes).into_iter().chain(commands).collect()));
    }
    if let Some(project) = ProjectFile::find(&context.env)? {
        let targets = of_project(&project)?;
        if !targets.is_empty() {
            let shown: Vec<String> = targets.iter().map(Target::display_url).collect();
            let line = format!("Targets are those of {}: {}", project.path.display(), shown.join(", "));
            context.output.status(&style::dim(&sanitize(&line)))?;
            return Ok(Some(targets));
        }
    }
    Ok(None)
}

/// The targets of a project file, if it is allowed to set them.
fn of_project(project: &ProjectFile) -> Result<Vec<Target>, Failure> {
    let bad = |member, value: &str, reason: String| ProjectError::BadTarget {
        path: project.path.clone(),
        member,
        value: without_credentials(value),
        reason,
    };
    let mut urls = Vec::new();
    for text in &project.members.forward_to {
        let url = target::parse(text).map_err(|reason| bad("forward_to", text, reason))?;
        if let Some(why) = needs_trust(&url) {
            project.require_trust("forward_to", text, why)?;
        }
        urls.push(url);
    }
    let mut routes = Vec::new();
    for text in &project.members.routes {
        let route = target::parse_route(text).map_err(|reason| bad("routes", text, reason))?;
        if let Some(why) = needs_trust(&route.url) {
            project.require_trust("routes", text, why)?;
        }
        routes.push(route);
    }
    let mut targets = merged(urls, routes);
    for text in &project.members.exec {
        let command = TargetCommand::direct(text).map_err(|reason| bad("exec", text, reason))?;
        project.require_trust("exec", text, "would run on this machine")?;
        targets.push(Target { to: Destination::Command(Arc::new(command)), patterns: Vec::new() });
    }
    Ok(targets)
}

/// Why a target from a project file needs trust. With a path of its choice, the file could send events to any other
/// service on this machine.
fn needs_trust(url: &Url) -> Option<String> {
    if !is_loopback(url) {
        return Some("is not on this machine".to_owned());
    }
    let is_default = url.path() == target::DEFAULT_PATH && url.query().is_none();
    (!is_default).then(|| format!("is not at the default path {}", target::DEFAULT_PATH))
}

/// `--forward-to` targets get every event, `--route` targets what matches; an address may have several routes.
fn merged(forward_to: Vec<Url>, routes: Vec<Route>) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for url in forward_to {
        if !targets.iter().any(|target| is_at(target, &url)) {
            targets.push(at(url, Vec::new()));
        }
    }
    for route in routes {
        match targets.iter_mut().find(|target| is_at(target, &route.url)) {
            Some(target) if target.patterns.is_empty() => {}
            Some(target) => target.patterns.push(route.pattern),
            None => targets.push(at(route.url, vec![route.pattern])),
        }
    }
    targets
}

fn at(url: Url, patterns: Vec<Pattern>) -> Target {
    Target { to: Destination::Url(url), patterns }
}

fn is_at(target: &Target, url: &Url) -> bool {
    matches!(&target.to, Destination::Url(other) if other == url)
}
