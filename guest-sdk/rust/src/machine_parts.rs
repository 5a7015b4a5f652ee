//! Machines made of parts rather than by a start script.

use crate::bindings::proctor::driver::driver;

/// The parts of a machine for [`Driver::create_machine`](crate::Driver::create_machine). Paths are the host's; those that
/// are not absolute begin at the machine's state directory.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MachineParts {
    /// The machine's name.
    pub name: String,
    /// A disk image, in any format that `qemu-img` knows. It stays as it is: what the machine writes to it goes to the file
    /// `disk.qcow2` in its state directory. `../vm-state-NAME/disk.qcow2` is that of another machine, with what that wrote.
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

impl MachineParts {
    /// A machine of this name that has nothing but memory and an interface to the host.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

impl From<MachineParts> for driver::MachineParts {
    fn from(parts: MachineParts) -> Self {
        Self {
            name: parts.name,
            disk: parts.disk,
            disk_interface: parts.disk_interface,
            cdrom: parts.cdrom,
            usb: parts.usb,
            bios: parts.bios,
            binary: parts.binary,
            arguments: parts.arguments,
            netdev_arguments: parts.netdev_arguments,
            net_device_arguments: parts.net_device_arguments,
        }
    }
}
