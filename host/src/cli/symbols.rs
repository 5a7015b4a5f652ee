//! `proctor symbols`: what a test can call.

use std::io::Write as _;

use super::arguments::Failure;
use crate::plugin::interface;

pub(super) fn main() -> Result<u8, Failure> {
    let functions = interface::functions().map_err(Failure::host)?;
    let width = functions
        .iter()
        .map(|function| function.name.len())
        .max()
        .unwrap_or_default();
    let mut out = anstream::stdout().lock();
    let bold = anstyle::Style::new().bold();
    for function in functions {
        let (name, summary) = (&function.name, &function.summary);
        let capability = function
            .capability
            .map(|flag| format!(" (wants --{flag})"))
            .unwrap_or_default();
        // Whoever reads may have enough.
        let _ = writeln!(out, "{bold}{name:width$}{bold:#}  {summary}{capability}");
    }
    Ok(0)
}
