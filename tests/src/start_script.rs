//! Start scripts of machines to test on.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The largest file that a command on a fake machine can make, in blocks of 512 bytes: half a gigabyte. The fake machine
/// shares the memory and the disks of the real one, which a command that prints without end must not fill.
const FILE_BLOCKS: u32 = 1 << 20;

/// A path that `cargo xtask test` tells. Panics where it does not: the test cannot run without.
pub fn path_from_environment(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(path) => path.into(),
        None => panic!("{variable} is not set; run the tests with: cargo xtask test"),
    }
}

/// Writes an executable file. Panics where it cannot.
pub fn write_script(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .unwrap_or_else(|error| panic!("{path:?}: {error}"));
}

/// Writes `run-NAME-vm`, which starts the fake machine with these options, and returns its path.
pub fn fake_script(directory: &Path, name: &str, options: &str) -> PathBuf {
    fake_script_after(directory, name, "", options)
}

/// As [`fake_script`]; the script runs these lines of `sh` first.
pub(crate) fn fake_script_after(directory: &Path, name: &str, before: &str, options: &str) -> PathBuf {
    let path = directory.join(format!("run-{name}-vm"));
    let fake = path_from_environment("PROCTOR_FAKE_MACHINE");
    write_script(
        &path,
        &format!(
            "#!/bin/sh\nulimit -f {FILE_BLOCKS}\n{before}\nexec '{}' {options} -- \"$@\"\n",
            fake.display()
        ),
    );
    path
}

/// Writes `run-machine-vm`, which starts the `systemd` machine with these options, and returns its path.
pub fn systemd_script(directory: &Path, options: &str) -> PathBuf {
    let path = directory.join("run-machine-vm");
    let boot = path_from_environment("PROCTOR_SYSTEMD").join("boot");
    let boot = boot.display();
    write_script(
        &path,
        &format!("#!/bin/sh\nexec '{boot}' --name machine {options} -- \"$@\"\n"),
    );
    path
}

/// Writes `run-NAME-vm`, which starts the `mini` machine as that node of these VLANs, and returns its path.
pub fn mini_script(directory: &Path, name: &str, node: u32, vlans: &str) -> PathBuf {
    let path = directory.join(format!("run-{name}-vm"));
    let boot = path_from_environment("PROCTOR_MINI").join("boot");
    let boot = boot.display();
    write_script(
        &path,
        &format!("#!/bin/sh\nexec '{boot}' --name '{name}' --node {node} --vlans '{vlans}' -- \"$@\"\n"),
    );
    path
}
