//! Gives a body another id without touching its other bytes.

use super::members::members;

/// The body with `id` as the value of its member `id`; `None` if it is no JSON object with one.
pub(crate) fn with_id(body: &str, id: &str) -> Option<String> {
    let mut found = None;
    let start = body.as_ptr() as usize;
    members(body, |name, value| {
        if name == b"id" {
            let text = value.get();
            // The value is a part of the body.
            found = Some((text.as_ptr() as usize - start, text.len()));
        }
    })
    .ok()?;
    let (at, len) = found?;
    let (before, rest) = body.split_at_checked(at)?;
    let (_, after) = rest.split_at_checked(len)?;
    Some(format!("{before}{}{after}", serde_json::Value::from(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_id_is_replaced() {
        let body = "{ \"a\": {\"id\": 1},\n \"id\" : \"evt_1\", \"n\": 1.10 }";
        let new = "{ \"a\": {\"id\": 1},\n \"id\" : \"evt_2\", \"n\": 1.10 }";
        assert_eq!(with_id(body, "evt_2").as_deref(), Some(new));
        assert_eq!(with_id(r#"{"id":{"x":1}}"#, "e").as_deref(), Some(r#"{"id":"e"}"#));
        for other in ["[]", "{}", "", "{\"id\":", "\"id\""] {
            assert_eq!(with_id(other, "evt_2"), None, "{other}");
        }
    }
}
