//! One route: a method on a path, its handler, and its description. The same list makes the router and the OpenAPI
//! document.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, any, on};

use super::state::Shared;

/// A method on a path, its handler, and its description.
pub(super) struct Route {
    pub(super) method: Method,
    /// As axum and OpenAPI both write it: `/_inspector/events/{event}`.
    pub(super) path: &'static str,
    pub(super) handler: MethodRouter<Shared>,
    /// Whether it needs the token.
    pub(super) is_private: bool,
}

impl Route {
    pub(super) fn get<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self { method: Method::GET, path, handler: on(MethodFilter::GET, handler), is_private: true }
    }

    pub(super) fn post<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self { method: Method::POST, path, handler: on(MethodFilter::POST, handler), is_private: true }
    }

    pub(super) fn delete<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self { method: Method::DELETE, path, handler: on(MethodFilter::DELETE, handler), is_private: true }
    }

    /// With every method.
    pub(super) fn any<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self { method: Method::GET, path, handler: any(handler), is_private: true }
    }

    /// Works without the token.
    pub(super) fn open(self) -> Self {
        Self { is_private: false, ..self }
    }
}
