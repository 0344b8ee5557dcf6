//! Errors in a command line, or in a file that it names.

use crate::snapshots::errors::{area, check_all};
use crate::snapshots::filter::Names;
use crate::support::Home;
use crate::support::ports::closed_port;

const SYNTAX: &str = r#"
cstar lisen
cstar ''
cstar version
cstar --nope
cstar listen --forward-too 3000
cstar listen 3000
cstar events -x
cstar demo more
cstar events --quiet --verbose
cstar trigger --all ticket.created
cstar trigger
cstar events show
cstar completion
cstar completion tcsh
cstar completion zhs
cstar events --category tickets show ticket.created
cstar listen --count 1 --count 2
cstar listen --forward-to
cstar --api-key
cstar profiles lst
cstar webhooks nosuch
cstar keys nosuch
cstar sandbox seeds
cstar webhooks create
cstar webhooks rotate
cstar webhooks update
cstar keys create
cstar keys revoke
cstar history show
cstar history export
cstar help nosuch
cstar help history nosuch
cstar mcp-server --tools cstar_nosuch
cstar mcp-server --print-config emacs
cstar mcp-server --http 99999
"#;

const VALUES: &str = r#"
cstar listen --forward-to 0
cstar listen --forward-to localhost:0
cstar listen --forward-to 65536
cstar listen --forward-to 'not a target'
cstar listen --forward-to ''
cstar listen --forward-to ftp://localhost/
cstar listen --forward-to http://user:hunter2@localhost:3000/
cstar listen --route 3000
cstar listen --route 'tickt.*=3000'
cstar listen --route 'ticket.*='
cstar listen --events ticket.**
cstar listen --events ticket.created,,
cstar listen --events tickt.created
cstar listen --header hunter2
cstar listen --header 'a b: hunter2'
cstar listen --header 'Content-Length: 5'
cstar listen --secret ' '
cstar listen --timeout soon
cstar listen --timeout=-1s
cstar listen --for '1 fortnight'
cstar listen --for 99999999999999999999h
cstar listen --count 0
cstar listen --count 18446744073709551616
cstar listen --concurrency 0
cstar listen --concurrency many
cstar listen --retries=-1
cstar listen --resume --no-history
cstar listen --transport tcp
cstar sandbox --port 65536
cstar sandbox --rate-limit fast
cstar sandbox --chaos nosuch
cstar sandbox --chaos latncy=5s
cstar sandbox --chaos status=404
cstar sandbox --chaos status=503,probability=0
cstar sandbox --chaos status=503,probability=often
cstar sandbox --chaos latency=5
cstar sandbox --chaos duplicate=2
cstar sandbox --chaos cut=many
cstar sandbox --chaos cut=5,retry_after=1
cstar sandbox --chaos status=503,path=
cstar sandbox --bind nowhere
cstar sandbox --bind 0.0.0.0
cstar sandbox --bind 127.0.0.1:1 --port 1
cstar events --category ticket
cstar events show tickt.created
cstar events show sk_live_hunter2
cstar sign --secret whsec_x --at noon
cstar verify --secret whsec_x --at 9223372036854775808
cstar verify --secret whsec_x --tolerance never
cstar history --since yesterdayish
cstar history --limit 0
cstar history --status broken
cstar history --type ticket.**
cstar logs --status 999
cstar logs --status okay
cstar logs --method FETCH
cstar logs --limit 0
CSTAR_API_KEY=[KEY] cstar logs --since 1h --until 2h
cstar logs --tail --until 2h
cstar trigger ticket.created --wait-for 3s
cstar trigger ticket.created --timeout 3s
cstar webhooks update whk_1 --active maybe
cstar keys create --name x --type private
cstar keys create --name x --environment staging
"#;

const TRIGGER: &str = r#"
cstar trigger tickt.created
cstar trigger ticket.nosuch*
cstar trigger ticket.created --count 0
cstar trigger ticket.created --count 100001
cstar trigger ticket.created --data {
cstar trigger ticket.created --data [1]
cstar trigger ticket.created --data @no-such-file
cstar trigger ticket.created --data @.
cstar trigger ticket.created --data -
cstar trigger ticket.created --data @junk
cstar trigger ticket.created --data @utf16
cstar trigger ticket.created --data @empty
cstar trigger ticket.created --set data.ticket
cstar trigger ticket.created --set ticket.id=1
cstar trigger ticket.created --set data..id=1
cstar trigger ticket.created --set data.ticket.id.x=1
cstar trigger ticket.created --secret whsec_x
cstar trigger ticket.created --insecure
cstar trigger ticket.created -H 'A: hunter2'
cstar trigger ticket.created --to 3000
cstar trigger ticket.created --to http://localhost:0/x
cstar trigger ticket.created --to 3000 --wait
cstar trigger ticket.created --to http://127.0.0.1:[CLOSED]/x --secret whsec_x
"#;

const SIGNATURES: &str = r#"
cstar sign body
cstar sign --secret '' body
cstar sign --secret whsec_x no-such-file
cstar sign --secret whsec_x .
cstar verify --signature t=1,v1=0 body
cstar verify --secret whsec_x body
cstar verify --secret whsec_x --signature ' ' body
cstar verify --secret whsec_x --signature v1 body
cstar verify --secret whsec_x --signature t=1,v1=zz body
cstar verify --secret whsec_x --signature t=1700000000,v1=[DIGITS] body
cstar verify --secret whsec_x --signature t=1700000000,v1=[DIGITS] .
cstar verify --secret sk_test_hunter2 --signature t=1700000000,v1=[DIGITS] body
cstar verify --secret whk_a1b2c3d4e5f6 --signature t=1700000000,v1=[DIGITS] body
cstar verify --secret whsec_x --signature [DIGITS] body
cstar verify --secret whsec_x --signature application/json body
cstar verify --secret whsec_x --signature evt_ticket_created_1774583010044_abc12345 body
cstar verify --secret whsec_x --signature 'X-Signature: t=1700000000,v1=[DIGITS]' body
cstar verify --secret whsec_x --signature '"t=1700000000,v1=[DIGITS]"' body
cstar verify --secret whsec_x --signature t=1700000000,v1=[DIGITS],t=1700000000,v1=[DIGITS] body
cstar verify --secret whsec_x --signature v1=[DIGITS] body
cstar verify --secret whsec_x --signature t=1700000000 body
# What does match, with another key, another body or another time.
cstar verify --secret whsec_x --signature [SIGNED] body
cstar verify --secret x --signature [SIGNED] --at 1700000000 body
cstar verify --secret '"whsec_x"' --signature [SIGNED] --at 1700000000 body
cstar verify --secret 'whsec_x ' --signature [SIGNED] --at 1700000000 body
cstar verify --secret SECRET=whsec_x --signature [SIGNED] --at 1700000000 body
cstar verify --secret whsec_x --signature [SIGNED] --at 1700000000 body-with-line-feed
cstar verify --secret whsec_x --signature [SIGNED] --at 1700000000 body-formatted
cstar verify --secret whsec_x --signature [SIGNED] --at 1700000000 empty
cstar verify --secret whsec_x --signature [SIGNED] --at 1600000000 body
"#;

const ACCOUNT: &str = r#"
cstar trigger ticket.created
cstar listen
cstar listen --print-secret
cstar status
cstar keys list
cstar webhooks list
cstar logs
CSTAR_API_KEY= cstar trigger ticket.created
cstar trigger ticket.created --api-key ''
cstar trigger ticket.created --api-key hunter2
cstar trigger ticket.created --api-key sk_test_
cstar trigger ticket.created --api-key ' sk_test_hunter2'
cstar trigger ticket.created --api-key sk_test_hunter2é
cstar trigger ticket.created --api-key whsec_hunter2
CSTAR_API_KEY=whsec_hunter2 cstar trigger ticket.created
CSTAR_API_KEY=[KEY] cstar status --base-url www.cstar.help
CSTAR_API_KEY=[KEY] cstar status --base-url ''
CSTAR_API_KEY=[KEY] cstar status --base-url https://
CSTAR_API_KEY=[KEY] cstar status --base-url ftp://www.cstar.help
CSTAR_API_KEY=[KEY] cstar status --base-url http://www.cstar.help
CSTAR_API_KEY=[KEY] cstar status --base-url https://user:hunter2@www.cstar.help
CSTAR_API_KEY=[KEY] cstar status --base-url https://www.cstar.help/api/v2
CSTAR_API_KEY=[KEY] cstar status --base-url https://www.cstar.help/?a=b
CSTAR_API_KEY=[KEY] CSTAR_BASE_URL=nonsense cstar status
CSTAR_API_KEY=sk_live_hunter2hunter2hunter2 cstar status --base-url http://example.test --insecure-http-host example.test
CSTAR_API_KEY=[KEY] cstar status --insecure-http-host http://x
CSTAR_API_KEY=sk_test_sandbox0000000000000000000000000 cstar status
CSTAR_API_KEY=[KEY] cstar status --ca-cert no-such-file
CSTAR_API_KEY=[KEY] cstar status --ca-cert .
CSTAR_API_KEY=[KEY] cstar status --ca-cert empty
CSTAR_API_KEY=[KEY] cstar status --ca-cert junk
CSTAR_API_KEY=[KEY] cstar status --ca-cert broken.pem
CSTAR_API_KEY=[KEY] HTTPS_PROXY=ftp://x cstar status
CSTAR_API_KEY=[KEY] HTTPS_PROXY=http:// cstar status
cstar status --sandbox --base-url https://h.example
CSTAR_BASE_URL=https://h.example cstar status --sandbox
cstar status --profile hunter
CSTAR_PROFILE=hunter cstar status
cstar login
echo hunter2 | cstar login
cstar login --profile ../x
cstar login --store drawer
cstar profiles use x
cstar profiles remove x
cstar logout --all --profile x
cstar profiles trust
cstar profiles trust no-such-file
"#;

/// The files in this directory that the lines name.
fn files(home: &Home) {
    let pem = "-----BEGIN CERTIFICATE-----\n$hunter2$\n-----END CERTIFICATE-----\n";
    let files: [(&str, &[u8]); 7] = [
        ("junk", b"\x00\xff\x1b[31m{"),
        ("utf16", b"\xff\xfe{\0}\0\0"),
        ("empty", b""),
        ("broken.pem", pem.as_bytes()),
        ("body", br#"{"id":"evt_1","n":1}"#),
        ("body-with-line-feed", b"{\"id\":\"evt_1\",\"n\":1}\n"),
        ("body-formatted", b"{\n  \"id\": \"evt_1\",\n  \"n\": 1\n}"),
    ];
    for (name, content) in files {
        std::fs::write(home.path().join(name), content).unwrap();
    }
}

#[test]
fn wrong_command_lines_are_as_reviewed() {
    let home = Home::new();
    files(&home);
    let signed = home.run(["sign", "--secret", "whsec_x", "--at", "1700000000", "body"]).ok().stdout;
    let signed = signed.trim().trim_start_matches("X-Signature: ");
    let names = Names::default()
        .name("[CLOSED]", closed_port())
        .name("[SIGNED]", signed)
        .name("[DIGITS]", "a".repeat(64))
        .name("[KEY]", "sk_test_hunter2hunter2hunter2");
    let areas = [
        ("syntax", SYNTAX),
        ("values", VALUES),
        ("trigger", TRIGGER),
        ("signatures", SIGNATURES),
        ("account", ACCOUNT),
    ];
    let areas = areas.map(|(name, lines)| (name, area(&home, &names, lines)));
    assert!(check_all("errors", areas.into()) >= 120);
}
