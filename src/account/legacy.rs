//! Finds the key of an older tool in `~/.cstar/config.json` (the path is documented, the format is not).

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::ApiKey;
use crate::Secret;
use crate::host::env::{Env, names};
use crate::host::{dirs, permissions, private_fs};

/// Below the home directory.
const PATH: [&str; 2] = [".cstar", "config.json"];
/// Possible names of the member with the key.
const MEMBERS: [&str; 4] = ["apiKey", "api_key", "key", "token"];
const LARGEST: u64 = 64 * 1024;

/// A key of the older tool.
#[derive(Clone, Debug)]
pub(crate) struct LegacyKey {
    pub(crate) key: ApiKey,
    /// The file, which is never changed.
    pub(crate) path: PathBuf,
}

impl LegacyKey {
    /// Looks for a key; not with `CSTAR_HOME`, because the home directory must not be used then.
    pub(crate) fn find(env: &Env) -> Option<Self> {
        if env.get(names::HOME).is_some() {
            return None;
        }
        let path = PATH.iter().fold(dirs::home(env)?.to_owned(), |path, part| path.join(part));
        let (file, access) = permissions::open_followed(&path).ok()?;
        let text = private_fs::read_text(file, LARGEST)
            .ok()
            .filter(|_| access.is_regular_file && access.is_trusted_owner)?;
        let Ok(Value::Object(top)) = serde_json::from_str(&text) else { return None };
        let nested = top.values().filter_map(Value::as_object);
        let key = std::iter::once(&top).chain(nested).find_map(key_in)?;
        Some(Self { key, path })
    }
}

fn key_in(object: &Map<String, Value>) -> Option<ApiKey> {
    let texts = MEMBERS.iter().filter_map(|member| object.get(*member)?.as_str());
    texts.map(|text| ApiKey::parse(Secret::new(text))).find_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn found(text: &str) -> Option<String> {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".cstar")).unwrap();
        fs::write(home.path().join(".cstar").join("config.json"), text).unwrap();
        let env = Env::default().at(home.path(), home.path());
        LegacyKey::find(&env).map(|found| found.key.secret().expose().to_owned())
    }

    #[test]
    fn key_is_found_up_to_one_level_deep() {
        for text in [
            r#"{"apiKey": "sk_test_a"}"#,
            r#"{"version": 1, "key": "no", "token": "sk_test_a"}"#,
            r#"{"auth": {"api_key": "sk_test_a"}, "key": "no"}"#,
        ] {
            assert_eq!(found(text).as_deref(), Some("sk_test_a"), "{text}");
        }
        for text in
            ["", "[]", "{", r#"{"apiKey": 1}"#, r#"{"apiKey": "x"}"#, r#"{"a": {"b": {"key": "sk_test_a"}}}"#]
        {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn no_search_with_cstar_home() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".cstar")).unwrap();
        fs::write(home.path().join(".cstar").join("config.json"), r#"{"key": "sk_test_a"}"#).unwrap();
        let env = Env::from([("CSTAR_HOME", "/x")]).at(home.path(), home.path());
        assert!(LegacyKey::find(&env).is_none());
        assert!(LegacyKey::find(&Env::default()).is_none());
    }
}
