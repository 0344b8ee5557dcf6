//! Files of this machine: who can read them, and whether they are readable at all.

use std::fs;

use super::DoctorReport;
use crate::support::Home;
use crate::support::sandbox::Sandbox;
#[cfg(unix)]
use crate::support::set_mode;

#[test]
fn doctor_creates_no_files() {
    // The sandbox keeps its state in another home.
    let (home, elsewhere) = (Home::new(), Home::new());
    let sandbox = Sandbox::start(&elsewhere);
    let before = fs::read_dir(home.path()).unwrap().count();
    DoctorReport::run(&mut sandbox.cstar(&home), &[]).assert_check("config", "is created when needed", "");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), before);
}

#[cfg(unix)]
#[test]
fn readable_files_are_reported_with_a_fix() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let directory = home.path().join("cstar");
    fs::create_dir_all(&directory).unwrap();
    set_mode(&directory, 0o755);
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &[]);
    assert_eq!((found.code, found.of_status("warn")), (0, vec!["config"]), "{found:#?}");
    found.assert_check("config", "mode 755", &format!("chmod 700 '{}'", directory.display()));
    set_mode(&directory, 0o700);

    let secret = directory.join("signing-secret");
    fs::write(&secret, "whsec_hunter2").unwrap();
    set_mode(&secret, 0o640);
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &[]);
    found.assert_only_failure("credentials", "mode 640", &format!("chmod 600 '{}'", secret.display()));
    assert!(!found.value.to_string().contains("hunter2"));
    set_mode(&secret, 0o600);
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &[]);
    found.assert_check("credentials", "only you can read signing-secret", "");
}

#[test]
fn home_that_is_not_a_directory_is_reported() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let found = DoctorReport::run(sandbox.cstar(&home).env("CSTAR_HOME", &file), &[]);
    assert_eq!(found.check("config")["status"], "fail", "{found:#?}");
    found.assert_check("config", "is not a directory", "CSTAR_HOME");
}

#[test]
fn unreadable_history_is_reported() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = crate::support::receiver::Receiver::start();
    let listen =
        crate::support::listen::Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    drop(listen);
    DoctorReport::run(&mut sandbox.cstar(&home), &[]).assert_check("history", "history.sqlite3", "");
    let file = home.path().join("cstar/history.sqlite3");
    for name in ["history.sqlite3-wal", "history.sqlite3-shm"] {
        let _ = fs::remove_file(home.path().join("cstar").join(name));
    }
    fs::write(&file, "this is no database, however long it may be. ".repeat(100)).unwrap();
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &[]);
    found.assert_only_failure("history", "not an SQLite file", "mv '");
}

#[test]
fn missing_certificates_are_reported() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let found = DoctorReport::run(sandbox.cstar(&home).env("SSL_CERT_FILE", "/no/such/file.pem"), &[]);
    let unset = if cfg!(windows) { "Remove-Item Env:SSL_CERT_FILE" } else { "unset SSL_CERT_FILE" };
    found.assert_only_failure("certificates", "/no/such/file.pem", unset);
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &["--ca-cert", "missing.pem"]);
    found.assert_only_failure("certificates", "missing.pem", "PEM");
}
