//! The texts around `--help` that every command shares; the man pages carry them too.

use super::TOPICS;

/// What each exit code means (the codes themselves are in `output::Exit`).
pub(crate) const EXIT_CODES: &str =
    "  0    success; also a stream that Ctrl-C or a signal ended, and a closed pipe
  1    negative result: a delivery failed, a signature does not match
  2    usage: the command line, or a file it names, is wrong
  3    cStar or the local server cannot be reached
  4    no API key, or the key was refused
  70   a defect of cstar itself
  130  interrupted before the work was done";

/// Every environment variable that is read.
pub(crate) const ENVIRONMENT: &str = "  CSTAR_API_KEY         API key, unless --api-key is given
  CSTAR_API_VERSION     API version of cstar api, unless --api-version is given
  CSTAR_BASE_URL        API base URL, unless --base-url is given
  CSTAR_INSECURE_HTTP_HOSTS
                        hosts that get a test key over plain http too
  CSTAR_PROFILE         profile whose key is used, unless --profile is given
  CSTAR_SANDBOX         1, or the base URL of a sandbox: as --sandbox
  CSTAR_WEBHOOK_SECRET  signing secret, unless --secret is given
  CSTAR_IDENTITY_KEY    key of the chat widget, for identity
  CSTAR_HOME            directory for configuration and state
  NO_COLOR, CLICOLOR_FORCE, HTTPS_PROXY, ALL_PROXY, NO_PROXY as usual";

/// The end of `cstar -h`.
pub(crate) const FIRST_STEP: &str = "Try it without an account:\n  cstar demo";

/// The end of `cstar --help`.
pub(crate) fn long() -> String {
    let topics = topics();
    format!(
        "{FIRST_STEP}\n\nTopics, shown by `cstar help TOPIC`:\n{topics}\nExit codes:\n{EXIT_CODES}\n\nEnvironment:\n{ENVIRONMENT}"
    )
}

/// The end of `cstar help --help`.
pub(crate) fn topics_and_examples() -> String {
    let examples = "cstar help listen\n  cstar help history show\n  cstar help exit-codes";
    format!("Examples:\n  {examples}\n\nTopics:\n{}", topics().trim_end())
}

/// One line per topic.
fn topics() -> String {
    TOPICS.iter().map(|topic| format!("  {:12} {}\n", topic.name, topic.title())).collect()
}
