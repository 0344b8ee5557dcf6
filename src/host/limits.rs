//! Resource limits of this process.

#[cfg(unix)]
pub(crate) fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// Raises the limit of open files and connections, because the initial one is often too low for a server. Failures are
/// ignored.
#[cfg(unix)]
pub(crate) fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // macOS accepts only the second, although it reports an infinite limit.
    for most in [65_536, 10_240] {
        let wanted = limit.maximum.map_or(most, |maximum| maximum.min(most));
        if limit.current.is_none_or(|current| current >= wanted)
            || setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum }).is_ok()
        {
            return;
        }
    }
}

/// Windows has no relevant limit.
#[cfg(not(unix))]
pub(crate) fn raise_open_files() {}

/// Windows has no relevant limit.
#[cfg(not(unix))]
pub(crate) fn open_files() -> Option<u64> {
    None
}
