//! Packages of Debian suites that the machine does not have configured.

use std::fs;
use std::path::{Path, PathBuf};

use crate::apt::{self, Apt};
use crate::error::{Error, FileContext, Result};

/// Signs all of Debian's suites.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// Says which release the machine has, the one that its mirror is configured for.
const OS_RELEASE: &str = "/etc/os-release";
/// A suite whose C library knows the guests' target.
pub(super) const SUITE_OF_C_LIBRARY: &str = "forky";
/// The C library's package, and where it has what belongs to the target.
const C_LIBRARY: (&str, &str) = ("wasi-libc", "usr/lib/wasm32-wasip2");

/// Downloads packages and unpacks all of them into `directory`.
pub(super) fn unpack_packages(apt: &Apt, packages: &[String], directory: &Path) -> Result<()> {
    let downloads = tempfile::tempdir_in(directory).while_trying_to("make a directory in", directory)?;
    apt.download(packages, downloads.path())?;
    for (_, file) in apt::package_files(downloads.path())? {
        apt::unpack(&file, directory, &[])?;
    }
    Ok(())
}

/// Downloads the C library into `directory` and returns where it has what belongs to the target.
pub(super) fn c_library(apt: &Apt, directory: &Path) -> Result<PathBuf> {
    unpack_packages(apt, &[C_LIBRARY.0.to_owned()], directory)?;
    Ok(directory.join(C_LIBRARY.1))
}

/// apt for suites of Debian from the machine's own mirror, with its state in `state`.
pub(super) fn apt_for_suites(state: &Path, suites: &[&str]) -> Result<Apt> {
    let configured = state.join("configured");
    fs::create_dir_all(&configured).while_trying_to("make", &configured)?;
    let os_release = Path::new(OS_RELEASE);
    let release = fs::read_to_string(os_release).while_trying_to("read", os_release)?;
    let codename = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .unwrap_or_default();
    let mirror = Apt::new(&configured, None)?
        .mirrors()?
        .into_iter()
        .find_map(|(address, suite)| (suite == codename).then_some(address))
        .ok_or_else(|| Error::Invalid(format!("apt has no mirror of Debian's `{codename}` configured")))?;
    let lines: Vec<_> = suites
        .iter()
        .map(|suite| format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n"))
        .collect();
    let apt = Apt::new(state, Some(&lines.concat()))?;
    apt.update()?;
    Ok(apt)
}
