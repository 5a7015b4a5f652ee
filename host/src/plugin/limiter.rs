//! Memory and tables of one test.

use wasmtime::{ResourceLimiter, Result};

use crate::limits::{INSTANCES, LimitName, TABLE_ELEMENTS};

/// Counts what a test's memories have grown to, and stops it at its limit.
#[derive(Debug)]
pub(super) struct Limiter {
    memory: usize,
    most_memory: usize,
    table: usize,
}

/// A test asked for more than it may have.
#[derive(Debug, thiserror::Error)]
pub(super) enum Exceeded {
    /// Linear memory.
    #[error("{limit} of {} MiB passed: the test asked for {asked} bytes in all", most >> 20, limit = LimitName::Memory)]
    Memory {
        /// What it may have.
        most: usize,
        /// What it asked for.
        asked: usize,
    },
    /// Table elements.
    #[error("the table limit of {TABLE_ELEMENTS} elements passed: the test asked for {0}")]
    Table(usize),
}

impl Limiter {
    pub(super) fn new(most_memory: usize) -> Self {
        Self {
            memory: 0,
            most_memory,
            table: 0,
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
        if asked > TABLE_ELEMENTS {
            return Err(Exceeded::Table(asked).into());
        }
        self.table = asked;
        Ok(true)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        INSTANCES
    }

    fn memories(&self) -> usize {
        INSTANCES
    }
}
