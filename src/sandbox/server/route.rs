//! One route: a method on a path, its handler, and its description.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::sandbox::openapi::operation::Operation;
use crate::sandbox::state::Shared;

/// A method on a path, its handler, and its description.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// As axum and OpenAPI both write it: `/api/v1/teams/{team}/tickets/{id}`.
    pub(crate) path: String,
    pub(crate) handler: MethodRouter<Shared>,
    pub(crate) operation: Operation,
}

impl Route {
    /// `GET`, and with it `HEAD`.
    pub(crate) fn get<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::GET, path.as_ref().to_owned(), on(MethodFilter::GET, handler), operation)
    }

    /// `POST`.
    pub(crate) fn post<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::POST, path.as_ref().to_owned(), on(MethodFilter::POST, handler), operation)
    }

    /// `PATCH`.
    pub(crate) fn patch<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::PATCH, path.as_ref().to_owned(), on(MethodFilter::PATCH, handler), operation)
    }

    /// `DELETE`.
    pub(crate) fn delete<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::DELETE, path.as_ref().to_owned(), on(MethodFilter::DELETE, handler), operation)
    }

    fn new(method: Method, path: String, handler: MethodRouter<Shared>, operation: Operation) -> Self {
        Self { method, path, handler, operation }
    }
}

pub(crate) fn in_team(path: &str) -> String {
    format!("/api/v1/teams/{{team}}/{path}")
}
