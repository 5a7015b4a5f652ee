// Files of a machine, and files that go into it and come out of it.
//
// What a test may copy to a machine lies below the directories that the run grants with `--allow-read`: an absolute path
// below one of them, or `NAME/path` below one that is granted by name. What it copies from a machine goes below the output
// directory. Names may have spaces, quotes and line feeds; files may have any bytes and any size, within the limits of one
// copy.

package proctor

import (
	files "proctor/internal/bindings/imports/proctor_driver_files"
)

// WaitForFile waits until there is a file of this name on the machine, of whatever kind. TimedOutError tells how much of
// the path there is.
func (m *Machine) WaitForFile(path string) error {
	return just(askWithin(texts(path), m.timeout, func(timeout optional) answer[nothing] {
		return files.WaitForFile(m.resource, path, timeout)
	}))
}

// MustWaitForFile is WaitForFile; it ends the test on an error.
func (m *Machine) MustWaitForFile(path string) { must(m.WaitForFile(path)) }

// CopyFromHost copies a file or a directory of the host to exactly this path on the machine, with its modes, as root's.
// The directories above it are made. Links in a directory are copied as links. A machine needs `head` for files of more
// than 16 KiB, and `tar` as well for directories. DeniedError where the source is not granted, InvalidArgumentError
// where it is not there or cannot be copied, CommandFailedError where the machine cannot write it, UnsupportedError
// where it lacks a program.
func (m *Machine) CopyFromHost(source, target string) error {
	return just(askWithin(texts(source, target), m.timeout, func(timeout optional) answer[nothing] {
		return files.CopyFromHost(m.resource, source, target, timeout)
	}))
}

// MustCopyFromHost is CopyFromHost; it ends the test on an error.
func (m *Machine) MustCopyFromHost(source, target string) { must(m.CopyFromHost(source, target)) }

// CopyFromHostViaShell copies one file of the host as CopyFromHost does, over the machine's shell alone: slow, and
// without any need of the machine but bash and `base64`.
func (m *Machine) CopyFromHostViaShell(source, target string) error {
	return just(askWithin(texts(source, target), m.timeout, func(timeout optional) answer[nothing] {
		return files.CopyFromHostViaShell(m.resource, source, target, timeout)
	}))
}

// MustCopyFromHostViaShell is CopyFromHostViaShell; it ends the test on an error.
func (m *Machine) MustCopyFromHostViaShell(source, target string) {
	must(m.CopyFromHostViaShell(source, target))
}

// CopyFromMachine copies a file or a directory of the machine into a directory below the output directory, under the
// source's last name; the empty text is the output directory itself. Returns the path below the output directory. Modes
// are kept but for set-user-id and the like. Devices and pipes, and links that lead out of the copied directory, are
// left out, with a warning in the log. The machine needs `tar`. InvalidArgumentError where there is no such file, where
// it is too large, and where the directory is none below the output directory; UnsupportedError where the machine lacks
// `tar`; HostFailureError where the host's disk is full.
func (m *Machine) CopyFromMachine(source, targetDirectory string) (string, error) {
	return askWithin(texts(source, targetDirectory), m.timeout, func(timeout optional) answer[string] {
		return files.CopyFromMachine(m.resource, source, targetDirectory, timeout)
	})
}

// MustCopyFromMachine is CopyFromMachine; it ends the test on an error.
func (m *Machine) MustCopyFromMachine(source, targetDirectory string) string {
	return must1(m.CopyFromMachine(source, targetDirectory))
}
