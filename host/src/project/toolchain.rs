//! Tools that are fetched, once for all projects of a user, and never for the whole computer.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::error::{BuildError, Result};
use super::language::Language;
use super::{Project, tool};
use crate::cache_directory::cache_directory;

/// Tells the user what takes long.
pub(super) type Tell<'a> = &'a dyn Fn(&str);

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
    let key: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let directory = tools.join(format!("{name}-{key}"));
    if directory.is_dir() {
        return Ok(directory);
    }
    let with = find()?;
    let failed = |doing| {
        let path = directory.clone();
        move |source| BuildError::File { doing, path, source }
    };
    fs::create_dir_all(&tools).map_err(failed("make"))?;
    // Two builds at a time fetch it once.
    let lock = File::create(tools.join(format!("{name}.lock"))).map_err(failed("lock"))?;
    lock.lock().map_err(failed("lock"))?;
    if directory.is_dir() {
        return Ok(directory);
    }
    tell(&format!("{doing}, once, to {}", directory.display()));
    let partial = tempfile::Builder::new()
        .prefix(&format!("{name}-"))
        .tempdir_in(&tools)
        .map_err(failed("make"))?;
    install(with, partial.path())?;
    fs::rename(partial.keep(), &directory).map_err(failed("make"))?;
    Ok(directory)
}

/// A file of the SDK that says what is to be fetched for it.
pub(super) fn pins(project: &Project, file: &str) -> Result<Vec<u8>> {
    let path = project.sdk().join("toolchain").join(file);
    fs::read(&path).map_err(|source| BuildError::File {
        doing: "read",
        path,
        source,
    })
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
    tool::run(&mut pip, "pip install").map(drop)
}
