//! What the operating system allows this process.

/// How many files and connections may be open at once, when there is such a limit.
#[cfg(unix)]
pub(crate) fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// Asks for as many open files and connections as this user may have, within reason: the limit that a process
/// begins with is often too low for a server. What the system does not allow is not worth an error.
#[cfg(unix)]
pub(crate) fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // the second is what macOS takes where it calls its limit infinite
    for most in [65_536, 10_240] {
        let wanted = limit.maximum.map_or(most, |maximum| maximum.min(most));
        if limit.current.is_none_or(|current| current >= wanted)
            || setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum }).is_ok()
        {
            return;
        }
    }
}

/// Windows sets none that matters here.
#[cfg(not(unix))]
pub(crate) fn raise_open_files() {}

/// Windows sets none that matters here.
#[cfg(not(unix))]
pub(crate) fn open_files() -> Option<u64> {
    None
}
