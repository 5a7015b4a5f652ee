//! Where what is slow to make is kept for the user.

use std::path::PathBuf;

/// A directory of that name below `$XDG_CACHE_HOME/proctor` or `~/.cache/proctor`. None where the environment has neither.
pub fn cache_directory(name: &str) -> Option<PathBuf> {
    let absolute = |variable: &str| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("proctor").join(name))
}
