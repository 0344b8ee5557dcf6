//! The members of `data` that pages of cStar show. Everything else in a template is modelled.

/// The documented members of one event type: paths in `data`.
pub(super) struct Documented {
    pub(super) event_type: &'static str,
    /// In every sample of the present generation.
    pub(super) always: &'static [&'static str],
    /// In some of them.
    pub(super) sometimes: &'static [&'static str],
}

/// documented: the samples of 2026. Those of 2025 have another signature and other names, and are left out.
pub(super) const DOCUMENTED: [Documented; 3] = [
    Documented {
        event_type: "ticket.created",
        always: &[
            "ticket",
            "ticket.id",
            "ticket.title",
            "ticket.status",
            "ticket.priority",
            "ticket.customer_id",
            "ticket.created_at",
            "customer",
            "customer.id",
            "customer.name",
            "customer.email",
        ],
        sometimes: &["ticket.prefixed_id", "ticket.channel", "ticket.customer_name", "ticket.dashboard_url"],
    },
    // The rest of the ticket is cut in the sample.
    Documented {
        event_type: "ticket.updated",
        always: &["ticket", "ticket.id", "ticket.prefixed_id", "changes", "changes.from", "changes.to"],
        sometimes: &[],
    },
    // The sample is of 2025; only what its shape shares with the later ones.
    Documented { event_type: "ticket.closed", always: &["ticket", "ticket.id"], sometimes: &["resolution"] },
];

pub(super) fn find(event_type: &str) -> Option<&'static Documented> {
    DOCUMENTED.iter().find(|documented| documented.event_type == event_type)
}
