//! Rules as texts and as JSON, and what is wrong with bad ones.

use super::*;

#[test]
fn faults_parse_and_print_alike() {
    for (text, written) in [
        ("latency=200ms", "latency=200ms"),
        ("latency=1.5s, jitter=100ms", "latency=1500ms,jitter=100ms"),
        ("status=503,probability=20%", "status=503,probability=0.2"),
        ("count=3,status=429,retry_after=0", "status=429,retry_after=0,count=3"),
        ("cut=5,path=webhooks/*", "cut=5,path=webhooks/*"),
        ("cut=5.0,count=4294967295", "cut=5,count=4294967295"),
        ("cut,probability=0.1", "cut,probability=0.1"),
        ("duplicate", "duplicate"),
        ("skew=-10m", "skew=-600s"),
        ("skew=+5s", "skew=5s"),
    ] {
        let rule = Rule::parse(text).unwrap();
        assert_eq!(rule.to_string(), written, "{text}");
        assert_eq!(Rule::parse(written), Ok(rule.clone()), "{text}");
        assert_eq!(Rule::from_json(&rule.to_json()), Ok(rule), "{text}");
    }
}

#[test]
fn bad_rules_name_the_problem() {
    for (bad, says) in [
        ("", "expected one of"),
        ("latencyy=1s", "'latencyy' is unknown; did you mean 'latency'?"),
        ("staus=500", "did you mean 'status'?"),
        ("status=500,proability=1%", "did you mean 'probability'?"),
        ("nonsense=1", "'nonsense' is unknown; expected one of"),
        ("latency", "'latency' must be a time"),
        ("latency=200", "with its unit"),
        ("latency=-1s", "'latency' must"),
        ("latency=25h", "up to 24h"),
        ("latency=1s,jitter=x", "'jitter' must"),
        ("status=404", "429, 500"),
        ("status=503,probability=0", "'probability' must"),
        ("status=503,probability=101%", "'probability' must"),
        ("cut=-1", "'cut' must"),
        ("duplicate=2", "takes no value"),
        ("cut=1,jitter=1s", "'jitter' does not go with 'cut'"),
        ("cut=1,duplicate", "'duplicate' does not go with 'cut'"),
        ("status=503,skew=1m", "'skew' does not go with 'status'"),
        ("STATUS=503", "'STATUS' is unknown; did you mean 'status'?"),
        ("Latency=1s,jitter=1s", "did you mean 'latency'?"),
        ("retry-after=1", "did you mean 'retry_after'?"),
        ("cut,count=x", "'count' must"),
        ("cut,count=4294967296", "'count' must be a whole number up to 4294967295"),
        ("cut=99999999999", "'cut' must"),
        ("status=503,retry_after=1.5", "'retry_after' must"),
        ("cut,path=", "'path' must"),
    ] {
        let problem = Rule::parse(bad).unwrap_err();
        assert!(problem.contains(says), "{bad}: {problem}");
    }
}
