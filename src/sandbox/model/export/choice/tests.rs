//! Which objects an export has.

use super::*;
use crate::host::clock::Clock;
use crate::sandbox::caller::Environment;
use crate::sandbox::model::operations;
use crate::sandbox::model::tickets::TICKETS;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::settings::Settings;
use crate::sandbox::state::State;
use serde_json::json;

#[test]
fn rows_beyond_the_limit_are_left_out() {
    let store = State::new(Settings::default(), 80).store;
    let written = store.write(Environment::Test, &RequestMeta::new(&Clock::System), |change| {
        for title in ["A", "B", "C", "D"] {
            let members = json!({ "title": title }).as_object().cloned().unwrap();
            operations::create(change, &TICKETS, None, input::creation(&TICKETS, members)?)?;
        }
        Ok::<_, ApiError>(())
    });
    written.unwrap();
    let body = json!({"resources": [{"type": "tickets", "filters": {"search": "a"}}, {"type": "tickets"}]});
    let body = input::creation(&EXPORT, body.as_object().cloned().unwrap()).unwrap().body;
    for (most, rows, more) in [(1, 1, true), (3, 3, true), (4, 4, false)] {
        let chosen = store.read(Environment::Test, |tables| chosen(tables, selections(&body)?, most));
        let (parts, has_more) = chosen.unwrap();
        assert_eq!((parts.len(), parts[0].seqs.len(), has_more), (1, rows, more), "{most}");
    }
}
