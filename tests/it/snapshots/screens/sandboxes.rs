//! The sandbox and its state, the demo, and the checks of `doctor`.

use super::Screens;
use crate::snapshots::filter::Names;
use crate::support::Home;
use crate::support::ports::closed_port;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;

#[test]
fn sandbox_screens_are_as_reviewed() {
    let home = Home::new();
    let names = Names::default().name("[HOME]", home.path().display());
    let cstar = || home.cstar();
    let mut screens = Screens::new("screens-sandbox", names, &cstar);
    screens.run_all(
        "state",
        &[
            "cstar sandbox seed --seed 7 --tickets 5 --customers 2 --data-dir state",
            "json cstar sandbox seed --seed 7 --tickets 5 --customers 2 --data-dir state",
            "cstar sandbox export state.ndjson --data-dir state",
            "json cstar sandbox export state.ndjson --data-dir state",
            "cstar sandbox import state.ndjson --data-dir other",
            "cstar sandbox import state.ndjson --data-dir other --yes",
            "json cstar sandbox import state.ndjson --data-dir other --yes",
            "cstar sandbox openapi openapi.json",
            "cstar sandbox reset --data-dir other",
            "cstar sandbox reset --data-dir other --yes",
            "json cstar sandbox reset --data-dir other --yes",
        ],
    );
    screens.run_all(
        "mcp-server-configuration",
        &["cstar mcp-server --print-config claude", "cstar mcp-server --print-config cursor"],
    );
    screens.finish();
}

#[test]
fn doctor_screens_are_as_reviewed() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let names = Names::default()
        .name("[API]", &sandbox.base_url)
        .name("[PORT]", sandbox.port)
        .name("[HOME]", home.path().display())
        .name("[SERVER]", receiver.port)
        .name("[CLOSED]", closed_port());
    let cstar = || sandbox.cstar(&home);
    let mut screens = Screens::new("screens-doctor", names, &cstar);
    let good = "cstar doctor --forward-to http://127.0.0.1:[SERVER]/webhook";
    screens.run_all("good", &[good, &format!("json {good}")]);
    screens.show(
        "bad",
        "cstar doctor --base-url http://127.0.0.1:[CLOSED] --forward-to http://127.0.0.1:[CLOSED]/webhook",
    );
    screens.finish();
}
