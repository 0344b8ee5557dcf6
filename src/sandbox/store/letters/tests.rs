//! Counts follow the texts, and are bounded.

use super::*;
use crate::sandbox::store::words::search_base;

fn word(seq: i64, was: &str, is: &str) -> Word {
    Word { row: search_base(3) | seq, was: was.to_owned(), is: is.to_owned() }
}

fn total(letters: &Letters, term: &str) -> Option<u64> {
    letters.find(3, term).map(|found| found.total)
}

#[test]
fn sequences_count_once_for_each_text() {
    let mut letters = Letters::default();
    assert_eq!(letters.find(3, "a"), None, "nothing is counted yet");
    assert_eq!(letters.next(&[3]), Some((3, 0)));
    assert!(letters.count(3, &[(1, "banana".to_owned()), (4, "a b".to_owned())]));
    assert_eq!(letters.find(3, "a"), None, "there may be more");
    letters.follow(&[word(4, "a b", "an"), word(9, "", "later"), word(2, "", "x")]);
    assert_eq!(letters.next(&[3]), Some((3, 4)));
    assert!(letters.count(3, &[(9, "later".to_owned())]));
    assert!(!letters.count(3, &[]));
    assert_eq!(letters.next(&[3]), None);
    let totals = ["a", "an", "b", "la", "x", "q", "ab", "xyz"].map(|term| total(&letters, term));
    assert_eq!(totals, [Some(3), Some(2), Some(1), Some(1), Some(1), Some(0), Some(0), None]);
    let found = letters.find(3, "an").unwrap();
    assert_eq!((found.few, found.newest), (Some(&[1, 4][..]), 4));
    assert_eq!(letters.find(8, "a").map(|found| found.total), Some(0), "another kind");
    letters.follow(&[word(1, "banana", "")]);
    assert_eq!(["a", "an", "b"].map(|term| total(&letters, term)), [Some(2), Some(1), Some(0)]);
    letters.clear();
    letters.follow(&[word(1, "", "new")]);
    assert_eq!((total(&letters, "a"), total(&letters, "ne")), (Some(0), Some(1)));
}

#[test]
fn frequent_sequences_keep_only_a_count() {
    let mut letters = Letters::default();
    let texts: Vec<_> = (1..=300).map(|seq| (seq, "e".to_owned())).collect();
    letters.count(3, &texts);
    letters.count(3, &[]);
    let found = letters.find(3, "e").unwrap();
    assert_eq!((found.total, found.few, found.newest), (300, None, 300));
    letters.follow(&[word(300, "e", "")]);
    assert_eq!(total(&letters, "e"), Some(299));
}

#[test]
fn too_many_sequences_are_given_up() {
    let mut letters = Letters::default();
    let text: String = ('\u{4e00}'..='\u{9fff}').collect();
    assert!(!letters.count(3, &[(1, text)]));
    assert_eq!(letters.find(3, "a"), None);
    assert_eq!(letters.next(&[3]), None);
    letters.follow(&[word(2, "", "a")]);
    assert_eq!(letters.find(3, "a"), None, "the texts are read instead");
}
