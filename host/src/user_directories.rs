//! Where things are kept for the user between runs.

use std::path::PathBuf;

/// A directory of that name for what is slow to make, below `$XDG_CACHE_HOME/proctor` or `~/.cache/proctor`. None where the
/// environment has neither.
pub fn cache_directory(name: &str) -> Option<PathBuf> {
    Some(own_directory("XDG_CACHE_HOME", ".cache")?.join(name))
}

/// The directory for what is remembered, `$XDG_STATE_HOME/proctor` or `~/.local/state/proctor`. None as above.
pub fn state_directory() -> Option<PathBuf> {
    own_directory("XDG_STATE_HOME", ".local/state")
}

fn own_directory(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |variable: &str| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))?;
    Some(base.join("proctor"))
}
