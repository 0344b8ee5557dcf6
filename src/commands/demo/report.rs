//! The output of the demo: lines for people, or one JSON object per line.

use std::io;

use reqwest::Url;
use serde_json::{Value, json};

use super::receiver::Receipt;
use crate::commands::Context;
use crate::forward::Activity;
use crate::output::sanitize::escape;
use crate::output::{Failure, Output, json, style};

#[derive(Debug)]
pub(super) struct Report {
    verified: usize,
    delivered: usize,
}

impl Report {
    /// Introduces the three parts.
    pub(super) fn begin(context: &mut Context, sandbox: &str, receiver: &Url) -> Result<Self, Failure> {
        let started = json!({"type": "started", "sandbox": sandbox, "receiver": receiver.as_str()});
        context.output.show_line(&started, |out| {
            out.text(&style::strong("cStar on your machine: no account, no tunnel, no network"))?;
            out.data("")?;
            out.text(&format!("  sandbox   {}  {}", style::name(sandbox), style::dim("a local cStar")))?;
            out.text(&format!(
                "  receiver  {}  {}",
                style::name(receiver.as_str()),
                style::dim("your server; verifies every signature")
            ))
        })?;
        Ok(Self { verified: 0, delivered: 0 })
    }

    /// The stream is open.
    pub(super) fn connected(&self, context: &mut Context) -> Result<(), Failure> {
        context.output.show_line(&json!({"type": "connected"}), |out| {
            let what = style::dim("holds the event stream, signs each event, delivers it");
            out.text(&format!("  listen    {what}"))?;
            out.data("")?;
            out.text(&style::dim("Firing one event of each category:"))
        })
    }

    /// One event: its delivery as the engine reports it, and its signature as the receiver verified it.
    pub(super) fn event(
        &mut self,
        context: &mut Context,
        fired: Option<&str>,
        receipt: &Receipt,
        activity: &Activity,
    ) -> Result<(), Failure> {
        let (Activity::Delivered { attempt, .. } | Activity::Failed { attempt, .. }) = activity else {
            return Ok(());
        };
        let (id, kind, status, took) =
            (&attempt.event.id, &attempt.event.event_type, attempt.status, attempt.duration_ms);
        let same = fired.is_none_or(|fired| fired == id);
        let verdict = match &receipt.verified {
            Ok(event) if event.id() == id && same && receipt.alias_matches => Ok(()),
            Ok(_) => Err("another event than the one that was fired".to_owned()),
            Err(reason) => Err(reason.clone()),
        };
        self.verified += usize::from(verdict.is_ok());
        self.delivered += usize::from(matches!(activity, Activity::Delivered { .. }));
        let line = json!({"type": "event", "id": id, "event": kind, "status": status, "duration_ms": took,
            "verified": verdict.is_ok(), "reason": verdict.as_ref().err()});
        context.output.show_line(&line, |out| {
            let status = style::attempt_status(status);
            let said = match verdict {
                Ok(()) => style::good("signature verified"),
                Err(reason) => style::bad(&escape(&reason)),
            };
            let kind = style::name(&format!("{:28}", escape(kind)));
            out.text(&format!("  {status}  {kind}  {said}  {}", style::dim(&format!("{took} ms"))))
        })
    }

    /// The first request as it arrived.
    pub(super) fn request(&self, context: &mut Context, receipt: &Receipt) -> Result<(), Failure> {
        let body: Value = serde_json::from_slice(&receipt.body).unwrap_or_default();
        let mut headers: Vec<(&str, &str)> = receipt
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("(not text)")))
            .collect();
        headers.sort_unstable();
        let as_map: serde_json::Map<String, Value> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let request = json!({"type": "request", "headers": as_map, "body": body});
        context.output.show_line(&request, |out| {
            out.data("")?;
            out.text(&style::dim("The first request, as the receiver got it:"))?;
            out.text(&format!("  {}", style::strong("POST /webhook HTTP/1.1")))?;
            for (name, value) in headers {
                out.text(&format!("  {}: {}", style::name(name), escape(value)))?;
            }
            out.data("")?;
            json::pretty(&body)?.lines().try_for_each(|line| out.text(&format!("  {line}")))
        })
    }

    /// A request with one character of its body changed.
    pub(super) fn forgery(&self, context: &mut Context, receipt: &Receipt) -> Result<(), Failure> {
        let reason = receipt.verified.as_ref().err();
        let forgery = json!({"type": "forgery", "rejected": reason.is_some(), "reason": reason});
        context.output.show_line(&forgery, |out| {
            out.data("")?;
            out.text(&style::dim("The same request with one character of its body changed:"))?;
            let said = match reason {
                Some(reason) => format!("{}  {}", style::warn("401"), escape(reason)),
                None => style::bad("200  the receiver was fooled"),
            };
            out.text(&format!("  {said}"))
        })
    }

    /// The totals, and whether all events were delivered and verified.
    pub(super) fn end(
        &self,
        context: &mut Context,
        receipts: &[Receipt],
        forgery: &Receipt,
    ) -> Result<(), Failure> {
        let fired = receipts.len();
        let ok = self.verified == fired && self.delivered == fired && forgery.verified.is_err();
        let sum = json!({"type": "summary", "fired": fired, "delivered": self.delivered, "verified": self.verified,
            "forgery_rejected": forgery.verified.is_err(), "ok": ok});
        context.output.show_line(&sum, |out| {
            let (delivered, verified) = (self.delivered, self.verified);
            let sum =
                format!("{fired} fired, {delivered} delivered, {verified} verified, 1 forgery rejected.");
            out.data("")?;
            if ok {
                out.text(&style::good(&sum))?;
                next_steps(out)?;
            }
            Ok(())
        })?;
        if ok { Ok(()) } else { Err(Failure::failed("not every event was delivered and verified")) }
    }
}

fn next_steps(out: &mut Output) -> io::Result<()> {
    out.data("")?;
    out.data("Now with your own server, in two terminals:")?;
    out.text(&format!(
        "  {}",
        style::name("cstar listen --sandbox --forward-to http://localhost:3000/webhook")
    ))?;
    out.text(&format!("  {}", style::name("cstar trigger ticket.created --sandbox")))
}
