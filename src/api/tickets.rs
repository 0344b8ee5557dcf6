//! `POST /tickets` of a team (documented). `Client::list` and `Client::get` read tickets.

use reqwest::Method;
use serde_json::{Map, Value};

use super::limits::is_valid_id;
use super::{ApiError, Client, Identity};

/// The fields of a new ticket. The API has defaults for missing ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewTicket {
    pub(crate) title: String,
    /// `low`, `normal`, `high` or `urgent`.
    pub(crate) priority: Option<String>,
    /// `cus_…`; this or the name.
    pub(crate) customer_id: Option<String>,
    pub(crate) customer_name: Option<String>,
    pub(crate) tags: Vec<String>,
    /// Visible to the team only.
    pub(crate) notes: Option<String>,
    /// The customer's first message (documented by older pages only).
    pub(crate) initial_message: Option<String>,
    pub(crate) metadata: Option<Map<String, Value>>,
}

impl NewTicket {
    fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("title".to_owned(), self.title.clone().into());
        let texts = [
            ("priority", &self.priority),
            ("customerId", &self.customer_id),
            ("customerName", &self.customer_name),
            ("notes", &self.notes),
            ("initialMessage", &self.initial_message),
        ];
        for (member, text) in texts {
            body.extend(text.clone().map(|text| (member.to_owned(), text.into())));
        }
        if !self.tags.is_empty() {
            body.insert("tags".to_owned(), self.tags.clone().into());
        }
        body.extend(self.metadata.clone().map(|metadata| ("metadata".to_owned(), metadata.into())));
        Value::Object(body)
    }
}

impl Client {
    /// `POST /tickets`.
    pub(crate) async fn create_ticket(
        &self,
        identity: &Identity,
        new: &NewTicket,
    ) -> Result<Value, ApiError> {
        let path = format!("/api/v1/teams/{}/tickets", identity.team_id);
        self.send(Method::POST, &path, Some(&new.body())).await
    }

    /// `PATCH /tickets/{id}`: changes the members that are given (documented).
    pub(crate) async fn update_ticket(
        &self,
        identity: &Identity,
        id: &str,
        changes: &Value,
    ) -> Result<Value, ApiError> {
        self.send(Method::PATCH, &one(identity, id)?, Some(changes)).await
    }

    /// `POST /tickets/{id}/messages`: adds a message of an agent (documented).
    pub(crate) async fn reply_to_ticket(
        &self,
        identity: &Identity,
        id: &str,
        content: &str,
    ) -> Result<Value, ApiError> {
        let body = serde_json::json!({ "content": content, "sender": "agent" });
        self.send(Method::POST, &format!("{}/messages", one(identity, id)?), Some(&body)).await
    }
}

/// The path of one ticket.
fn one(identity: &Identity, id: &str) -> Result<String, ApiError> {
    if !is_valid_id(id) {
        return Err(ApiError::InvalidId(id.to_owned()));
    }
    Ok(format!("/api/v1/teams/{}/tickets/{id}", identity.team_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_given_fields_are_sent() {
        let bare = NewTicket { title: "A".to_owned(), ..NewTicket::default() };
        assert_eq!(bare.body(), json!({ "title": "A" }));
        let full = NewTicket {
            priority: Some("high".to_owned()),
            customer_id: Some("cus_1".to_owned()),
            tags: vec!["x".to_owned()],
            metadata: json!({ "k": 1 }).as_object().cloned(),
            ..bare
        };
        let body = json!({ "title": "A", "priority": "high", "customerId": "cus_1", "tags": ["x"], "metadata": { "k": 1 } });
        assert_eq!(full.body(), body);
    }
}
