//! Keys, profiles and project files.

use std::fs;

use super::Screens;
use crate::snapshots::filter::Names;
use crate::support::Home;
use crate::support::sandbox::Sandbox;

#[test]
fn account_screens_are_as_reviewed() {
    let home = Home::new();
    let sandbox = Sandbox::start_in_own_home(&["--rate-limit", "0", "--ephemeral"]);
    let names = Names::default().name("[API]", &sandbox.base_url).name("[HOME]", home.path().display());
    let cstar = || {
        let mut cstar = home.cstar();
        cstar.env("CSTAR_BASE_URL", &sandbox.base_url);
        cstar
    };
    let mut screens = Screens::new("screens-account", names, &cstar);
    let login = "echo sk_test_sandbox0000000000000000000000000 | cstar login --store file";
    screens.run_all(
        "login",
        &[
            login,
            &format!("{login} --profile other"),
            &format!("json {login} --profile other"),
            "cstar profiles use other",
            "json cstar profiles use default",
        ],
    );
    screens.show("status", "cstar status");
    screens.show("profiles-list", "cstar profiles list");
    screens.show("keys-list", "cstar keys list");
    screens.run_all(
        "keys-create",
        &[
            "cstar keys create --name CI",
            "json cstar keys create --name CI",
            "cstar keys create --name CI --quiet",
            "cstar keys create --name laptop --save saved",
        ],
    );
    fs::create_dir(home.path().join("project")).unwrap();
    fs::write(home.path().join("project/.cstar.toml"), "forward_to = 'https://elsewhere.example/x'\n")
        .unwrap();
    screens.run_all(
        "profiles-trust",
        &[
            "cstar profiles trust project/.cstar.toml",
            "cstar profiles trust project/.cstar.toml --yes",
            "json cstar profiles trust project/.cstar.toml --yes",
        ],
    );
    screens.run_all(
        "logout",
        &[
            "cstar profiles remove other",
            "cstar profiles remove other --yes",
            "cstar logout",
            "cstar logout --yes",
            "json cstar logout --yes",
            "cstar logout --all --yes",
            "cstar logout --all --yes",
            "cstar profiles list",
        ],
    );
    screens.finish();
}
