//! Memory and tables of one test.

use wasmtime::{ResourceLimiter, Result};

use crate::event::PassedLimit;
use crate::limits::{LimitName, Limits, Value};

/// Counts what a test's memories have grown to, and stops it at its limit.
#[derive(Debug)]
pub(super) struct Limiter {
    memory: usize,
    most_memory: usize,
    table: usize,
    most_table: usize,
    most_instances: usize,
}

/// A test asked for more than it may have.
#[derive(Debug, thiserror::Error)]
pub(super) enum Exceeded {
    /// Linear memory.
    #[error("{limit} of {} passed: the test asked for {asked} bytes in all", Value::Size(*most as u64), limit = LimitName::Memory)]
    Memory {
        /// What it may have.
        most: usize,
        /// What it asked for.
        asked: usize,
    },
    /// Table elements.
    #[error("{limit} of {most} elements passed: the test asked for {asked}", limit = LimitName::TableElements)]
    Table {
        /// What it may have.
        most: usize,
        /// What it asked for.
        asked: usize,
    },
}

impl Exceeded {
    pub(super) fn limit(&self) -> PassedLimit {
        match self {
            Self::Memory { most, .. } => LimitName::Memory.passed(Value::Size(*most as u64)),
            Self::Table { most, .. } => LimitName::TableElements.passed(most),
        }
    }
}

impl Limiter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            memory: 0,
            most_memory: limits.memory,
            table: 0,
            most_table: limits.table_elements,
            most_instances: limits.instances,
        }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let asked = self.memory.saturating_add(desired.saturating_sub(current));
        if asked > self.most_memory {
            return Err(Exceeded::Memory {
                most: self.most_memory,
                asked,
            }
            .into());
        }
        self.memory = asked;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let asked = self.table.saturating_add(desired.saturating_sub(current));
        if asked > self.most_table {
            let most = self.most_table;
            return Err(Exceeded::Table { most, asked }.into());
        }
        self.table = asked;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.most_instances
    }

    fn tables(&self) -> usize {
        self.most_instances
    }

    fn memories(&self) -> usize {
        self.most_instances
    }
}
