//! The endpoint under test, and what is known about it from the first answers.

use super::result::{Answer, Class, Finding, Status};
use super::sample::Sample;
use super::sender::{Message, Sender, Signature};

#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) sender: &'a Sender,
    /// The type of ordinary events.
    pub(super) event_type: &'a str,
    /// The types that the endpoint has to accept, if they are given.
    pub(super) types: Option<&'a [&'static str]>,
    /// The answer to a valid event. `None` if no time was left for it.
    pub(super) baseline: Option<Answer>,
    /// The answer to a GET.
    pub(super) get: Option<Answer>,
    /// Requests at the same time where that does not matter.
    pub(super) concurrency: usize,
    /// The status of the answer to a wrong signature, if that check failed.
    pub(super) wrong_secret: Option<Option<u16>>,
    /// Whether the endpoint verifies something else than the bytes of the body.
    pub(super) is_body_changed: bool,
}

impl Subject<'_> {
    pub(super) fn class(&self) -> Class {
        self.baseline.as_ref().map_or(Class::Silent, Answer::class)
    }

    /// A new ordinary event.
    pub(super) fn sample(&self) -> Sample {
        Sample::new(self.event_type, self.sender.now())
    }

    /// Sends a new ordinary event.
    pub(super) async fn send(&self, signature: Signature) -> Option<Answer> {
        self.sender.send(Message::new(&self.sample(), signature)).await
    }

    /// As [`judge`], but skips what fails like `wrong-secret`, or like a valid event.
    pub(super) fn unless_same_cause(&self, answer: Option<Answer>, what: &str) -> Finding {
        let finding = judge(&answer, what);
        match answer.filter(|_| finding.status == Status::Fail) {
            Some(answer) => self.same_cause(&answer).unwrap_or(finding),
            None => finding,
        }
    }

    /// A failure that another check reports.
    pub(super) fn same_cause(&self, answer: &Answer) -> Option<Finding> {
        if self.wrong_secret == Some(answer.status()) {
            return Some(Finding::skip(format!("{}: see wrong-secret", answer.text())));
        }
        self.like_baseline(answer)
    }

    /// A failure that a valid event has as well.
    pub(super) fn like_baseline(&self, answer: &Answer) -> Option<Finding> {
        let baseline = self.baseline.as_ref()?;
        let is_like = baseline.status() == answer.status() && !baseline.is_accepted();
        is_like.then(|| Finding::skip(format!("{}, as to a valid event", answer.text())))
    }
}

/// Whether a request was refused.
fn judge(answer: &Option<Answer>, what: &str) -> Finding {
    let Some(answer) = answer else { return Finding::out_of_time() };
    let text = answer.text();
    match answer.class() {
        Class::Refused => Finding::pass(text),
        Class::Limited => Finding::limited(),
        Class::Accepted => Finding::fail(format!("{text}: accepted {what}")),
        _ => Finding::fail(format!("{text} to {what}")),
    }
}

/// The endpoint's answer to a signed copy of `sample`.
pub(super) async fn send_valid(sender: &Sender, sample: &Sample) -> Option<Answer> {
    sender.send(Message::new(sample, Signature::Valid)).await
}
