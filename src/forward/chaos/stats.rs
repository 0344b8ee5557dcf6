//! Counts what chaos did, and what it showed about the targets.

use super::Chaos;
use super::marks::{ChaosKind, ChaosMarks};
use crate::forward::summary::{ChaosFinding, ChaosSummary};

#[derive(Debug)]
pub(in crate::forward) struct ChaosStats {
    seed: Option<u64>,
    attempts: [u64; ChaosKind::ALL.len()],
    findings: Vec<ChaosFinding>,
}

impl ChaosStats {
    pub(in crate::forward) fn new(chaos: Option<&Chaos>) -> Self {
        let seed = chaos.map(|chaos| chaos.seed);
        Self { seed, attempts: [0; ChaosKind::ALL.len()], findings: Vec::new() }
    }

    pub(in crate::forward) fn attempted(&mut self, marks: ChaosMarks) {
        for kind in marks.kinds() {
            if let Some(count) = self.attempts.get_mut(kind as usize) {
                *count += 1;
            }
        }
    }

    /// A target answered an attempt of this kind as it must not.
    pub(in crate::forward) fn found(&mut self, kind: ChaosKind, id: &str) {
        let kind = kind.name();
        match self.findings.iter_mut().find(|finding| finding.kind == kind) {
            Some(finding) => finding.attempts += 1,
            None => self.findings.push(ChaosFinding { kind, attempts: 1, first: id.to_owned() }),
        }
    }

    pub(in crate::forward) fn summary(&self) -> Option<ChaosSummary> {
        let attempts = ChaosKind::ALL.into_iter().zip(self.attempts).filter(|(_, count)| *count > 0);
        Some(ChaosSummary {
            seed: self.seed?,
            attempts: attempts.map(|(kind, count)| (kind.name(), count)).collect(),
            findings: self.findings.clone(),
        })
    }
}
