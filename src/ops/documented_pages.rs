//! The pages of cStar that are documented: their names here and their addresses.

use reqwest::Url;

// All of these addresses are documented: cStar's pages link to them or were read there.
pub(crate) const PAGES: [(&str, &str); 6] = [
    ("docs", "https://www.cstar.help/developers/api-reference"),
    ("webhooks", "https://www.cstar.help/developers/webhooks"),
    ("errors", "https://cstar.help/developers/errors"),
    ("sdk", "https://cstar.help/developers/sdk/js"),
    ("cheatsheet", "https://cstar.help/developers/cheatsheets"),
    ("cheatsheets", "https://cstar.help/developers/cheatsheets"),
];
// documented: the list of cheat sheets
pub(crate) const CHEAT_SHEETS: [&str; 5] = ["js", "react", "svelte", "cli", "webhooks"];
/// The domain of every documented address.
pub(crate) const DOMAIN: &str = "cstar.help";

/// The address in its normal form if it is one of cStar.
pub(crate) fn checked(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let is_ours = host == DOMAIN || host.strip_suffix(DOMAIN).is_some_and(|rest| rest.ends_with('.'));
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    (url.scheme() == "https" && is_ours && plain).then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_cstar_are_opened() {
        let good = "https://www.cstar.help/team/my-team/tickets?selected=25990cb8";
        assert_eq!(checked(good).as_deref(), Some(good));
        assert!(checked("https://cstar.help/x").is_some());
        for bad in [
            "http://www.cstar.help/x",
            "https://cstar.help.example.com/",
            "https://notcstar.help/",
            "https://user@cstar.help/",
            "https://cstar.help:8443/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "--help",
            "",
        ] {
            assert_eq!(checked(bad), None, "{bad}");
        }
    }
}
