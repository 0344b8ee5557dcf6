//! One route: a method on a path, its handler, and its description.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::sandbox::http::error::ApiError;
use crate::sandbox::openapi::operation::Operation;
use crate::sandbox::state::Shared;

/// A method on a path, its handler, and its description.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// As axum and OpenAPI both write it: `/api/v1/teams/{team}/tickets/{id}`.
    pub(crate) path: String,
    pub(crate) handler: MethodRouter,
    pub(crate) operation: Operation,
}

impl Route {
    /// `GET`, and with it `HEAD`.
    pub(crate) fn get<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::GET, path.as_ref().to_owned(), of_team(MethodFilter::GET, handler), operation)
    }

    /// `POST`.
    pub(crate) fn post<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::POST, path.as_ref().to_owned(), of_team(MethodFilter::POST, handler), operation)
    }

    /// `PATCH`.
    pub(crate) fn patch<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::PATCH, path.as_ref().to_owned(), of_team(MethodFilter::PATCH, handler), operation)
    }

    /// `DELETE`.
    pub(crate) fn delete<H, T>(path: impl AsRef<str>, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::new(Method::DELETE, path.as_ref().to_owned(), of_team(MethodFilter::DELETE, handler), operation)
    }

    fn new(method: Method, path: String, handler: MethodRouter, operation: Operation) -> Self {
        Self { method, path, handler, operation }
    }
}

/// Calls a handler, of whatever type, with the state of a team.
type TeamHandler = dyn Fn(Request, Shared) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync;

/// Serves a handler with the state that the request carries: one router serves all teams.
fn of_team<H, T>(method: MethodFilter, handler: H) -> MethodRouter
where
    H: Handler<T, Shared>,
    T: 'static,
{
    let handler: Arc<TeamHandler> =
        Arc::new(move |request, state| Box::pin(handler.clone().call(request, state)));
    erased(method, handler)
}

fn erased(method: MethodFilter, handler: Arc<TeamHandler>) -> MethodRouter {
    on(method, async move |mut request: Request| match request.extensions_mut().remove::<Shared>() {
        Some(state) => handler(request, state).await,
        None => ApiError::internal().into_response(),
    })
}

pub(crate) fn in_team(path: &str) -> String {
    format!("/api/v1/teams/{{team}}/{path}")
}
