//! Deep merge of JSON values, for changing single members of a sample payload.

use serde_json::Value;

/// Lays `over` over `base`: objects are merged member by member, anything else (arrays and `null` too)
/// replaces.
///
/// Members that `base` has keep their place, new ones follow in the order of `over`.
pub fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                match base.get_mut(&name) {
                    Some(slot) => merge(slot, value),
                    None => {
                        base.insert(name, value);
                    }
                }
            }
        }
        (slot, over) => *slot = over,
    }
}

#[cfg(test)]
mod tests;
