//! The machines and VLANs that a command line names, or else the environment.

use std::env::VarError;
use std::path::PathBuf;

use super::arguments::Failure;
use crate::machine::StartScript;
use crate::runner::Plan;

/// The machines of the start scripts that are given, or else of the words of `$startScripts`. Errors: as
/// [`Plan::machines`]; the words cannot be told apart.
pub(super) fn machines(given: Option<&Vec<PathBuf>>) -> Result<Vec<StartScript>, Failure> {
    let scripts = match given {
        Some(scripts) => scripts.clone(),
        None => words("startScripts", "--start-scripts")?
            .into_iter()
            .map(PathBuf::from)
            .collect(),
    };
    Plan::machines(&scripts).map_err(Failure::usage)
}

/// The VLANs that are given, or else those of the words of `$vlans`. Errors: as [`Plan::vlans`]; the words cannot be told
/// apart.
pub(super) fn vlans(given: Option<Vec<String>>) -> Result<Vec<u32>, Failure> {
    let vlans = match given {
        Some(vlans) => vlans,
        None => words("vlans", "--vlans")?,
    };
    Plan::vlans(&vlans).map_err(Failure::usage)
}

/// The words of an environment variable, none where it is not set. Errors: they cannot be told apart; the flag has them
/// one by one.
fn words(variable: &str, flag: &str) -> Result<Vec<String>, Failure> {
    match std::env::var(variable) {
        Ok(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
        Err(VarError::NotPresent) => Ok(Vec::new()),
        Err(VarError::NotUnicode(bytes)) => Err(Failure::usage(format!(
            "the environment variable {variable} is not valid UTF-8: {bytes:?}; give its words with {flag} instead"
        ))),
    }
}
