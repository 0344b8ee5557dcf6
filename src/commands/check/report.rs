//! The whole result, as JSON and for CI systems.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::framework::Framework;
use super::result::{CheckResult, Status};
use crate::output::junit::{TestCase, TestResult, TestSuite};

#[derive(Debug)]
pub(super) struct Report {
    pub(super) url: String,
    /// A description of the signing secret.
    pub(super) secret: String,
    pub(super) started_at: Timestamp,
    pub(super) took: Duration,
    pub(super) framework: Option<Framework>,
    pub(super) results: Vec<CheckResult>,
}

impl Report {
    pub(super) fn count(&self, status: Status) -> usize {
        self.results.iter().filter(|result| result.status() == status).count()
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "url": self.url,
            "secret": self.secret,
            "framework": self.framework.map(Framework::name),
            "ok": self.count(Status::Fail) == 0,
            "passed": self.count(Status::Pass),
            "failed": self.count(Status::Fail),
            "advice": self.count(Status::Advice),
            "skipped": self.count(Status::Skip),
            "duration_ms": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "checks": self.results.iter().map(CheckResult::to_json).collect::<Vec<_>>(),
        })
    }

    /// Advice is no failure: it is shown with a test that passed.
    pub(super) fn to_junit(&self) -> TestSuite {
        TestSuite {
            name: format!("cstar check {}", self.url),
            started_at: self.started_at,
            took: self.took,
            cases: self.results.iter().map(to_case).collect(),
        }
    }
}

fn to_case(result: &CheckResult) -> TestCase {
    let finding = &result.finding;
    let advice = finding.advice.clone().unwrap_or_default();
    let (message, expected) = (finding.message.clone(), result.check.expected);
    let (result_of_test, output) = match finding.status {
        Status::Pass => (TestResult::Passed, message),
        Status::Advice => (TestResult::Passed, format!("{message}\n{advice}")),
        Status::Fail => {
            let detail = format!("{}: {message}; expected: {expected}\n{advice}", result.check.purpose);
            (TestResult::Failed { message, detail }, String::new())
        }
        Status::Skip => (TestResult::Skipped { reason: message }, String::new()),
    };
    TestCase {
        class: "cstar.check".to_owned(),
        name: result.check.name.to_owned(),
        took: result.took,
        result: result_of_test,
        output,
    }
}
