//! `proctor list`: the tests of components.

use std::io::Write as _;

use super::arguments::Failure;
use super::loading::Arguments;
use crate::limits::FILE_NAME_BYTES;
use crate::text::clean;

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let loaded = arguments.load("list")?.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut out = anstream::stdout().lock();
    let bold = anstyle::Style::new().bold();
    let several = loaded.len() > 1;
    for (component, tests) in loaded {
        let file = component.path().file_stem().unwrap_or_default();
        let file = clean(file.as_encoded_bytes(), FILE_NAME_BYTES);
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
