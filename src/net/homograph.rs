//! Detects host names that look like cStar's but are not, from phishing or typing mistakes.

/// The domain of cStar (documented); everything below it is cStar's too.
const DOMAIN: &str = "cstar.help";

/// Whether `host`, in lower case and ASCII, is not cStar but looks like it. Hosts with unrelated names, such as the
/// user's own proxy, do not.
pub(crate) fn resembles_cstar(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let ours = host.strip_suffix(DOMAIN).is_some_and(|below| below.is_empty() || below.ends_with('.'));
    if ours {
        return false;
    }
    let (shown, _) = idna::domain_to_unicode(host);
    let read: String = shown.chars().flat_map(char::to_lowercase).map(confusable_base).collect();
    let letters: String = read.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.contains(&DOMAIN.replace('.', "").chars().map(confusable_base).collect::<String>())
        || is_typo(&read)
}

/// The Unicode form of a name, if it differs from the ASCII form (`xn--…`).
pub(crate) fn unicode_name(host: &str) -> Option<String> {
    let (shown, _) = idna::domain_to_unicode(host);
    (shown != host).then_some(shown)
}

/// Whether the name is one typing mistake away from cStar's domain.
fn is_typo(read: &str) -> bool {
    let mut labels = read.rsplit('.');
    let (Some(top), Some(second)) = (labels.next(), labels.next()) else { return false };
    let domain: String = DOMAIN.chars().map(confusable_base).collect();
    strsim::osa_distance(&format!("{second}.{top}"), &domain) <= 1
}

/// The Latin letter that `c` looks like. Letters that are easily confused (i, l, 1) have the same one.
fn confusable_base(c: char) -> char {
    match c {
        'i' | '1' | '|' | 'ı' | 'í' | 'ì' | 'ï' | 'ĺ' | 'ľ' | 'ļ' | 'ł' | 'ι' | 'і' | 'ї' | 'ӏ' | 'ⅼ' => {
            'l'
        }
        'ç' | 'ć' | 'č' | 'ċ' | 'ĉ' | 'ϲ' | 'с' | 'ⅽ' => 'c',
        '5' | 'ś' | 'š' | 'ş' | 'ș' | 'ŝ' | 'ѕ' => 's',
        '7' | 'ţ' | 'ť' | 'ț' | 'ŧ' | 'τ' | 'т' => 't',
        '4' | 'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ɑ' | 'α' | 'а' => 'a',
        'ŕ' | 'ř' | 'ŗ' | 'г' => 'r',
        'ĥ' | 'ħ' | 'һ' | 'н' => 'h',
        '3' | 'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ε' | 'е' | 'ё' => 'e',
        'þ' | 'ρ' | 'р' => 'p',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resembles(host: &str) -> bool {
        let url = reqwest::Url::parse(&format!("https://{host}")).unwrap();
        resembles_cstar(url.host_str().unwrap())
    }

    #[test]
    fn lookalike_hosts_are_detected() {
        for host in [
            "cstar.help.evil.example",
            "www.cstar.help.evil.example",
            "cstar-help.example",
            "wwwcstar.help",
            "www-cstar.help",
            "cstarhelp.com",
            "cstar.heIp",
            "cstar.he1p",
            "c5tar.help",
            "cst4r.help",
            "сstar.help",
            "www.cstаr.help",
            "xn--star-k6d.help",
            "čstar.help",
            "cstar.hep",
            "cstra.help",
            "cstarr.help",
            "csstar.help",
            "api.cstar.hell",
            "my.cstar.help.",
        ] {
            let ours = host == "my.cstar.help.";
            assert_eq!(resembles(host), !ours, "{host}");
        }
    }

    #[test]
    fn other_hosts_are_not_suspected() {
        for host in [
            "cstar.help",
            "www.cstar.help",
            "WWW.CSTAR.HELP",
            "api.eu.cstar.help",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "10.1.2.3",
            "proxy.corp.example",
            "cstar.internal",
            "cstar-proxy.corp.example",
            "help.example",
            "münchen.example",
            "xn--mnchen-3ya.example",
            "stars.help.example",
        ] {
            assert!(!resembles(host), "{host}");
        }
    }

    #[test]
    fn names_have_a_unicode_form() {
        assert_eq!(unicode_name("xn--mnchen-3ya.example").as_deref(), Some("münchen.example"));
        assert_eq!(unicode_name("cstar-help.example"), None);
    }
}
