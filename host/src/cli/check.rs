//! `proctor check`: whether components fit this host, and what they want of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;

use anstyle::AnsiColor;

use super::arguments::Failure;
use super::loading;
use super::machines::{machines, vlans};
use crate::limits::FILE_NAME_BYTES;
use crate::plugin::{Check, Component, Finding};
use crate::runner;
use crate::text::clean;

/// What to check.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    tests: loading::TestArguments,

    /// Start scripts of the machines with which scripts are to be run: other names are errors then [default: the words of
    /// $startScripts]
    #[arg(long, value_name = "SCRIPT", num_args = 0..)]
    start_scripts: Option<Vec<PathBuf>>,

    /// Numbers of the VLANs with which scripts are to be run [default: the words of $vlans]
    #[arg(long, value_name = "NUMBER", num_args = 0..)]
    vlans: Option<Vec<String>>,
}

/// Prints what is found in a script. Returns whether something is an error.
fn print_findings(component: &Component, findings: &[Finding], out: &mut impl std::io::Write) -> bool {
    let (red, yellow) = (
        AnsiColor::Red.on_default().bold(),
        AnsiColor::Yellow.on_default().bold(),
    );
    for finding in findings {
        let place = format!("{}:{}:{}", component.file(), finding.line, finding.column);
        let (style, kind) = if finding.is_error {
            (red, "error")
        } else {
            (yellow, "warning")
        };
        // Whoever reads may have enough.
        let _ = writeln!(out, "{place}: {style}{kind}:{style:#} {}", finding.message);
    }
    findings.iter().any(|finding| finding.is_error)
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let machines = machines(arguments.start_scripts.as_ref())?;
    let vlans = vlans(arguments.vlans.clone())?;
    let loaded = arguments
        .tests
        .load_each("check", async |(component, tests), limits, events| {
            let check = Check {
                machines: machines
                    .iter()
                    .map(|machine| machine.machine_name().to_owned())
                    .collect(),
                vlans: vlans.clone(),
                ..Check::default()
            };
            let findings = runner::check(&component, check, limits, events).await?;
            Ok((component, tests, findings))
        })?;
    let mut out = anstream::stdout().lock();
    let bold = anstyle::Style::new().bold();
    let mut status = 0;
    for one in loaded {
        let (component, tests, findings) = match one {
            Ok(one) => one,
            Err(failure) => {
                status = status.max(failure.say());
                continue;
            }
        };
        if component.script().is_some() {
            if print_findings(&component, &findings, &mut out) {
                status = status.max(1);
            } else {
                let _ = writeln!(out, "{bold}{}{bold:#}: no errors found", component.file());
            }
            continue;
        }
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
