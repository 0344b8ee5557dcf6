//! Fault decisions: repeatable, limited, and only on matching paths.

use std::sync::Arc;

use super::*;

fn faults(rules: &[&str], seed: u64) -> Faults {
    Faults::new(rules.iter().map(|rule| Rule::parse(rule).unwrap()).collect(), seed)
}

/// The indexes of the refused requests.
fn refused(faults: &Faults, path: &str, requests: usize) -> Vec<usize> {
    let refused = |_| faults.refusal(&faults.register(&Method::GET, path)).is_some();
    (0..requests).filter(|number| refused(*number)).collect()
}

#[test]
fn faults_depend_on_seed_and_requests() {
    let rules = ["status=503,probability=30%"];
    let first = refused(&faults(&rules, 7), "/a", 200);
    assert!((30..90).contains(&first.len()), "{}", first.len());
    assert_eq!(refused(&faults(&rules, 7), "/a", 200), first);
    assert_ne!(refused(&faults(&rules, 8), "/a", 200), first);
}

#[test]
fn other_requests_do_not_change_faults() {
    let rules = ["status=503,probability=30%"];
    let alone = refused(&faults(&rules, 7), "/a", 50);
    let busy = faults(&rules, 7);
    let between: Vec<usize> = (0..50)
        .filter(|_| {
            refused(&busy, "/b", 3);
            !refused(&busy, "/a", 1).is_empty()
        })
        .collect();
    assert_eq!(between, alone);
}

#[test]
fn fault_respects_its_path_and_count() {
    let faults = faults(&["status=429,path=webhooks/*,count=2"], 1);
    assert!(refused(&faults, "/api/v1/auth/whoami", 5).is_empty());
    assert_eq!(refused(&faults, "/api/v1/teams/t/webhooks/x", 5), [0, 1]);
    assert_eq!(faults.list().1[0].hits, 2);
}

#[test]
fn fault_errors_are_the_documented_ones() {
    for (rule, status, code, wait) in [
        ("status=429,retry_after=3", 429, "rate_limit_exceeded", Some(3)),
        ("status=500", 500, "internal_error", None),
        ("status=503", 503, "service_unavailable", Some(1)),
    ] {
        let faults = faults(&[rule], 1);
        let (error, id) = faults.refusal(&faults.register(&Method::GET, "/a")).unwrap();
        assert_eq!((error.status.as_u16(), error.code, error.retry_after), (status, code, wait));
        assert_eq!(id, "flt_1");
    }
}

#[test]
fn latency_has_its_jitter_and_clocks_add_up() {
    let faults = faults(&["latency=100ms,jitter=50ms", "skew=-10m", "skew=1m"], 5);
    let times: Vec<u128> =
        (0..50).map(|_| faults.effects(&faults.register(&Method::GET, "/a")).latency.as_millis()).collect();
    assert!(times.iter().all(|millis| (100..150).contains(millis)), "{times:?}");
    assert!(times.iter().any(|millis| *millis != times[0]), "{times:?}");
    let effects = faults.effects(&faults.register(&Method::GET, "/a"));
    assert_eq!((effects.skew, effects.faults.len()), (-540, 3));
}

/// The effects on each event of a stream, until it is cut.
fn stream(faults: &Arc<Faults>, events: u32) -> Vec<StreamEffects> {
    let fault_request = faults.register(&Method::GET, "/listen");
    let mut stream = StreamFaults::new(Arc::clone(faults), fault_request);
    let mut fates = vec![stream.after_session()];
    while !fates.last().unwrap().cut && fates.len() <= events as usize {
        fates.push(stream.after_event());
    }
    fates
}

#[test]
fn stream_is_cut_after_a_count() {
    let faults = Arc::new(faults(&["cut=3"], 1));
    for _ in 0..3 {
        let fates = stream(&faults, 10);
        assert_eq!(fates.len(), 4);
        assert_eq!(fates[3], StreamEffects { duplicate: false, cut: true });
    }
    let at_once = Arc::new(self::faults(&["cut=0,count=1"], 1));
    assert_eq!((stream(&at_once, 5).len(), stream(&at_once, 5).len()), (1, 6));
}

#[test]
fn stream_faults_repeat_with_the_same_seed() {
    let rules = ["cut,probability=10%", "duplicate,probability=50%"];
    let run = |seed| {
        let faults = Arc::new(faults(&rules, seed));
        (0..20).flat_map(|_| stream(&faults, 50)).collect::<Vec<_>>()
    };
    let first = run(3);
    assert!(first.iter().any(|effects| effects.cut) && first.iter().any(|effects| effects.duplicate));
    assert!(first.iter().any(|effects| !effects.duplicate));
    assert_eq!(run(3), first);
    assert_ne!(run(4), first);
}

#[test]
fn later_faults_apply_to_open_streams() {
    let faults = Arc::new(faults(&[], 1));
    let mut stream = StreamFaults::new(Arc::clone(&faults), faults.register(&Method::GET, "/listen"));
    for _ in 0..5 {
        assert_eq!(stream.after_event(), StreamEffects::default());
    }
    assert!(faults.add(vec![Rule::parse("cut=2").unwrap()], None));
    assert!(stream.after_event().cut);
}

#[test]
fn removed_faults_restart_the_ids() {
    let faults = faults(&["status=500", "duplicate"], 1);
    assert!(faults.remove(Some("flt_1")) && !faults.remove(Some("flt_1")));
    assert!(refused(&faults, "/a", 3).is_empty());
    assert!(faults.add(vec![Rule::parse("cut").unwrap()], Some(9)));
    let (seed, rules) = faults.list();
    assert_eq!((seed, rules[1].id()), (9, "flt_3".to_owned()));
    assert!(faults.remove(None) && !faults.remove(None));
    faults.add(vec![Rule::parse("cut").unwrap()], None);
    assert_eq!(faults.list().1[0].id(), "flt_1");
    assert!(
        !faults.add(vec![Rule::parse("cut").unwrap(); MAX_RULES], None),
        "the number of faults is limited"
    );
}
