//! A stand-in for the page with the releases: archives with the names and the layout of `.ci/release`, over https.

use std::path::PathBuf;
use std::process::Command;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};

use super::{Project, write, write_program};
use crate::support::Home;
use crate::support::tls_front::{Certificate, TlsFront, authority};

/// The address in the action and in the topic.
pub(super) const REAL: &str = "https://github.com/cstar-help/cstar/releases";

/// A running server of releases. It stops when this is dropped.
pub(super) struct Releases {
    files: Home,
    front: TlsFront,
    port: u16,
    _runtime: tokio::runtime::Runtime,
}

impl Releases {
    pub(super) fn start() -> Self {
        let (files, runtime) = (Home::new(), tokio::runtime::Runtime::new().unwrap());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().fallback(file).with_state(files.path().to_owned());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { files, front: TlsFront::start(port, Certificate::Good), port, _runtime: runtime }
    }

    pub(super) fn url(&self) -> String {
        self.front.base_url()
    }

    /// The same server without TLS.
    pub(super) fn plain_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The variable by which curl trusts it.
    pub(super) fn trust() -> (&'static str, String) {
        ("CURL_CA_BUNDLE", authority().display().to_string())
    }

    /// Publishes the `cstar` of a project for these targets, as the latest version too.
    pub(super) fn publish(&self, version: &str, targets: &[&str], project: &Project) {
        let folder = self.files.path().join("download").join(format!("v{version}"));
        for target in targets {
            let stem = format!("cstar-{version}-{target}");
            let windows = target.contains("windows");
            let program = if windows { "cstar.exe" } else { "cstar" };
            write_program(&folder.join(&stem).join(program), &project.script());
            write(&folder.join(&stem).join("LICENSE"), "MIT");
            let pack = match windows {
                true => format!("zip -qr '{stem}.zip' '{stem}'"),
                false => format!("tar -czf '{stem}.tar.gz' '{stem}'"),
            };
            bash(&folder, &format!("{pack} && rm -r '{stem}'"));
        }
        bash(&folder, "sha256sum cstar-* > SHA256SUMS");
        let latest = self.files.path().join("latest/download");
        std::fs::create_dir_all(&latest).unwrap();
        std::fs::copy(folder.join("SHA256SUMS"), latest.join("SHA256SUMS")).unwrap();
    }

    /// A file of a version.
    pub(super) fn file(&self, version: &str, name: &str) -> PathBuf {
        self.files.path().join("download").join(format!("v{version}")).join(name)
    }
}

fn bash(folder: &std::path::Path, script: &str) {
    let status = Command::new("bash").args(["-euc", script]).current_dir(folder).status().unwrap();
    assert!(status.success(), "{script}");
}

async fn file(State(folder): State<PathBuf>, uri: Uri) -> (StatusCode, Bytes) {
    match tokio::fs::read(folder.join(uri.path().trim_start_matches('/'))).await {
        Ok(content) => (StatusCode::OK, content.into()),
        Err(_) => (StatusCode::NOT_FOUND, Bytes::new()),
    }
}
