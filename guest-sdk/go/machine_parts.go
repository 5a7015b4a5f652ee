package proctor

import (
	driver "proctor/internal/bindings/imports/proctor_driver_driver"
)

// MachineParts are the parts of a machine for Driver.CreateMachine. Paths are the host's; those that are not absolute
// begin at the machine's state directory. What is empty is not there, or has its default.
type MachineParts struct {
	// Name is the machine's name.
	Name string
	// Disk is a disk image, in any format that `qemu-img` knows. It stays as it is: what the machine writes to it goes to
	// the file `disk.qcow2` in its state directory. `../vm-state-NAME/disk.qcow2` is that of another machine, with what
	// that wrote.
	Disk string
	// DiskInterface is `virtio`, which is the default, `scsi` or `ide`.
	DiskInterface string
	// CDROM is a CD image.
	CDROM string
	// USB is a disk image that is attached as a USB stick and not written to.
	USB string
	// BIOS is a firmware image.
	BIOS string
	// Binary is the emulator; `qemu-system-x86_64` by default.
	Binary string
	// Arguments are more arguments of the emulator.
	Arguments []string
	// NetdevArguments are more of the value of `-netdev user,...`.
	NetdevArguments string
	// NetDeviceArguments are more of the value of the `-device` of that interface.
	NetDeviceArguments string
}

func (p MachineParts) host() driver.MachineParts {
	return driver.MachineParts{
		Name:               p.Name,
		Disk:               option(p.Disk),
		DiskInterface:      option(p.DiskInterface),
		Cdrom:              option(p.CDROM),
		Usb:                option(p.USB),
		Bios:               option(p.BIOS),
		Binary:             option(p.Binary),
		Arguments:          p.Arguments,
		NetdevArguments:    option(p.NetdevArguments),
		NetDeviceArguments: option(p.NetDeviceArguments),
	}
}

func (p MachineParts) texts() []string {
	return append(texts(p.Name, p.Disk, p.DiskInterface, p.CDROM, p.USB, p.BIOS, p.Binary, p.NetdevArguments,
		p.NetDeviceArguments), p.Arguments...)
}
