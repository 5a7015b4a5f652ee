//! What `list` and `check` begin with: components, loaded with their tests.

use std::path::PathBuf;

use super::arguments::{Failure, block_on};
use super::build;
use crate::event::Reporter;
use crate::limits::Limits;
use crate::plugin::{Component, Engine, Test};
use crate::runner::{self, RunError};

/// Which components.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Test components, or directories of projects, which are built
    #[arg(value_name = "TEST")]
    tests: Vec<PathBuf>,
}

/// A component with its tests, or why it does not fit.
pub(super) type Loaded = Result<(Component, Vec<Test>), Failure>;

impl Arguments {
    /// Loads each for a subcommand. Errors: there are none.
    pub(super) fn load(&self, subcommand: &str) -> Result<Vec<Loaded>, Failure> {
        let tests = build::components(subcommand, &self.tests, &Limits::default())?;
        let interpreter = build::interpreter(&tests)?;
        let (reporter, events) = Reporter::start(Vec::new()).map_err(Failure::host)?;
        let loaded = block_on(async {
            let limits = Limits::default();
            let engine = Engine::new(Engine::default_cache(), &limits)?;
            let mut loaded = Vec::new();
            for test in &tests {
                let one = runner::load(&engine, (test, interpreter.as_deref()), &limits, &events).await;
                loaded.push(one.map_err(Failure::from));
            }
            Ok::<_, RunError>(loaded)
        })?;
        reporter.finish();
        Ok(loaded?)
    }
}
