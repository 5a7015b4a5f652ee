//! `proctor list`: the tests of components.

use std::io::Write as _;

use super::arguments::Failure;
use super::loading::TestArguments;
use crate::limits::FILE_NAME_BYTES;
use crate::runner;
use crate::text::clean;

pub(super) fn main(arguments: &TestArguments) -> Result<u8, Failure> {
    let loaded = arguments.load("list")?.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut out = anstream::stdout().lock();
    let bold = anstyle::Style::new().bold();
    let several = loaded.len() > 1;
    let names = runner::component_names(loaded.iter().map(|(component, _)| component.path()));
    for ((_, tests), name) in loaded.into_iter().zip(&names) {
        let file = clean(name.as_bytes(), FILE_NAME_BYTES);
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
