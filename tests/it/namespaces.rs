//! A sandbox for other containers: called by name from another network namespace over a pair of virtual
//! interfaces, with webhooks to a server there, and the compose file of `cstar help ci`. Needs the right to create
//! namespaces.

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

/// What the receiver of `cstar help tour` needs to be the app of the compose file: a page that opens a ticket, and an
/// address that other containers can reach.
const TICKET_PAGE: &str = r#"
def open_ticket(self):
    import urllib.request
    url = os.environ["CSTAR_BASE_URL"] + "/api/v1/teams/550e8400-e29b-41d4-a716-446655440000/tickets"
    key = {"Authorization": "Bearer " + os.environ["CSTAR_API_KEY"], "Content-Type": "application/json"}
    body = json.dumps({"title": "The kettle sings"}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, key)) as answer:
        self.send_response(200 if answer.status == 201 else 500)
    self.end_headers()

Receiver.do_GET = open_ticket
server = HTTPServer(("0.0.0.0", 8000), Receiver)
print("receiver ready", flush=True)
server.serve_forever()
"#;

/// The part of `text` between these two.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

/// Why namespaces cannot be made here, if they cannot.
fn refusal(home: &Home) -> Option<String> {
    let allowed = in_namespaces(home, SETUP);
    (allowed.code != 0).then(|| format!("may not make namespaces: {}", allowed.stderr))
}

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
    if let Some(why) = refusal(&home) {
        println!("skipped: sandbox_is_reachable_from_a_namespace {why}");
        return;
    }
    let output = in_namespaces(&home, &format!("{SETUP}{SCRIPT}"));
    assert!(output.code == 0 && output.stdout.ends_with("step: done\n"), "{output:#?}");
}

#[test]
#[ignore = "needs network namespaces, Python and PyYAML: see .ci/run"]
fn compose_file_runs_as_printed() {
    let home = Home::new();
    if let Some(why) = refusal(&home) {
        println!("skipped: compose_file_runs_as_printed {why}");
        return;
    }
    let compose = between(include_str!("../../src/topics/ci.md"), "```yaml compose\n", "```");
    let printed = home.run(["help", "ci"]).ok().stdout;
    assert!(compose.lines().all(|line| printed.contains(line.trim_end())), "{printed}");
    let receiver =
        between(include_str!("../../src/topics/tour.md"), "cat > receiver.py <<'EOF'\n", "\nEOF\n");
    let (receiver, _) = receiver.split_once("print(\"receiver ready\"").unwrap();
    let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).unwrap();
    write("compose.yaml", compose);
    write("app.py", &format!("{receiver}{TICKET_PAGE}"));
    write("compose.py", include_str!("namespaces/compose.py"));
    let containerfile = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/container/Containerfile");
    // Debian's package is for Debian's Python only.
    let python = "python=python3; python3 -c 'import yaml' || python=/usr/bin/python3";
    let script = format!("{SETUP}{python}\n$python compose.py $app {containerfile}\n");
    let output = in_namespaces(&home, &script);
    assert!(output.code == 0 && output.stdout.ends_with("step: done\n"), "{output:#?}");
}

/// In a container without a server, every command names the service and the machine.
#[test]
#[ignore = "needs mount namespaces: see .ci/run"]
fn containers_get_advice_of_their_own() {
    let home = Home::new();
    if let Some(why) = refusal(&home) {
        println!("skipped: containers_get_advice_of_their_own {why}");
        return;
    }
    let script = r#"
mount -t tmpfs none /run && touch /run/.containerenv
target=http://127.0.0.1:9/webhook
advice() { echo "step: $1"; grep -q 'host.docker.internal for the machine' "$2" || { cat "$2"; exit 11; }; }
cstar sandbox --port 4747 --ephemeral --json > ready &
until grep -q ready ready; do sleep 0.01; done
cstar listen --sandbox --forward-to $target --count 1 --for 60s --json --ready-file listening > activity & listen=$!
until [ -e listening ] || ! kill -0 $listen; do sleep 0.01; done
cstar trigger ticket.created --sandbox
until grep -q '"waiting"' activity; do sleep 0.01; done
advice listen activity
kill -INT $listen
wait $listen || true
id=$(cstar history list --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
cstar why "$id" > why; advice why why
cstar replay "$id" --to $target > replay 2>&1 || true; advice replay replay
cstar trigger ticket.created --to $target --secret whsec_x > trigger 2>&1 || true; advice trigger trigger
cstar doctor --sandbox --forward-to $target > doctor 2>&1 || true; advice doctor doctor
hook=$(cstar webhooks create --sandbox --name x --url $target --events 'ticket.*' --json |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
cstar webhooks test "$hook" --sandbox > webhook 2>&1 || true; advice webhooks webhook
printf '%s
' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}'   '{"jsonrpc":"2.0","method":"notifications/initialized"}'   '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"cstar_explain_delivery","arguments":{"event_id":"'"$id"'"}}}' |
  cstar mcp-server --sandbox > mcp; advice mcp mcp
echo 'step: done'
"#;
    let output = in_namespaces(&home, &format!("{SETUP}{script}"));
    assert!(output.code == 0 && output.stdout.ends_with("step: done\n"), "{output:#?}");
}

/// The process of a container is process 1, for which a signal without a handler has no effect.
#[test]
#[ignore = "needs process namespaces and Python: see .ci/run"]
fn process_1_ends_when_it_is_asked_to() {
    let home = Home::new();
    if let Some(why) = refusal(&home) {
        println!("skipped: process_1_ends_when_it_is_asked_to {why}");
        return;
    }
    let script = r#"
cat > silent.py <<'EOF'
import socket
listener = socket.create_server(("127.0.0.1", 9000))
print("up", flush=True)
held = []
while True:
    held.append(listener.accept())
    print("asked", flush=True)
EOF
python3 silent.py > silent &
until grep -q up silent; do sleep 0.01; done
unshare --pid --fork cstar status --base-url http://127.0.0.1:9000 --api-key sk_test_x & outer=$!
until grep -q asked silent; do sleep 0.01; done
kill -TERM $(cat /proc/$outer/task/$outer/children)
code=0; wait $outer || code=$?
echo "code $code"
unshare --pid --fork cstar sandbox --ephemeral --port 0 > sandbox & outer=$!
until grep -q ready sandbox; do sleep 0.01; done
kill -TERM $(cat /proc/$outer/task/$outer/children)
code=0; wait $outer || code=$?
echo "code $code"
"#;
    let output = in_namespaces(&home, &format!("{SETUP}{script}"));
    assert!(output.code == 0 && output.stdout.ends_with("code 130\ncode 0\n"), "{output:#?}");
}
