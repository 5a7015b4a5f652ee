//! Tools that are fetched, once for all projects of a user, and never for the whole computer.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::error::{BuildError, FileContext as _, Result};
use super::language::Language;
use super::tool;
use crate::text::hexadecimal;
use crate::user_directories::cache_directory;

/// The SDK's file that names wheels.
pub(super) const WHEELS: &str = "requirements.txt";
/// Of a digest as many bytes tell one version of a tool from another: a directory's name is to be readable.
const KEY_BYTES: usize = 6;

/// Tells the user what takes long.
pub type Tell<'a> = &'a (dyn Fn(&str) + Sync);

/// The directory of a tool, which `install` fills where it is not there yet, `doing` so, with what `find` has found for it.
/// `pins` is what tells one version of the tool, or of what is installed with it, from another.
pub(super) fn ensure<T>(
    (name, doing): (&str, &str),
    pins: &[u8],
    tell: Tell<'_>,
    find: impl FnOnce() -> Result<T>,
    install: impl FnOnce(T, &Path) -> Result<()>,
) -> Result<PathBuf> {
    let tools = cache_directory("toolchains")
        .ok_or_else(|| BuildError::Invalid("no $HOME is set: there is no place for tools".into()))?;
    let digest = Sha256::digest(pins);
    let key = hexadecimal(digest.get(..KEY_BYTES).unwrap_or_default());
    let directory = tools.join(format!("{name}-{key}"));
    if directory.is_dir() {
        return Ok(directory);
    }
    let with = find()?;
    fs::create_dir_all(&tools).while_trying_to("make", &directory)?;
    // Two builds at a time fetch it once.
    let lock = File::create(tools.join(format!("{name}.lock"))).while_trying_to("lock", &directory)?;
    lock.lock().while_trying_to("lock", &directory)?;
    if directory.is_dir() {
        return Ok(directory);
    }
    tell(&format!("{doing}, once, to {}", directory.display()));
    let prefix = format!(".{name}-");
    remove_partial(&tools, &prefix).while_trying_to("clear", &tools)?;
    let partial = tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(&tools)
        .while_trying_to("make", &directory)?;
    install(with, partial.path())?;
    fs::rename(partial.keep(), &directory).while_trying_to("make", &directory)?;
    Ok(directory)
}

/// Removes what installations have left that were killed. Nobody but the caller, who has the lock, may be at one.
fn remove_partial(tools: &Path, prefix: &str) -> std::io::Result<()> {
    for entry in fs::read_dir(tools)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// A file of an SDK that says what is to be fetched for it.
pub(super) fn pins(sdk: &Path, file: &str) -> Result<Vec<u8>> {
    let path = sdk.join("toolchain").join(file);
    fs::read(&path).while_trying_to("read", &path)
}

/// Python with pip, which fetches wheels.
pub(super) fn python(language: Language) -> Result<PathBuf> {
    let missing = |found: &str, how| BuildError::MissingTool {
        language,
        what: "Python 3 with pip",
        found: found.to_owned(),
        how,
    };
    let named = tool::variable("PYTHON").map(PathBuf::from);
    let python = named.or_else(|| tool::find("python3")).ok_or_else(|| {
        missing(
            "there is no `python3` in $PATH",
            "get it with: apt-get install python3 python3-pip",
        )
    })?;
    let has_pip = tool::run(Command::new(&python).args(["-m", "pip", "--version"]), "pip --version");
    if has_pip.is_err() {
        let found = format!("`{}` has no pip", python.display());
        return Err(missing(&found, "get it with: apt-get install python3-pip"));
    }
    Ok(python)
}

/// The directory of a tool that comes as a wheel, as [`ensure`] has it; `find` finds the Python that fetches it.
pub(super) fn ensure_wheels(
    sdk: &Path,
    told: (&str, &str),
    tell: Tell<'_>,
    find: impl FnOnce() -> Result<PathBuf>,
) -> Result<PathBuf> {
    let requirements = sdk.join("toolchain").join(WHEELS);
    ensure(told, &pins(sdk, WHEELS)?, tell, find, |python, directory| {
        install_wheels(&python, &requirements, directory)
    })
}

/// Unpacks the wheels that a file of requirements with checksums names.
pub(super) fn install_wheels(python: &Path, requirements: &Path, directory: &Path) -> Result<()> {
    let mut pip = Command::new(python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--root-user-action",
        "ignore",
        "--quiet",
    ]);
    pip.args(["--no-deps", "--only-binary", ":all:", "--require-hashes", "--target"]);
    pip.arg(directory).arg("--requirement").arg(requirements);
    // Within what is thrown away with it where it is killed.
    let scratch = tempfile::tempdir_in(directory).while_trying_to("make", directory)?;
    pip.env("TMPDIR", scratch.path());
    tool::run(&mut pip, "pip install").map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_installations_leave_is_removed() {
        let tools = tempfile::tempdir().unwrap();
        for name in [".go-aB3dE", "go-0123456789ab", ".zig-aB3dE"] {
            fs::create_dir_all(tools.path().join(name).join("within")).unwrap();
        }
        remove_partial(tools.path(), ".go-").unwrap();
        let entries = fs::read_dir(tools.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [".zig-aB3dE", "go-0123456789ab"]);
    }
}
