//! Machines made of parts rather than by a start script: the old driver's `create_machine`.

use std::fmt::Write as _;

use crate::error::Cause;
use crate::limits::{MACHINE_NAME_CHARACTERS, MACHINE_PART_BYTES, MACHINE_PART_MEMORY, QUOTED_BYTES};
use crate::text::{quote, shell_quote};

use super::start_script::machine_name;

/// A machine that no start script of the run starts.
#[derive(Debug, Clone)]
pub enum MachineDescription {
    /// Made of parts.
    Parts(MachineParts),
    /// Started by a command.
    Command {
        /// The machine's name.
        name: String,
        /// The command, for a shell. It is handed QEMU's arguments as a start script is.
        command: String,
    },
}

impl MachineDescription {
    /// Of a command. Without a name it has that of a start script's path, `.../run-NAME-vm`, or is called `machine`.
    pub fn of_command(command: String, name: Option<String>) -> Self {
        let name = name.unwrap_or_else(|| machine_name(command.trim_end()));
        Self::Command { name, command }
    }

    /// The machine's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Parts(parts) => &parts.name,
            Self::Command { name, .. } => name,
        }
    }

    /// The script that starts it. Errors: a name that is none, a disk interface that there is not, too much.
    pub(super) fn start_script(&self) -> Result<String, Cause> {
        check_name(self.name())?;
        let script = match self {
            Self::Parts(parts) => parts.start_script()?,
            Self::Command { command, .. } => format!("#!/bin/sh\n{} \"$@\"\n", command.trim_end()),
        };
        if script.len() > MACHINE_PART_BYTES || script.contains('\0') {
            return Err(Cause::InvalidArgument(format!(
                "the machine's parts hold a NUL, or more than {MACHINE_PART_BYTES} bytes"
            )));
        }
        Ok(script)
    }
}

/// Errors: it could not be the name of a machine.
fn check_name(name: &str) -> Result<(), Cause> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let usable = (1..=MACHINE_NAME_CHARACTERS).contains(&name.len()) && !name.starts_with('.');
    if usable && name.chars().all(plain) {
        return Ok(());
    }
    let name = quote(name, QUOTED_BYTES);
    Err(Cause::InvalidArgument(format!(
        "`{name}` is no name of a machine: 1 to {MACHINE_NAME_CHARACTERS} letters, digits, `-`, `_` and `.`"
    )))
}

/// The parts of a machine. Paths that are not absolute begin at the machine's state directory.
#[derive(Debug, Clone, Default)]
pub struct MachineParts {
    /// The machine's name.
    pub name: String,
    /// A disk image, which stays as it is: what the machine writes goes to [`DISK_OVERLAY`] in its state directory.
    pub disk: Option<String>,
    /// `virtio`, which is the default, `scsi` or `ide`.
    pub disk_interface: Option<String>,
    /// A CD image.
    pub cdrom: Option<String>,
    /// A disk image that is attached as a USB stick and not written to.
    pub usb: Option<String>,
    /// A firmware image.
    pub bios: Option<String>,
    /// The emulator; `qemu-system-x86_64` by default.
    pub binary: Option<String>,
    /// More arguments of the emulator.
    pub arguments: Vec<String>,
    /// More of the value of `-netdev user,...`.
    pub netdev_arguments: Option<String>,
    /// More of the value of the `-device` of that interface.
    pub net_device_arguments: Option<String>,
}

/// The file in the state directory that holds what the machine has written to its disk. Another machine whose disk it is
/// finds that there.
pub const DISK_OVERLAY: &str = "disk.qcow2";

/// Makes the overlay of the image `$image` where there is none of it yet: a machine that is started again has what it
/// wrote. Kept state may hold one of another image, or of one that has changed since, which no longer fits.
const MAKE_OVERLAY: &str = r#"
if ! [ -e disk.qcow2 ] || [ "$(readlink disk-image)" != "$image" ] || [ "$image" -nt disk.qcow2 ]; then
    if ! information=$(qemu-img info -- "$image"); then
        echo "the disk of a machine that is made of parts takes qemu-img, and an image that it can read" >&2
        exit 1
    fi
    format=$(printf '%s\n' "$information" | sed -n 's/^file format: //p' | head -n 1)
    rm -f disk.qcow2 disk-image
    qemu-img create -q -f qcow2 -F "$format" -b "$image" disk.qcow2 && ln -s -- "$image" disk-image || exit 1
fi
"#;

impl MachineParts {
    /// The script that starts it. Errors: a disk interface that there is not.
    fn start_script(&self) -> Result<String, Cause> {
        let mut script = String::from("#!/bin/sh\n");
        if let Some(disk) = &self.disk {
            script.extend(["image=", &shell_quote(disk), MAKE_OVERLAY]);
        }
        script.push_str("exec");
        let mut add = |word: &str| {
            // Writing to a string cannot fail.
            let _ = write!(script, " {}", shell_quote(word));
        };
        add(self.binary.as_deref().unwrap_or("qemu-system-x86_64"));
        add("-m");
        add(&MACHINE_PART_MEMORY.to_string());
        let more = |arguments: &Option<String>| arguments.as_ref().map(|text| format!(",{text}")).unwrap_or_default();
        add("-netdev");
        add(&format!("user,id=net0{}", more(&self.netdev_arguments)));
        add("-device");
        add(&format!(
            "virtio-net-pci,netdev=net0{}",
            more(&self.net_device_arguments)
        ));
        if self.disk.is_some() {
            match self.disk_interface.as_deref().unwrap_or("virtio") {
                "scsi" => {
                    add("-drive");
                    add(&format!(
                        "id=hda,file={DISK_OVERLAY},format=qcow2,werror=report,if=none"
                    ));
                    add("-device");
                    add("virtio-scsi-pci");
                    add("-device");
                    add("scsi-hd,drive=hda");
                }
                interface @ ("virtio" | "ide") => {
                    add("-drive");
                    add(&format!(
                        "file={DISK_OVERLAY},format=qcow2,if={interface},werror=report"
                    ));
                }
                other => {
                    let other = quote(other, QUOTED_BYTES);
                    return Err(Cause::InvalidArgument(format!(
                        "a disk cannot be attached as `{other}`; there are virtio, scsi and ide"
                    )));
                }
            }
        }
        if let Some(cdrom) = &self.cdrom {
            add("-cdrom");
            add(cdrom);
        }
        if let Some(usb) = &self.usb {
            add("-device");
            add("usb-ehci");
            add("-drive");
            add(&format!("id=usbdisk,file={},if=none,readonly=on", option_value(usb)));
            add("-device");
            add("usb-storage,drive=usbdisk");
        }
        if let Some(bios) = &self.bios {
            add("-bios");
            add(bios);
        }
        self.arguments.iter().for_each(|argument| add(argument));
        // As in the scripts of NixOS tests, QEMU_OPTS is a list of words.
        script.push_str(" ${QEMU_OPTS:-} \"$@\"\n");
        Ok(script)
    }
}

/// A path in a QEMU option: commas are written twice.
fn option_value(path: &str) -> String {
    path.replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> MachineParts {
        MachineParts {
            name: "installer".into(),
            ..MachineParts::default()
        }
    }

    #[test]
    fn parts_become_arguments() {
        let parts = MachineParts {
            disk: Some("/a,b/it's.qcow2".into()),
            disk_interface: Some("scsi".into()),
            cdrom: Some("cd.iso".into()),
            usb: Some("stick".into()),
            bios: Some("fw.bin".into()),
            arguments: vec!["-smp".into(), "2".into()],
            netdev_arguments: Some("restrict=on".into()),
            net_device_arguments: Some("romfile=".into()),
            ..parts()
        };
        let script = MachineDescription::Parts(parts)
            .start_script()
            .unwrap()
            .replace('\'', "");
        for part in [
            "exec qemu-system-x86_64 -m 384 -netdev user,id=net0,restrict=on -device virtio-net-pci,netdev=net0,romfile= ",
            "image=/a,b/it\\s.qcow2\n",
            "-drive id=hda,file=disk.qcow2,format=qcow2,werror=report,if=none",
            "-device scsi-hd,drive=hda -cdrom cd.iso -device usb-ehci -drive id=usbdisk,file=stick,if=none,readonly=on",
            "-bios fw.bin -smp 2 ${QEMU_OPTS:-} \"$@\"\n",
        ] {
            assert!(script.contains(part), "{part}\n{script}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for name in ["", ".", "a/b", "a b", "a\n", "ä", &"x".repeat(65)] {
            let parts = MachineParts {
                name: name.into(),
                ..parts()
            };
            assert!(
                matches!(
                    MachineDescription::Parts(parts).start_script(),
                    Err(Cause::InvalidArgument(_))
                ),
                "{name:?}"
            );
        }
        let disk = || Some("x".to_owned());
        let interface = MachineParts {
            disk: disk(),
            disk_interface: Some("floppy".into()),
            ..parts()
        };
        let long = MachineParts {
            disk: Some("x".repeat(MACHINE_PART_BYTES)),
            ..parts()
        };
        let nul = MachineParts {
            bios: Some("a\0b".into()),
            ..parts()
        };
        for parts in [interface, long, nul] {
            assert!(matches!(
                MachineDescription::Parts(parts).start_script(),
                Err(Cause::InvalidArgument(_))
            ));
        }
    }
}
