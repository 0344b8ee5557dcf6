//! What the operating system allows this process.

/// How many files and connections may be open at once, when there is such a limit.
#[cfg(unix)]
pub(crate) fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// Windows sets none that matters here.
#[cfg(not(unix))]
pub(crate) fn open_files() -> Option<u64> {
    None
}
