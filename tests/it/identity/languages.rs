//! The code in `cstar help identity`, run as printed, makes the signatures that `cstar` makes.
//!
//! It needs interpreters and compilers, so a plain `cargo test` leaves it out; `.ci/run` installs them.

use std::path::Path;
use std::process::Command;

use cstar::identity::{CustomerIdentity, sign};

use crate::support::{CommandOutput, Home};

const TOPIC: &str = include_str!("../../../src/topics/identity.md");
const KEY: &str = "sk_test_Gr\u{fc}\u{df}e";
const AT: i64 = 1_774_583_010;
/// What libraries for JSON escape in different ways.
const NAME: &str =
    "Zo\u{eb} \u{1f389} a/b \"q\" \\u2028 \\\\u000c <b>&'\u{2028}\u{2029}\u{8}\u{c}\n\r\t\u{1}\u{1b}\u{7f}";

/// The block of code for a language.
fn code(language: &str) -> String {
    let fence = format!(" {language}\n");
    let (_, rest) = TOPIC.split_once(&fence).unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

/// Runs `start` with the values for a customer with a name and for one without, both appended as JSON text.
fn agrees(home: &Home, program: &[&str]) {
    for name in [Some(NAME), Some(""), None] {
        let customer = CustomerIdentity::new("user/42", "zo\u{eb}@example.com", AT);
        let customer = name.into_iter().fold(customer, CustomerIdentity::name);
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).current_dir(home.path());
        command.env("CSTAR_IDENTITY_KEY", KEY).env("EMAIL", "zo\u{eb}@example.com").env("ID", "user/42");
        if let Some(name) = name {
            command.env("NAME", name);
        } else {
            command.env_remove("NAME");
        }
        command.env("LC_ALL", "C.UTF-8");
        let output = CommandOutput::run(&mut command).ok();
        assert_eq!(output.stdout.trim(), sign(&customer, KEY), "{program:?} {name:?}");
    }
}

fn write(home: &Home, name: &str, text: &str) {
    std::fs::write(home.path().join(name), text).unwrap();
}

#[test]
#[ignore = "needs Node: see .ci/run"]
fn identity_code_for_node_works() {
    let home = Home::new();
    let call = "const { EMAIL: email, ID: externalId, NAME: name } = process.env;
        console.log(identitySignature({ timestamp: 1774583010, name, externalId, email }));";
    write(&home, "a.js", &format!("{}\n{call}\n", code("node")));
    agrees(&home, &["node", "a.js"]);
}

#[test]
#[ignore = "needs Python: see .ci/run"]
fn identity_code_for_python_works() {
    let home = Home::new();
    let call =
        "e = os.environ\nprint(identity_signature(e['EMAIL'], e['ID'], 1774583010, name=e.get('NAME')))\n";
    write(&home, "a.py", &format!("{}\n{call}", code("python")));
    agrees(&home, &["python3", "a.py"]);
}

#[test]
#[ignore = "needs Ruby: see .ci/run"]
fn identity_code_for_ruby_works() {
    let home = Home::new();
    let call = "print identity_signature(email: ENV['EMAIL'], external_id: ENV['ID'], timestamp: 1774583010, name: ENV['NAME'])";
    write(&home, "a.rb", &format!("{}\n{call}\n", code("ruby")));
    agrees(&home, &["ruby", "a.rb"]);
}

#[test]
#[ignore = "needs PHP: see .ci/run"]
fn identity_code_for_php_works() {
    let home = Home::new();
    let call = "$name = getenv('NAME');
        echo identity_signature(getenv('EMAIL'), getenv('ID'), 1774583010, $name === false ? null : $name);";
    write(&home, "a.php", &format!("{}\n{call}\n", code("php")));
    agrees(&home, &["php", "a.php"]);
}

#[test]
#[ignore = "needs Go: see .ci/run"]
fn identity_code_for_go_works() {
    let home = Home::new();
    let call = "func main() {
        c := customer{Email: os.Getenv(\"EMAIL\"), ExternalID: os.Getenv(\"ID\"), Timestamp: 1774583010}
        if name, ok := os.LookupEnv(\"NAME\"); ok {
            c.Name = &name
        }
        signature, err := identitySignature(c)
        if err != nil {
            panic(err)
        }
        os.Stdout.WriteString(signature)
    }";
    write(&home, "a.go", &format!("{}\n{call}\n", code("go")));
    let mut build = Command::new("go");
    build.args(["build", "-o", "a", "a.go"]).current_dir(home.path());
    build.env("GOCACHE", Path::new(env!("CARGO_MANIFEST_DIR")).join("target/go"));
    CommandOutput::run(build.env("GOFLAGS", "-mod=mod").env("GO111MODULE", "off")).ok();
    let program = home.path().join("a");
    agrees(&home, &[program.to_str().unwrap()]);
}

#[test]
#[ignore = "needs Java: see .ci/run"]
fn identity_code_for_java_works() {
    let home = Home::new();
    let call = "class Main {
        public static void main(String[] args) throws Exception {
            String name = System.getenv(\"NAME\");
            System.out.print(Identity.sign(System.getenv(\"EMAIL\"), System.getenv(\"ID\"), name, 1774583010L));
        }
    }";
    write(&home, "Main.java", &format!("{}\n{call}\n", code("java")));
    let mut build = Command::new("javac");
    CommandOutput::run(build.args(["-encoding", "UTF-8", "Main.java"]).current_dir(home.path())).ok();
    agrees(&home, &["java", "-Dsun.jnu.encoding=UTF-8", "Main"]);
}
