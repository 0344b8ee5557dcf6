//! Opens web pages in the browser of the user, where there is one.

use std::io;

use super::container::is_container;
use super::env::Env;

/// Why a page cannot be opened, so that its address is printed instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoBrowser {
    Ssh,
    Container,
    /// A job of a CI service.
    Ci,
    /// Neither X11 nor Wayland.
    NoDisplay,
}

impl NoBrowser {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Ssh => "this is an SSH session",
            Self::Container => "this is a container",
            Self::Ci => "this is a CI job",
            Self::NoDisplay => "there is no display",
        }
    }
}

/// Whether a browser of the user can be expected. A browser would otherwise open on another machine, or none would and
/// the launcher fails after a while.
pub(crate) fn expect_browser(env: &Env) -> Result<(), NoBrowser> {
    expect_browser_at(env, is_container(), cfg!(all(unix, not(target_os = "macos"))))
}

fn expect_browser_at(env: &Env, is_container: bool, needs_display: bool) -> Result<(), NoBrowser> {
    let is_set = |name: &str| env.get(name).is_some_and(|value| !value.is_empty());
    // WSL has no display, but its launcher opens the browser of Windows.
    let has_display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_set("WSL_DISTRO_NAME");
    match () {
        () if is_set("SSH_CONNECTION") || is_set("SSH_TTY") => Err(NoBrowser::Ssh),
        () if is_container => Err(NoBrowser::Container),
        () if is_set("CI") => Err(NoBrowser::Ci),
        () if needs_display && !has_display => Err(NoBrowser::NoDisplay),
        () => Ok(()),
    }
}

/// Opens `url`, without waiting for the browser to end. Blocks for a moment.
pub(crate) fn open(url: &str) -> io::Result<()> {
    open::that_detached(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_is_not_expected_everywhere() {
        let check = |vars: [(&str, &str); 2], container, display| {
            expect_browser_at(&Env::from(vars), container, display)
        };
        let (none, x11) = (("", ""), ("DISPLAY", ":0"));
        assert_eq!(check([x11, none], false, true), Ok(()));
        assert_eq!(check([("WAYLAND_DISPLAY", "wayland-0"), none], false, true), Ok(()));
        assert_eq!(check([("WSL_DISTRO_NAME", "Debian"), none], false, true), Ok(()));
        assert_eq!(check([none, none], false, false), Ok(()));
        assert_eq!(check([("DISPLAY", ""), none], false, true), Err(NoBrowser::NoDisplay));
        assert_eq!(check([x11, ("SSH_TTY", "/dev/pts/0")], false, true), Err(NoBrowser::Ssh));
        assert_eq!(check([x11, none], true, true), Err(NoBrowser::Container));
        assert_eq!(check([("CI", "true"), none], false, false), Err(NoBrowser::Ci));
    }
}
