//! Where `listen` delivers: the flags, or else the project file, or else the documented default.

use reqwest::Url;

use super::Context;
use crate::account::{Project, ProjectError};
use crate::cli::target::{self, Route};
use crate::forward::Target;
use crate::net::is_loopback;
use crate::output::Failure;
use crate::output::clean::safe;
use crate::output::style;

/// The targets. A project file that names them is told of.
///
/// # Errors
/// When the project file cannot be obeyed.
pub(super) fn of(
    context: &mut Context,
    forward_to: Vec<Url>,
    routes: Vec<Route>,
) -> Result<Vec<Target>, Failure> {
    if !forward_to.is_empty() || !routes.is_empty() {
        return Ok(merged(forward_to, routes));
    }
    if let Some(project) = Project::find(&context.env)? {
        let targets = wanted(&project)?;
        if !targets.is_empty() {
            let line = format!("Targets are those of {}", safe(&project.path.display().to_string()));
            context.output.note(&style::dim(&line))?;
            return Ok(targets);
        }
    }
    let default = target::parse(target::DEFAULT).map(|url| Target { url, patterns: Vec::new() });
    Ok(default.into_iter().collect())
}

/// What a project file names, if it may.
fn wanted(project: &Project) -> Result<Vec<Target>, Failure> {
    let bad = |member, value: &str, reason: String| ProjectError::BadTarget {
        path: project.path.clone(),
        member,
        value: value.to_owned(),
        reason,
    };
    let mut urls = Vec::new();
    for text in &project.forward_to {
        let url = target::parse(text).map_err(|reason| bad("forward_to", text, reason))?;
        if !is_loopback(&url) {
            project.must_be_trusted("forward_to", text)?;
        }
        urls.push(url);
    }
    let mut routes = Vec::new();
    for text in &project.routes {
        let route = target::parse_route(text).map_err(|reason| bad("routes", text, reason))?;
        if !is_loopback(&route.url) {
            project.must_be_trusted("routes", text)?;
        }
        routes.push(route);
    }
    Ok(merged(urls, routes))
}

/// `--forward-to` gets everything; `--route` gets what matches, and one address may have several.
fn merged(forward_to: Vec<Url>, routes: Vec<Route>) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for url in forward_to {
        if !targets.iter().any(|target| target.url == url) {
            targets.push(Target { url, patterns: Vec::new() });
        }
    }
    for route in routes {
        match targets.iter_mut().find(|target| target.url == route.url) {
            Some(target) if target.patterns.is_empty() => {}
            Some(target) => target.patterns.push(route.pattern),
            None => targets.push(Target { url: route.url, patterns: vec![route.pattern] }),
        }
    }
    targets
}
