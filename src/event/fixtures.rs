//! The documented sample deliveries, as a server could send them.

/// documented: the newest webhooks page (sample of 2026-03-06), pretty-printed as on that page.
pub(super) const NESTED: &str = r#"{
  "id": "evt_ticket_created_1774583010044_abc12345",
  "type": "ticket.created",
  "created_at": "2026-03-06T14:30:00Z",
  "team_id": "550e8400-e29b-41d4-a716-446655440000",
  "data": {
    "ticket": {
      "id": "25990cb8-cbbf-4671-a973-672cde1cf42d",
      "title": "Cannot log in to my account",
      "status": "new",
      "priority": "high",
      "customer_id": "cd17b730-387d-424e-a50b-eb4a44e543af",
      "customer_name": "Jane Doe",
      "created_at": "2026-03-06T14:30:00Z",
      "dashboard_url": "https://www.cstar.help/team/my-team/tickets?selected=25990cb8-..."
    },
    "customer": {
      "id": "cd17b730-387d-424e-a50b-eb4a44e543af",
      "name": "Jane Doe",
      "email": "jane@example.com"
    }
  }
}"#;

/// documented: the overview page of 2025-12, without a customer.
pub(super) const TICKET_ONLY: &str = r#"{
"id": "evt_abc123def456",
"type": "ticket.created",
"created_at": "2025-12-14T10:30:00Z",
"team_id": "ffce2c0d-a0c8-4285-a55f-c674f191feb0",
"data": {
"ticket": {
"id": "tkt_123",
"title": "Need help with billing",
"priority": "high",
"status": "new"
}
}
}"#;

/// documented: the oldest shape (2025-12), with the ticket as `data`. ours: the values.
pub(super) const UNNESTED: &str = concat!(
    r#"{"id":"evt_abc123","type":"ticket.created","created_at":"2025-12-10T14:30:00Z","team_id":"t","#,
    r#""data":{"id":"tkt_9","title":"Late parcel","status":"new","customer":{"id":"cus_1"}}}"#
);
