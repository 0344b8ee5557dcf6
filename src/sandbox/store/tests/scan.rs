//! Lists of the index agree with a full scan.

use super::*;

/// Objects with a color, a size, one or two tags and a text.
type Model = Vec<(i64, Index)>;

fn drawn(rng: &mut crate::sandbox::rng::SeededRng) -> Index {
    let words = ["a", "b", "\"", "%", " ", "é", "ß", "\0", "日本", "*", "ab", "\n"];
    let text: String = (0..rng.below(9)).map(|_| rng.pick(&words)).collect();
    let tag = |text: &str| ("tag", Sql::Text(text.to_owned()));
    let mut index = index(rng.pick(&["red", "red", "red", "blue"]), rng.below(3).cast_signed(), &text);
    index.multi_values = vec![tag(rng.pick(&["x", "y"])), tag(rng.pick(&["y", "z"]))];
    index
}

/// The result of a full scan.
fn scanned(model: &Model, selection: &Selection) -> (Vec<i64>, u64) {
    let rank = |index: &Index| match index.sort_keys[0].1 {
        Sql::Integer(size) => size,
        _ => 0,
    };
    let mut found: Vec<(i64, i64)> = model
        .iter()
        .filter(|(_, index)| selection.filter_values.iter().all(|facet| index.filter_values.contains(facet)))
        .filter(|(_, index)| selection.multi_values.iter().all(|facet| index.multi_values.contains(facet)))
        .filter(|(_, index)| selection.search.as_ref().is_none_or(|text| index.search.contains(text)))
        .map(|(seq, index)| (rank(index), *seq))
        .collect();
    match selection.order {
        Order::Oldest => found.sort_by_key(|(_, seq)| *seq),
        Order::Newest => found.sort_by_key(|(_, seq)| -seq),
        Order::Rising(_) => found.sort_unstable(),
        Order::Falling(_) => found.sort_unstable_by(|a, b| b.cmp(a)),
    }
    let total = found.len() as u64;
    let page = found.into_iter().skip(selection.offset as usize).take(selection.limit as usize);
    (page.map(|(_, seq)| seq).collect(), total)
}

#[test]
fn lists_match_a_full_scan() {
    let store = Store::in_memory(10).unwrap();
    let (mut rng, mut model) = (crate::sandbox::rng::SeededRng::new(7), Model::new());
    write(&store, |change| {
        // another kind with texts in the same index
        let uuid = change.uuid();
        change.insert("other", uuid, None, Body::new(), &index("red", 1, "abab")).map(drop)
    })
    .unwrap();
    for round in 0..400 {
        write(&store, |change| {
            for _ in 0..if round == 0 { 1_500 } else { 1 } {
                let (uuid, index) = (change.uuid(), drawn(&mut rng));
                model.push((change.insert(KIND, uuid, None, Body::new(), &index)?.seq, index));
            }
            let at = rng.below(model.len() as u64) as usize;
            let object = |seq| Object { seq, uuid: Uuid::from_bytes([0; 16]), body: Body::new() };
            if rng.percent(50) {
                let (seq, old) = model.remove(at);
                return change.delete(KIND, &object(seq), &old);
            }
            let (seq, old) = &mut model[at];
            let new = drawn(&mut rng);
            change.update(KIND, &object(*seq), old, &new)?;
            *old = new;
            Ok(())
        })
        .unwrap();
        // short terms: first with none of the texts counted, then with some, then with all
        if round == 100 || round == 200 {
            while store.count_letters().unwrap() && round == 200 {}
        }
        let text = |name, text: &str| (name, Sql::Text(text.to_owned()));
        let orders = [Order::Newest, Order::Oldest, Order::Rising("size"), Order::Falling("size")];
        let mut selection = Selection {
            search: rng.percent(60).then(|| drawn(&mut rng).search).filter(|text| !text.is_empty()),
            offset: rng.below(1_600),
            ..Selection::first(KIND, orders[rng.below(4) as usize], 1 + rng.below(30))
        };
        if rng.percent(40) {
            selection.filter_values.push(("size", Sql::Integer(rng.below(3).cast_signed())));
        }
        if rng.percent(40) {
            selection.filter_values.push(text("color", rng.pick(&["red", "blue", "green"])));
        }
        if rng.percent(40) {
            selection.multi_values.push(text("tag", rng.pick(&["x", "y", "z"])));
        }
        if let Some(text) = selection.search.as_mut().filter(|_| rng.percent(70)) {
            *text = text.chars().take(1 + rng.below(4) as usize).collect();
        }
        for offset in [selection.offset, selection.offset / 40, 0] {
            selection.offset = offset;
            let found: Result<_, rusqlite::Error> =
                store.read(Environment::Test, |tables| tables.select(&selection));
            let (objects, total) = found.unwrap();
            let seqs: Vec<i64> = objects.iter().map(|object| object.seq).collect();
            assert_eq!((seqs, total), scanned(&model, &selection), "{selection:?}");
        }
    }
}
