//! What Proctor appends to a start script's arguments, and its environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::limits::BULK_PORTS;
use crate::run_directory::RunDirectory;

/// The sockets of one machine.
#[derive(Debug, Clone)]
pub(crate) struct Sockets {
    state: PathBuf,
}

impl Sockets {
    pub(crate) fn new(state: &Path) -> Self {
        Self { state: state.into() }
    }

    /// QMP: the one socket on which QEMU listens.
    pub(crate) fn qmp(&self) -> PathBuf {
        self.state.join("qmp")
    }

    /// The text monitor.
    pub(crate) fn monitor(&self) -> PathBuf {
        self.state.join("monitor")
    }

    /// The guest's first shell, which controls the others.
    pub(crate) fn shell(&self) -> PathBuf {
        self.state.join("shell")
    }

    /// The shell that runs commands.
    pub(crate) fn worker(&self) -> PathBuf {
        self.state.join("worker")
    }

    /// A bulk port, for output.
    pub(crate) fn bulk(&self, number: usize) -> PathBuf {
        self.state.join(format!("bulk{number}"))
    }

    /// The longest of the paths.
    pub(crate) fn longest(&self) -> PathBuf {
        self.monitor()
    }
}

/// The arguments for QEMU: those of the NixOS driver (nixos/lib/test-driver, `StartCommand`), then a second console
/// and the bulk ports.
pub(crate) fn qemu_arguments(sockets: &Sockets, allow_reboot: bool, has_display: bool) -> Vec<OsString> {
    let mut arguments = Vec::new();
    let mut add = |name: &str, value: String| arguments.extend([OsString::from(name), OsString::from(value)]);
    // A comma in a path would end the option's value: QEMU wants it doubled.
    let path = |path: PathBuf| path.to_string_lossy().replace(',', ",,");
    add("-qmp", format!("unix:{},server=on,wait=off", path(sockets.qmp())));
    add("-monitor", format!("unix:{}", path(sockets.monitor())));
    add("-chardev", format!("socket,id=shell,path={}", path(sockets.shell())));
    add("-device", "virtio-serial".into());
    add("-device", "virtconsole,chardev=shell".into());
    add(
        "-chardev",
        format!("socket,id=proctor-worker,path={}", path(sockets.worker())),
    );
    add("-device", "virtconsole,chardev=proctor-worker".into());
    for number in 0..BULK_PORTS {
        add(
            "-chardev",
            format!("socket,id=proctor-bulk-{number},path={}", path(sockets.bulk(number))),
        );
        add(
            "-device",
            format!("virtserialport,chardev=proctor-bulk-{number},name=proctor.bulk.{number}"),
        );
    }
    add("-device", "virtio-rng-pci".into());
    add("-serial", "stdio".into());
    if !allow_reboot {
        arguments.push("-no-reboot".into());
    }
    if !has_display {
        arguments.push("-nographic".into());
    }
    arguments
}

/// The variable with the path of a machine's EFI variables.
pub(super) const EFI_VARIABLES: &str = "NIX_EFI_VARS";

/// The variables that a start script finds, besides those that Proctor was given.
pub(crate) fn environment(name: &str, state: &Path, run: &RunDirectory, vlans: &[u32]) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<(OsString, OsString)> = vec![
        ("TMPDIR".into(), state.into()),
        ("SHARED_DIR".into(), run.shared().into()),
        ("USE_TMPDIR".into(), "1".into()),
        (EFI_VARIABLES.into(), state.join(format!("{name}-efi-vars.fd")).into()),
    ];
    let sockets = vlans
        .iter()
        .map(|number| (format!("QEMU_VDE_SOCKET_{number}").into(), run.vlan(*number).into()));
    variables.extend(sockets);
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_those_of_the_contract() {
        let joined = |reboot, display| {
            qemu_arguments(&Sockets::new(Path::new("/r/a,b")), reboot, display)
                .join(&OsString::from(" "))
                .into_string()
                .unwrap()
        };
        let text = joined(false, false);
        let contract = "-qmp unix:/r/a,,b/qmp,server=on,wait=off -monitor unix:/r/a,,b/monitor \
            -chardev socket,id=shell,path=/r/a,,b/shell -device virtio-serial -device virtconsole,chardev=shell ";
        assert!(text.starts_with(contract), "{text}");
        assert!(
            text.ends_with("-device virtio-rng-pci -serial stdio -no-reboot -nographic"),
            "{text}"
        );
        assert!(joined(true, true).ends_with("-serial stdio"));
    }

    #[test]
    fn no_socket_is_longer_than_the_longest() {
        let sockets = Sockets::new(Path::new("/r"));
        let all = [
            sockets.qmp(),
            sockets.shell(),
            sockets.worker(),
            sockets.bulk(BULK_PORTS - 1),
        ];
        assert!(
            all.iter()
                .all(|path| path.as_os_str().len() <= sockets.longest().as_os_str().len())
        );
    }
}
