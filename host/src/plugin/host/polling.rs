//! `polling`: a test's polling conditions.

use std::time::Duration;

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::error::{Cause, Error};
use crate::event::{FailureReport, SpanId, SpanKind};
use crate::plugin::bindings::proctor::driver::{polling, types};
use crate::plugin::state::TestState;
use crate::polling::ConditionId;

/// A test's handle on a condition.
#[derive(Debug)]
pub struct HostCondition {
    id: ConditionId,
    /// The stretch of the log in which it is being evaluated.
    evaluation: Option<SpanId>,
}

type Answer = Result<Result<(), types::Error>>;

impl polling::Host for TestState {}

impl TestState {
    fn refused(&self, handle: &Resource<HostCondition>, cause: Cause) -> Result<types::Error> {
        let description = self.polling.description(self.table.get(handle)?.id);
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
        if let Some(span) = self.table.get_mut(handle)?.evaluation.take() {
            if let Some(failure) = failure {
                self.log.fail_span(span, failure);
            }
            self.log.close_span(span);
        }
        Ok(())
    }
}

impl polling::HostCondition for TestState {
    async fn new(&mut self, description: String, interval: Option<u32>) -> Result<Resource<HostCondition>> {
        let id = self.polling.add(&description, interval.map(duration));
        Ok(self.table.push(HostCondition { id, evaluation: None })?)
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
        if let Err(cause) = self.polling.begin_evaluation(id) {
            return Ok(Err(self.refused(&handle, cause)?));
        }
        let span = self.log.open_span(SpanKind::Condition, self.polling.description(id));
        self.table.get_mut(&handle)?.evaluation = Some(span);
        Ok(Ok(()))
    }

    async fn end_evaluation(
        &mut self,
        handle: Resource<HostCondition>,
        outcome: std::result::Result<(), String>,
    ) -> Answer {
        let id = self.table.get(&handle)?.id;
        let outcome = outcome.as_ref().map_err(String::as_str).copied();
        let ended = self.polling.end_evaluation(id, outcome);
        let failure = ended.as_ref().err().map(|cause| FailureReport::new(cause.to_string()));
        self.evaluated(&handle, failure)?;
        self.answer(&handle, ended)
    }

    async fn drop(&mut self, handle: Resource<HostCondition>) -> Result<()> {
        let dropped = FailureReport::new("the condition was dropped");
        self.evaluated(&handle, Some(dropped))?;
        let condition = self.table.delete(handle)?;
        self.polling.remove(condition.id);
        Ok(())
    }
}
