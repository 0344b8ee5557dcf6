//! Whether this process runs in a container, where `localhost` is the container and not the machine.
//!
//! No interface says so. Each container engine leaves a trace of its own; without one, the answer is no.

use std::path::Path;
use std::sync::OnceLock;

/// Files and directories that engines put into a container: Docker, Podman and CRI-O, systemd-nspawn and LXC, Kubernetes.
const MARKS: [&str; 5] = [
    ".dockerenv",
    "run/.containerenv",
    "run/systemd/container",
    "run/secrets/kubernetes.io",
    "var/run/secrets/kubernetes.io",
];
/// Parts of the names of control groups that engines make.
const GROUPS: [&str; 5] = ["/docker", "/kubepods", "/libpod", "/lxc", "containerd"];

/// Whether this process runs in a container. The files are read at the first call.
pub(crate) fn is_container() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| is_container_at(Path::new("/")))
}

/// The same for the file system at `root`.
fn is_container_at(root: &Path) -> bool {
    let groups = || std::fs::read_to_string(root.join("proc/1/cgroup")).unwrap_or_default();
    MARKS.iter().any(|mark| root.join(mark).exists()) || {
        let groups = groups();
        GROUPS.iter().any(|name| groups.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_recognised_by_their_marks() {
        let found = |path: &str, text: &str| {
            let root = tempfile::tempdir().unwrap();
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
            is_container_at(root.path())
        };
        assert!(MARKS.iter().all(|mark| found(mark, "")));
        for group in ["12:pids:/docker/0123abcd", "0::/kubepods.slice/kubepods-pod1.slice", "3:cpu:/libpod-1"]
        {
            assert!(found("proc/1/cgroup", group), "{group}");
        }
        assert!(!found("proc/1/cgroup", "0::/init.scope\n1:name=systemd:/\n") && !found("etc/hosts", ""));
    }
}
