//! What `list` and `check` begin with: components, loaded with their tests.

use std::path::PathBuf;
use std::sync::Arc;

use super::arguments::{Failure, block_on, say};
use super::build;
use crate::event::{Event, EventKind, Events, Report, Reporter, Source};
use crate::limits::Limits;
use crate::plugin::{Component, Engine, Interpreter, Test};
use crate::runner::{self, RunError};

/// Which components.
#[derive(Debug, clap::Args)]
pub(super) struct TestArguments {
    /// Test components, scripts of the NixOS test driver (.py), or directories of projects, which are built
    #[arg(value_name = "TEST")]
    tests: Vec<PathBuf>,
}

/// A component with its tests, or why it does not fit.
pub(super) type Loaded = Result<(Component, Vec<Test>), Failure>;

/// Shows what the host has to say, as [`say`] does.
struct Messages;

impl Report for Messages {
    fn event(&mut self, event: &Event) {
        if let EventKind::Message {
            source: Source::Host,
            text,
            ..
        } = &event.kind
        {
            say(format_args!("{text}"));
        }
    }
}

impl TestArguments {
    /// Loads each for a subcommand. Errors: there are none.
    pub(super) fn load(&self, subcommand: &str) -> Result<Vec<Loaded>, Failure> {
        self.load_each(subcommand, async |loaded, _, _| Ok::<_, RunError>(loaded))
    }

    /// Loads each for a subcommand and does something with it. Errors: there are none; what is done fails.
    pub(super) fn load_each<T>(
        &self,
        subcommand: &str,
        work: impl AsyncFn((Component, Vec<Test>), &Limits, &Events) -> Result<T, RunError>,
    ) -> Result<Vec<Result<T, Failure>>, Failure> {
        let tests = build::components(subcommand, &self.tests, &Limits::default())?;
        let interpreter = build::interpreter(&tests)?.map(|path| Arc::new(Interpreter::new(path)));
        let (reporter, events) = Reporter::start(vec![Box::new(Messages)]).map_err(Failure::host)?;
        let loaded = block_on(async {
            let limits = Limits::default();
            let engine = Engine::new(Engine::default_cache(), &limits)?;
            let mut loaded = Vec::new();
            for test in &tests {
                let one = runner::load(&engine, (test, interpreter.as_ref()), &limits, &events).await;
                loaded.push(match one {
                    Ok(one) => work(one, &limits, &events).await.map_err(Failure::from),
                    Err(error) => Err(error.into()),
                });
            }
            Ok::<_, RunError>(loaded)
        })?;
        reporter.finish();
        Ok(loaded?)
    }
}
