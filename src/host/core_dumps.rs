//! Disables core dumps, which would contain the API key and the signing secrets.

/// Disables core dumps for this process and its children. Failures are ignored.
#[cfg(unix)]
pub(crate) fn disable() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // A soft limit alone could be raised again.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // A handler such as systemd-coredump ignores the limit. This also prevents other processes of the same user from
    // reading our memory.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Windows writes none unless an administrator asks for them.
#[cfg(not(unix))]
pub(crate) fn disable() {}
