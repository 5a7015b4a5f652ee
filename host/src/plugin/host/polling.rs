//! `polling`: a test's polling conditions.

use std::time::{Duration, Instant};

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::error::{Cause, Error};
use crate::event::{EventKind, FailureReport, SpanId, SpanKind};
use crate::limits::SPAN_NAME_BYTES;
use crate::plugin::bindings::proctor::driver::{polling, types};
use crate::plugin::state::TestState;
use crate::polling::ConditionId;
use crate::text;

/// A test's handle on a condition.
#[derive(Debug)]
pub struct HostCondition {
    id: ConditionId,
    description: String,
    /// The stretch of the log in which it is being evaluated.
    evaluation: Option<(SpanId, Instant)>,
}

type Answer = Result<Result<(), types::Error>>;

impl polling::Host for TestState {}

impl TestState {
    fn refused(&self, handle: &Resource<HostCondition>, cause: Cause) -> Result<types::Error> {
        let description = &self.table.get(handle)?.description;
        Ok(types::Error::from(Error {
            machine: None,
            action: format!("polling condition \"{description}\""),
            elapsed: Duration::ZERO,
            cause,
        }))
    }

    fn answer(&self, handle: &Resource<HostCondition>, outcome: Result<(), Cause>) -> Answer {
        Ok(match outcome {
            Ok(()) => Ok(()),
            Err(cause) => Err(self.refused(handle, cause)?),
        })
    }

    /// The stretch of the log in which a condition is evaluated ends.
    fn evaluated(&mut self, handle: &Resource<HostCondition>, failure: Option<FailureReport>) -> Result<()> {
        let condition = self.table.get_mut(handle)?;
        let name = condition.description.clone();
        if let Some((id, start)) = condition.evaluation.take() {
            self.log.remove_span(id);
            self.log.emit(EventKind::SpanFinished {
                id,
                name,
                elapsed: start.elapsed(),
                failure,
            });
        }
        Ok(())
    }
}

impl polling::HostCondition for TestState {
    async fn new(&mut self, description: String, interval: Option<u32>) -> Result<Resource<HostCondition>> {
        let id = self.polling.add(&description, interval.map(duration));
        Ok(self.table.push(HostCondition {
            id,
            description: text::clean(description.as_bytes(), SPAN_NAME_BYTES),
            evaluation: None,
        })?)
    }

    async fn number(&mut self, handle: Resource<HostCondition>) -> Result<u32> {
        Ok(self.table.get(&handle)?.id.0)
    }

    async fn enter(&mut self, handle: Resource<HostCondition>) -> Answer {
        let outcome = self.polling.enter(self.table.get(&handle)?.id);
        self.answer(&handle, outcome)
    }

    async fn exit(&mut self, handle: Resource<HostCondition>) -> Answer {
        let outcome = self.polling.exit(self.table.get(&handle)?.id);
        self.answer(&handle, outcome)
    }

    async fn begin_evaluation(&mut self, handle: Resource<HostCondition>) -> Answer {
        let id = self.table.get(&handle)?.id;
        let name = match self.polling.begin_evaluation(id) {
            Ok(description) => description,
            Err(cause) => return Ok(Err(self.refused(&handle, cause)?)),
        };
        let span = self.events.next_id();
        self.log.emit(EventKind::SpanStarted {
            id: span,
            kind: SpanKind::Condition,
            name,
        });
        self.log.push_span(span);
        self.table.get_mut(&handle)?.evaluation = Some((span, Instant::now()));
        Ok(Ok(()))
    }

    async fn end_evaluation(
        &mut self,
        handle: Resource<HostCondition>,
        outcome: std::result::Result<(), String>,
    ) -> Answer {
        let id = self.table.get(&handle)?.id;
        let outcome = outcome.as_ref().map_err(String::as_str).copied();
        let ended = self.polling.end_evaluation(id, outcome).map(drop);
        let failure = ended.as_ref().err().map(|cause| FailureReport {
            message: cause.to_string(),
            ..FailureReport::default()
        });
        self.evaluated(&handle, failure)?;
        self.answer(&handle, ended)
    }

    async fn drop(&mut self, handle: Resource<HostCondition>) -> Result<()> {
        let dropped = FailureReport {
            message: "the condition was dropped".into(),
            ..FailureReport::default()
        };
        self.evaluated(&handle, Some(dropped))?;
        let condition = self.table.delete(handle)?;
        self.polling.remove(condition.id);
        Ok(())
    }
}
