//! The settings in force: base URL, certificates, key and proxy, each with its origin.

use super::check::Check;
use crate::account::{Account, AccountOptions, Origin, ResolveError};
use crate::host::env::Env;
use crate::host::shell::{set_variable, unset_variable};
use crate::net::{self, BaseUrl, Trust};
use crate::output::{Failure, error_hints};

/// Each name in both spellings; the first one set counts, as in curl.
const PROXIES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const PLAIN: [&str; 2] = ["HTTP_PROXY", "http_proxy"];

/// The settings that the other groups of checks use.
#[derive(Debug)]
pub(super) struct ResolvedSettings {
    pub(super) checks: Vec<Check>,
    /// `None` when it cannot be used.
    pub(super) base: Option<BaseUrl>,
    pub(super) trust: Trust,
    /// `None` when there is no key that could be sent.
    pub(super) account: Option<Account>,
}

impl ResolvedSettings {
    pub(super) fn new(options: &AccountOptions, env: &Env) -> Self {
        let (base_check, base) = base(options, env);
        let (certificates, trust) = certificates(options, env);
        // An unreadable --ca-cert has been reported. It must not hide the check of the key.
        let account = Account::resolve(&AccountOptions { ca_cert: None, ..options.clone() }, env);
        let mut checks = vec![base_check];
        checks.extend(certificates);
        checks.extend(key(&account));
        checks.push(proxy(base.as_ref(), env));
        let account = account.ok().map(|account| Account { trust: trust.clone(), ..account });
        Self { checks, base, trust, account }
    }
}

fn base(options: &AccountOptions, env: &Env) -> (Check, Option<BaseUrl>) {
    const NAME: &str = "base_url";
    match Account::address(options, env) {
        Ok((base, origin)) => {
            let host = base.host();
            let check = if net::resembles_cstar(host) {
                let shown = net::unicode_name(host).map(|name| format!(" ({name})")).unwrap_or_default();
                let message =
                    format!("{base} (from {origin}) looks like cStar but is not: its host is {host}{shown}");
                Check::warn(NAME, message, format!("unless you trust it: --base-url {}", BaseUrl::DEFAULT))
            } else {
                Check::ok(NAME, format!("{base} (from {origin})"))
            };
            (check, Some(base))
        }
        Err(error @ ResolveError::Base { .. }) => {
            (Check::fail(NAME, error.to_string(), format!("--base-url {}", BaseUrl::DEFAULT)), None)
        }
        Err(error) => {
            let message = error.to_string();
            let failure = Failure::from(error);
            let fix = failure.hints().first().cloned();
            (Check::fail(NAME, message, fix.unwrap_or_else(|| "cstar profiles list".to_owned())), None)
        }
    }
}

/// Reported only when the trusted authorities were changed.
fn certificates(options: &AccountOptions, env: &Env) -> (Option<Check>, Trust) {
    const NAME: &str = "certificates";
    let trust = match Account::trust(options) {
        Ok(trust) => trust,
        Err(error) => {
            let fix = "name a file that has the authority's certificate in PEM form";
            return (Some(Check::fail(NAME, error.to_string(), fix)), Trust::default());
        }
    };
    let own = options.ca_cert.as_ref().map(|path| format!("those in {} too", path.display()));
    let replaced = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .into_iter()
        .find_map(|name| env.get(name).map(|value| (name, value)));
    let check = match (replaced, own) {
        (Some((name, value)), _) if std::fs::metadata(value).is_err() => Some(Check::fail(
            NAME,
            format!("{name} names `{value}`, which cannot be read"),
            unset_variable(name),
        )),
        (Some((name, _)), own) => {
            let and = own.map(|own| format!(", and {own}")).unwrap_or_default();
            Some(Check::ok(NAME, format!("those that {name} names instead of this machine's{and}")))
        }
        (None, Some(own)) => Some(Check::ok(NAME, own)),
        (None, None) => None,
    };
    (check, trust)
}

/// `None` if the base URL is the problem, which has been reported.
fn key(account: &Result<Account, ResolveError>) -> Option<Check> {
    const NAME: &str = "api_key";
    Some(match account {
        Ok(account) => {
            let (prefix, origin) = (account.key.prefix(), account.origin);
            let message = format!("{prefix}… (from {origin})");
            if matches!(origin, Origin::Flag("--api-key")) && !account.base.is_loopback() {
                let fix = format!("{} instead", set_variable("CSTAR_API_KEY", "…"));
                Check::warn(NAME, format!("{message}; other users of this machine can see arguments"), fix)
            } else if prefix.starts_with("pk_") {
                let fix = "use a secret key (sk_…) to listen and to trigger";
                Check::warn(NAME, format!("{message}; a publishable key only reads"), fix)
            } else {
                Check::ok(NAME, message)
            }
        }
        Err(error @ ResolveError::NoKey) => Check::warn(NAME, error.to_string(), error_hints::LOGIN),
        Err(
            ResolveError::Base { .. }
            | ResolveError::SandboxIsRemote { .. }
            | ResolveError::SandboxValue(_)
            | ResolveError::SandboxAndProfile(_)
            | ResolveError::Project(_)
            | ResolveError::Store(_),
        ) => return None,
        Err(error) => {
            let fix = "copy the key whole from Settings → Team → API Keys";
            Check::fail(NAME, error.to_string(), fix)
        }
    })
}

fn proxy(base: Option<&BaseUrl>, env: &Env) -> Check {
    const NAME: &str = "proxy";
    if let Some(problem) = base.and_then(net::proxy_problem) {
        return Check::fail(NAME, problem.to_string(), problem.fix());
    }
    let set: Vec<(&str, &str)> = PROXIES
        .iter()
        .filter_map(|names| names.iter().find_map(|name| Some((*name, env.get(name)?))))
        .collect();
    if let Some((name, _)) = set.iter().find(|(_, value)| !net::is_proxy_address(value)) {
        let message = format!("{name} is not a proxy address, so it is ignored");
        return Check::warn(NAME, message, set_variable(name, "http://HOST:PORT"));
    }
    let Some(base) = base else { return Check::skip(NAME, "there is no usable base URL") };
    let names = set.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" and ");
    let are = if set.len() == 1 { "is" } else { "are" };
    let except = net::NO_PROXY_VARIABLES.iter().find_map(|name| Some((*name, env.get(name)?)));
    let except = except.map(|(name, value)| (name, net::NoProxyRules::parse(value)));
    if let Some((name, entry)) = except.as_ref().and_then(|(name, all)| Some((name, all.ignored.first()?))) {
        let message = format!("`{entry}` in {name} cannot be read, so it is ignored");
        let fix =
            "write names (corp.example, .corp.example), addresses or networks (10.0.0.0/8), with commas";
        return Check::warn(NAME, message, fix);
    }
    let except = except.map(|(name, all)| (name, all.in_force())).filter(|(_, hosts)| !hosts.is_empty());
    match net::proxy_for(base) {
        Some(proxy) => {
            let from = if names.is_empty() { "the system's settings".to_owned() } else { names };
            let except =
                except.map(|(name, hosts)| format!(", not for {hosts} ({name})")).unwrap_or_default();
            Check::ok(NAME, format!("{proxy} (from {from}{except}); never for this machine itself"))
        }
        None if names.is_empty() && PLAIN.iter().any(|name| env.get(name).is_some()) => {
            Check::ok(NAME, "none: HTTP_PROXY applies only to plain http; set HTTPS_PROXY")
        }
        None if names.is_empty() => Check::ok(NAME, "none"),
        None if base.is_loopback() => {
            Check::ok(NAME, format!("none: {names} {are} set, but {} is this machine", base.host()))
        }
        None => {
            let why = except.map(|(name, _)| format!(" ({name})")).unwrap_or_default();
            Check::ok(NAME, format!("none for {}{why}, though {names} {are} set", base.host()))
        }
    }
}
