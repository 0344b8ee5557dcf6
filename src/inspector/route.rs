//! One route: a method on a path, its handler, and its description. The same list makes the router and the OpenAPI
//! document.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, any, on};
use serde_json::Value;

use super::state::Shared;

/// A method on a path, its handler, and its description.
pub(super) struct Route {
    pub(super) method: Method,
    /// As axum and OpenAPI both write it: `/_inspector/events/{event}`.
    pub(super) path: &'static str,
    pub(super) handler: MethodRouter<Shared>,
    /// Whether it needs the token.
    pub(super) is_private: bool,
    pub(super) description: Description,
}

/// What the document says of a route.
#[derive(Default)]
pub(super) struct Description {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    /// Name, type and meaning of each.
    pub(super) query: &'static [(&'static str, &'static str, &'static str)],
    /// The schema of the JSON body.
    pub(super) body: Option<Value>,
    /// Without content if it is `None`.
    pub(super) content: Option<&'static str>,
    /// The schema of the answer, for JSON.
    pub(super) answer: Option<Value>,
}

impl Route {
    fn new(method: Method, path: &'static str, handler: MethodRouter<Shared>) -> Self {
        Self { method, path, handler, is_private: true, description: Description::default() }
    }

    pub(super) fn get<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::GET, path, on(MethodFilter::GET, handler))
    }

    pub(super) fn post<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::POST, path, on(MethodFilter::POST, handler))
    }

    pub(super) fn delete<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::DELETE, path, on(MethodFilter::DELETE, handler))
    }

    /// With every method.
    pub(super) fn any<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::GET, path, any(handler))
    }

    /// Works without the token.
    pub(super) fn open(self) -> Self {
        Self { is_private: false, ..self }
    }

    /// Names and describes it.
    pub(super) fn named(mut self, id: &'static str, summary: &'static str) -> Self {
        (self.description.id, self.description.summary) = (id, summary);
        self
    }

    /// Its query parameters: name, type and meaning.
    pub(super) fn query(mut self, query: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        self.description.query = query;
        self
    }

    /// The schema of its body.
    pub(super) fn body(mut self, schema: Value) -> Self {
        self.description.body = Some(schema);
        self
    }

    /// The schema of its answer.
    pub(super) fn answers(mut self, schema: Value) -> Self {
        (self.description.content, self.description.answer) = (Some("application/json"), Some(schema));
        self
    }

    /// The type of an answer that is not JSON.
    pub(super) fn content(mut self, content: &'static str) -> Self {
        self.description.content = Some(content);
        self
    }
}
