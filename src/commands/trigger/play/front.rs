//! What prints a run of `trigger --play`: the lines of `listen` without those about a connection. It stops the run when
//! the target cannot be reached, because nothing else would end it.

use std::io;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::commands::Context;
use crate::forward::{Activity, Control, ControlCommand};
use crate::output::activity::{HumanRenderer, start_renderer};

pub(super) struct Front {
    pub(super) activity: mpsc::Sender<Activity>,
    pub(super) control: Control,
    pub(super) drawn: oneshot::Receiver<io::Result<()>>,
    /// Why the target could not be reached, if it could not.
    pub(super) unreachable: JoinHandle<Option<String>>,
}

impl Front {
    pub(super) fn start(context: &Context) -> Self {
        let human = HumanRenderer::new(false, context.global.verbose > 0);
        let (printed, drawn) = start_renderer(context.another_output(), human, None);
        let (activity, mut activities) = mpsc::channel(64);
        let is_json = context.output.is_json();
        let (commands, control) = Control::channel();
        let unreachable = tokio::spawn(async move {
            let mut unreachable = None;
            while let Some(activity) = activities.recv().await {
                match activity {
                    Activity::Connected { .. } | Activity::Connecting { .. } | Activity::Draining { .. } => {}
                    // A file is read faster than it is delivered.
                    Activity::Paused { reason: "full", .. } => {}
                    Activity::Waiting { reason, .. } => {
                        unreachable.get_or_insert(reason);
                        // It fails if the run is ending already.
                        let _ = commands.try_send(ControlCommand::Quit);
                    }
                    // The ids would fill the screen, and the error counts them.
                    Activity::Summary { at, reason, summary, .. } if !is_json => {
                        let summary = Activity::Summary {
                            at,
                            reason,
                            summary,
                            undelivered: Vec::new(),
                            expectations: None,
                        };
                        if printed.send(summary).await.is_err() {
                            break;
                        }
                    }
                    activity => {
                        if printed.send(activity).await.is_err() {
                            break;
                        }
                    }
                }
            }
            unreachable
        });
        Self { activity, control, drawn, unreachable }
    }
}
