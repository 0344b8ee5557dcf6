//! No image of this process on disk: a core dump would hold the API key and the signing secrets.

/// Turns core dumps off for this process and those it starts, as far as the system allows. What it does
/// not allow is not worth an error.
#[cfg(unix)]
pub(crate) fn disable() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // A soft limit alone could be raised again.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // Where a program takes the dumps, as systemd's does, the limit is only a wish. This also keeps
    // other processes of the same user from reading our memory.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Windows writes none unless an administrator asks for them.
#[cfg(not(unix))]
pub(crate) fn disable() {}
