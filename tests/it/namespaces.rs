//! A sandbox for other containers: called by name from another network namespace over a pair of virtual
//! interfaces, with webhooks to a server there. Needs the right to create namespaces.

use std::process::{Command, Stdio};

use crate::support::{CommandOutput, Home, TIMEOUT};

/// Runs a script as root of new namespaces. Its background processes end with it.
const UNSHARE: [&str; 8] =
    ["--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "bash"];

/// `cstar` is this namespace, `app` is the other one.
const SETUP: &str = r#"
set -euo pipefail
printf '127.0.0.1 localhost\n10.47.47.1 cstar\n10.47.47.2 app\n' > hosts
mount --bind hosts /etc/hosts
ip link set lo up
unshare --net sleep 600 & app=$!
until [ "$(readlink /proc/$app/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
in_app() { nsenter --target $app --net "$@"; }
ip link add outside type veth peer name inside netns $app
ip address add 10.47.47.1/24 dev outside
ip link set outside up
in_app ip link set lo up
in_app ip address add 10.47.47.2/24 dev inside
in_app ip link set inside up
"#;

const SCRIPT: &str = r#"
cstar sandbox --bind 0.0.0.0 --allow-host cstar --allow-host app --keys-file keys.env --ephemeral --json > ready &
until grep -q ready ready || ! kill -0 $!; do sleep 0.01; done
in_app python3 receiver.py > received &
until grep -q up received || ! kill -0 $!; do sleep 0.01; done
. ./keys.env
export CSTAR_HOME=$PWD/elsewhere CSTAR_BASE_URL=http://cstar:4747 CSTAR_API_KEY

step() { echo "step: $*"; }
step 'without the name no key is sent'
in_app cstar status && exit 11
export CSTAR_INSECURE_HTTP_HOSTS=cstar
step 'a live key is not sent'
in_app env CSTAR_API_KEY=$CSTAR_LIVE_KEY cstar status && exit 12
step 'the public key is none'
in_app env CSTAR_API_KEY=sk_test_sandbox0000000000000000000000000 cstar status && exit 13
step 'a name that was not allowed is refused'
in_app env CSTAR_BASE_URL=http://10.47.47.1:4747 CSTAR_INSECURE_HTTP_HOSTS=10.47.47.1 cstar status && exit 14
step 'status'
in_app cstar status
step 'a profile'
in_app cstar login --store file --api-key $CSTAR_API_KEY
in_app env -u CSTAR_API_KEY -u CSTAR_BASE_URL cstar status
step 'a webhook by name'
in_app cstar webhooks create --name app --url http://app:8000/hook --events 'ticket.*' --json > webhook
in_app cstar webhooks create --name no --url http://other:8000/hook --events '*' && exit 15
in_app cstar trigger ticket.created --wait --wait-for 30s
grep -q 'ticket.created t=[0-9]*,v1=' received
step 'a listener there'
in_app cstar listen --forward-to http://app:8000/listen --events 'survey.*' --json --count 1 --for 60s \
  --ready-file "$PWD/listening" > activity & listen=$!
until [ -e listening ] || ! kill -0 $listen; do sleep 0.01; done
in_app cstar trigger survey.submitted
wait $listen
grep -q 'survey.submitted t=[0-9]*,v1=' received
step 'done'
"#;

const RECEIVER: &str = r#"
from http.server import BaseHTTPRequestHandler, HTTPServer

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        print(self.headers["X-Event-Type"], self.headers["X-Signature"], flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = HTTPServer(("10.47.47.2", 8000), Receiver)
print("up", flush=True)
server.serve_forever()
"#;

/// Runs as root of new namespaces, in the directory of `home`.
fn in_namespaces(home: &Home, script: &str) -> CommandOutput {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_cstar")).parent().unwrap().display().to_string();
    let path = format!("{binary}:{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap());
    let mut command = Command::new("unshare");
    command.args(UNSHARE).args(["-c", script]).env_clear().current_dir(home.path());
    command.env("PATH", path).env("HOME", home.path()).env("CSTAR_HOME", home.path().join("cstar"));
    CommandOutput::run_within(TIMEOUT * 2, command.stdin(Stdio::null()))
}

#[test]
#[ignore = "needs network namespaces and Python: see .ci/run"]
fn sandbox_is_reachable_from_a_namespace() {
    let home = Home::new();
    std::fs::write(home.path().join("receiver.py"), RECEIVER).unwrap();
    let allowed = in_namespaces(&home, SETUP);
    if allowed.code != 0 {
        println!(
            "skipped: sandbox_is_reachable_from_a_namespace may not make namespaces: {}",
            allowed.stderr
        );
        return;
    }
    let output = in_namespaces(&home, &format!("{SETUP}{SCRIPT}"));
    assert!(output.code == 0 && output.stdout.ends_with("step: done\n"), "{output:#?}");
}
