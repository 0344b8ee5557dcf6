//! A key in one line, and whether it is the one in use.

use crate::api::TeamKey;
use crate::ops::session::Session;
use crate::output::sanitize::sanitize;
use crate::output::style;

/// Id, name, type and environment.
pub(super) fn summary(key: &TeamKey) -> String {
    let text = |member| sanitize(key.text(member).unwrap_or("-"));
    let kind = style::dim(&format!("({}, {})", text("type"), text("environment")));
    format!("{}  {} {kind}", sanitize(key.id()), text("name"))
}

/// Whether `session` uses this key. The API shows only how keys begin.
pub(super) fn is_in_use(session: &Session, key: &TeamKey) -> bool {
    key.may_match(session.account.key.secret().expose())
}
