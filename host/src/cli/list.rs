//! `proctor list`: the tests of components.

use std::io::Write as _;
use std::path::PathBuf;

use super::arguments::{Failure, block_on};
use crate::event::Reporter;
use crate::limits::Limits;
use crate::plugin::Engine;
use crate::runner;

/// Which components.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Test components
    #[arg(value_name = "TEST")]
    tests: Vec<PathBuf>,
}

pub(super) fn main(arguments: Arguments) -> Result<u8, Failure> {
    if arguments.tests.is_empty() {
        return Err(Failure::usage(
            "no test is given; name one or more component files, for example: proctor list test.wasm",
        ));
    }
    let (reporter, events) = Reporter::start(Vec::new()).map_err(Failure::host)?;
    let loaded = block_on(async {
        let engine = Engine::new(Engine::default_cache())?;
        runner::load(&engine, &arguments.tests, &Limits::default(), &events).await
    })?;
    reporter.finish();
    let loaded = loaded.map_err(|error| Failure {
        status: error.exit_status(),
        message: error.to_string(),
    })?;
    let mut out = anstream::stdout().lock();
    let bold = anstyle::Style::new().bold();
    let several = loaded.len() > 1;
    for (component, tests) in loaded {
        let file = component
            .path()
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for test in tests {
            let prefix = if several { format!("{file}::") } else { String::new() };
            let tags: String = test.tags.iter().map(|tag| format!(" #{tag}")).collect();
            let description = test.description.map(|text| format!("  {text}")).unwrap_or_default();
            // Whoever reads may have enough.
            let _ = writeln!(out, "{bold}{prefix}{}{bold:#}{description}{tags}", test.name);
        }
    }
    Ok(0)
}
