//! Saved counts of short sequences fit the texts, however the process ends.

use super::*;
use crate::sandbox::rng::SeededRng;
use crate::sandbox::store::letters::WORTH_SAVING;

const LETTERS: [&str; 7] = ["a", "b", "é", "日", "\0", " ", "%"];
const KINDS: [&str; 2] = [KIND, "other"];

/// The stored texts.
type Model = Vec<(&'static str, i64, String)>;

fn text(rng: &mut SeededRng) -> String {
    (0..rng.below(6)).map(|_| rng.pick(&LETTERS)).collect()
}

fn of(search: &str) -> Index {
    Index { search: search.to_owned(), ..Index::default() }
}

fn change_some(change: &mut Change<'_>, rng: &mut SeededRng, model: &mut Model) -> rusqlite::Result<()> {
    if rng.percent(2) {
        model.clear();
        change.clear()?;
    }
    // more words than a change keeps in memory
    let many = rng.percent(3);
    for _ in 0..if many { 1_300 } else { rng.below(4) } {
        let (kind, new, uuid) = (rng.pick(&KINDS), text(rng), change.uuid());
        let at = rng.below(model.len() as u64 + 1) as usize;
        let Some((kind, seq, old)) = model.get_mut(at).filter(|_| rng.percent(70)) else {
            let seq = change.insert(kind, uuid, None, Body::new(), &of(&new))?.seq;
            model.push((kind, seq, new));
            continue;
        };
        let object = Object { seq: *seq, uuid, body: Body::new() };
        if rng.percent(60) {
            change.update(kind, &object, &of(old), &of(&new))?;
            *old = new;
        } else {
            change.delete(kind, &object, &of(old))?;
            model.swap_remove(at);
        }
    }
    Ok(())
}

/// Compares every short term with the texts; returns how many terms had saved or counted totals.
fn check(store: &Store, model: &Model) -> usize {
    let mut known = 0;
    let pairs = LETTERS.iter().flat_map(|one| LETTERS.iter().map(move |other| format!("{one}{other}")));
    for term in pairs.chain(LETTERS.map(str::to_owned)).filter(|term| term.trim() == term && !term.is_empty())
    {
        for kind in KINDS {
            let mut seqs: Vec<i64> = model
                .iter()
                .filter(|(of, _, text)| *of == kind && text.contains(&term))
                .map(|one| one.1)
                .collect();
            seqs.sort_unstable();
            let selection =
                Selection { search: Some(term.clone()), ..Selection::first(kind, Order::Oldest, 5_000) };
            let found: Result<_, rusqlite::Error> = store.read(Environment::Test, |tables| {
                let all = tables.group(kind, "")?.map_or(0, |all| all.id);
                let totals = tables.totals.unwrap().borrow();
                known += usize::from(totals.letters.find(all, &term.replace('\0', "\u{fffd}")).is_some());
                drop(totals);
                tables.select(&selection)
            });
            let (objects, total) = found.unwrap();
            assert_eq!(total, seqs.len() as u64, "{kind} {term:?}");
            assert_eq!(objects.iter().map(|object| object.seq).collect::<Vec<_>>(), seqs, "{kind} {term:?}");
        }
    }
    known
}

fn save(store: &Store) {
    let mut inner = store.settled();
    let Inner { conn, totals, .. } = &mut *inner;
    totals.get_mut().letters.save(conn).unwrap();
}

/// The files as after `kill -9`: nothing is closed.
fn killed(home: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(home).unwrap() {
        let path = file.unwrap().path();
        std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    copy
}

fn run(seed: u64) -> usize {
    let mut rng = SeededRng::new(seed);
    let (mut home, mut model, mut known) = (tempfile::tempdir().unwrap(), Model::new(), 0);
    let mut store = Store::open(home.path(), 10).unwrap();
    let mut kept = None;
    for _ in 0..60 {
        write(&store, |change| change_some(change, &mut rng, &mut model)).unwrap();
        match rng.below(8) {
            0 => store.count_letters().map(drop).unwrap(),
            1 | 2 => while store.count_letters().unwrap() {},
            3 => kept = Some((store.snapshot().unwrap(), model.clone())),
            4 if rng.percent(30) => {
                let Some((snapshot, texts)) = &kept else { continue };
                store.restore(snapshot).unwrap();
                model.clone_from(texts);
            }
            _ => {}
        }
        if rng.percent(30) {
            save(&store);
            // and more changes, which are not saved
            write(&store, |change| change_some(change, &mut rng, &mut model)).unwrap();
        }
        if rng.percent(40) {
            if rng.percent(50) {
                let copy = killed(home.path());
                drop(store);
                home = copy;
            } else {
                drop(store);
            }
            store = Store::open(home.path(), 10).unwrap();
            known += check(&store, &model);
        }
    }
    check(&store, &model);
    known
}

#[test]
fn saved_counts_fit_after_any_end() {
    let known: usize = (1..=4).map(run).sum();
    assert!(known > 2_000, "most starts have counts: {known}");
}

#[test]
fn damaged_counts_are_made_again() {
    let home = tempfile::tempdir().unwrap();
    let damages = [
        "",
        "UPDATE letters SET counts = substr(counts, 1, 40)",
        "UPDATE letters SET until = until - 1",
        "UPDATE letters SET counts = x''",
        "UPDATE letters SET counts = CAST(x'ff' || substr(counts, 2) AS BLOB)",
    ];
    for damage in damages {
        let store = Store::open(home.path(), 10).unwrap();
        write(&store, |change| change.clear()).unwrap();
        for search in ["ab", "bc"] {
            add(&store, "red", 1, search);
        }
        while store.count_letters().unwrap() {}
        save(&store);
        store.settled().conn.execute_batch(damage).unwrap();
        drop(store);
        let store = Store::open(home.path(), 10).unwrap();
        let is_saved =
            store.settled().totals.get_mut().letters.next(&[1]).is_none_or(|(_, until)| until != 0);
        assert_eq!(is_saved, damage.is_empty(), "{damage}");
        assert_eq!(select(&store, &[], Some("b"), Order::Newest).1, 2, "{damage}");
    }
}

#[test]
fn counts_are_saved_when_it_is_worth_it() {
    let saved = |store: &Store| -> u64 {
        let conn = &store.settled().conn;
        conn.query_row("SELECT count(*) FROM letters", [], |row| row.get(0)).unwrap()
    };
    let store = Store::in_memory(10).unwrap();
    add(&store, "red", 1, "few");
    store.finish_letters().unwrap();
    assert_eq!(saved(&store), 0, "a small state is not saved");
    let wakes = store.uncounted();
    for _ in 0..WORTH_SAVING / 500 {
        write(&store, |change| {
            (0..500).try_for_each(|_| {
                let uuid = change.uuid();
                change.insert(KIND, uuid, None, Body::new(), &of("many")).map(drop)
            })
        })
        .unwrap();
    }
    assert!(wakes.has_changed().unwrap());
    store.save_letters().unwrap();
    assert_eq!(saved(&store), 1);
    let found = Selection { search: Some("ma".to_owned()), ..Selection::first(KIND, Order::Newest, 1) };
    let found: Result<_, rusqlite::Error> = store.read(Environment::Test, |tables| tables.select(&found));
    assert_eq!(found.unwrap().1, WORTH_SAVING);
    store.settled().conn.execute_batch("DELETE FROM letters").unwrap();
    store.save_letters().unwrap();
    assert_eq!(saved(&store), 0, "nothing changed since");
}
