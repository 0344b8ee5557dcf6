//! Reads the body of a request: bounded in size, in time, and in memory over all requests.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::refusal::Refusal;

/// The largest body. The default limit of nginx is the same.
pub(super) const MAX_BODY: usize = 1024 * 1024;
/// For a whole body. cStar waits as long for the whole answer (documented).
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The bodies being read, in bytes, and bytes per permit.
const BUDGET: usize = 64 * 1024 * 1024;
const UNIT: usize = 1024;
/// What is read of a body that is too large, so that the client reads the answer.
const MAX_DISCARDED: usize = 4 * 1024 * 1024;
const DISCARD_TIMEOUT: Duration = Duration::from_secs(2);

/// The memory for bodies that are being read.
#[derive(Debug)]
pub(super) struct BodyBudget(Arc<Semaphore>);

impl Default for BodyBudget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET / UNIT)))
    }
}

impl BodyBudget {
    /// Reads a body. The permit holds its memory.
    pub(super) async fn read(
        &self,
        mut body: Incoming,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Refusal> {
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        let read = async {
            match announced {
                0..=MAX_BODY => self.collect(&mut body).await,
                _ => Err(too_large()),
            }
        };
        let read = timeout(BODY_TIMEOUT, read).await.unwrap_or_else(|_| {
            let reason = format!("its body did not end within {} s", BODY_TIMEOUT.as_secs());
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, reason))
        });
        if read.as_ref().is_err_and(|refusal| refusal.status == StatusCode::PAYLOAD_TOO_LARGE) {
            let _ = timeout(DISCARD_TIMEOUT, discard(&mut body)).await;
        }
        read
    }

    /// Memory is taken as it arrives: a client that announces much and sends little holds little.
    async fn collect(&self, body: &mut Incoming) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Refusal> {
        let (mut bytes, mut held) = (BytesMut::new(), None::<OwnedSemaphorePermit>);
        while let Some(frame) = body.frame().await {
            let broken = |_| Refusal::new(StatusCode::BAD_REQUEST, "its body was cut off");
            let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
            if bytes.len() + data.len() > MAX_BODY {
                return Err(too_large());
            }
            let needed = (bytes.len() + data.len()).div_ceil(UNIT);
            let more = needed - held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let permit = Arc::clone(&self.0).try_acquire_many_owned(u32::try_from(more).unwrap_or(u32::MAX));
            let permit = permit.map_err(|_| Refusal::unavailable("too many requests at once"))?;
            match &mut held {
                Some(held) => held.merge(permit),
                None => held = Some(permit),
            }
            bytes.extend_from_slice(&data);
        }
        Ok((bytes.freeze(), held))
    }
}

fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("its body has more than {MAX_BODY} bytes"))
}

async fn discard(body: &mut Incoming) {
    let mut discarded = 0;
    while let Some(Ok(frame)) = body.frame().await {
        discarded += frame.data_ref().map_or(0, Bytes::len);
        if discarded > MAX_DISCARDED {
            return;
        }
    }
}
