//! `proctor check`: whether components fit this host, and what they want of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use super::arguments::Failure;
use super::loading::Arguments;
use crate::limits::FILE_NAME_BYTES;
use crate::text::clean;

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let loaded = arguments.load("check")?;
    let mut out = anstream::stdout().lock();
    let bold = anstyle::Style::new().bold();
    let mut status = 0;
    for one in loaded {
        let (component, tests) = match one {
            Ok(one) => one,
            Err(failure) => {
                status = status.max(failure.say());
                continue;
            }
        };
        let mut interfaces: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut grants: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for import in component.imports() {
            if let Some(flag) = import.capability {
                grants.entry(flag).or_default().insert(import.to_string());
            }
            interfaces.entry(import.interface).or_default().insert(import.function);
        }
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        let path = clean(component.path().to_string_lossy().as_bytes(), FILE_NAME_BYTES);
        let mut lines = vec![format!("{bold}{path}{bold:#} fits this host; tests: {}", tests.len())];
        // A component imports what its language's library can call, whether or not its tests do.
        for (interface, functions) in &interfaces {
            lines.push(format!("  may call {interface}: {}", list(functions)));
        }
        for (flag, functions) in &grants {
            lines.push(format!("  wants --{flag} for {}", list(functions)));
        }
        if grants.is_empty() {
            lines.push("  wants no grant".into());
        }
        // Whoever reads may have enough.
        let _ = writeln!(out, "{}", lines.join("\n"));
    }
    Ok(status)
}
