//! The component that runs scripts.

use crate::{path_from_environment, say_skipped};

/// Whether the component that runs scripts could be built here. Where it could not, says that the test that asks is skipped.
pub fn interpreter_is_there() -> bool {
    let path = path_from_environment("PROCTOR_INTERPRETER");
    if path.extension().is_some_and(|extension| extension == "skipped") {
        let reason = std::fs::read_to_string(path).unwrap_or_default();
        say_skipped(&format!(": {}", reason.trim()));
        return false;
    }
    true
}
