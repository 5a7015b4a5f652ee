// What a machine shows on its screen.
//
// Reading text from the screen needs the program tesseract on the computer that runs the test; where it is missing,
// UnsupportedError says so at once. Patterns are as for the serial console.

package proctor

import (
	screen "proctor/internal/bindings/imports/proctor_driver_screen"
)

// Screenshot saves a picture of the screen as a PNG file beneath the output directory. A name without a suffix gets
// `.png`. Returns the file's path below the output directory. InvalidArgumentError where the name leads out of the
// directory.
func (m *Machine) Screenshot(name string) (string, error) {
	return askWithin(texts(name), m.timeout, func(timeout optional) answer[string] {
		return screen.Screenshot(m.resource, name, timeout)
	})
}

// MustScreenshot is Screenshot; it ends the test on an error.
func (m *Machine) MustScreenshot(name string) string { return must1(m.Screenshot(name)) }

// GetScreenText returns the text on the screen.
func (m *Machine) GetScreenText() (string, error) {
	return askWithin(nil, m.timeout, func(timeout optional) answer[string] {
		return screen.GetScreenText(m.resource, timeout)
	})
}

// MustGetScreenText is GetScreenText; it ends the test on an error.
func (m *Machine) MustGetScreenText() string { return must1(m.GetScreenText()) }

// GetScreenTextVariants returns the text on the screen as read from the picture as it is, enhanced, enhanced and
// negated.
func (m *Machine) GetScreenTextVariants() ([]string, error) {
	return askWithin(nil, m.timeout, func(timeout optional) answer[[]string] {
		return screen.GetScreenTextVariants(m.resource, timeout)
	})
}

// MustGetScreenTextVariants is GetScreenTextVariants; it ends the test on an error.
func (m *Machine) MustGetScreenTextVariants() []string { return must1(m.GetScreenTextVariants()) }

// WaitForText waits until the text on the screen matches in one of its variants. Returns what matched. TimedOutError
// tells the text that was read last.
func (m *Machine) WaitForText(pattern string) (string, error) {
	return askWithin(texts(pattern), m.timeout, func(timeout optional) answer[string] {
		return screen.WaitForText(m.resource, pattern, timeout)
	})
}

// MustWaitForText is WaitForText; it ends the test on an error.
func (m *Machine) MustWaitForText(pattern string) string { return must1(m.WaitForText(pattern)) }

// WaitForX waits until the machine runs an X server and a graphical session has begun. That systemd tells, where the
// machine has its journal; for a session that is none of systemd's, wait for a window. TimedOutError tells what is
// missing.
func (m *Machine) WaitForX() error {
	return just(askWithin(nil, m.timeout, func(timeout optional) answer[nothing] {
		return screen.WaitForX(m.resource, timeout)
	}))
}

// MustWaitForX is WaitForX; it ends the test on an error.
func (m *Machine) MustWaitForX() { must(m.WaitForX()) }

// GetWindowNames returns the titles of all windows of the X server. CommandFailedError where there is no X server;
// UnsupportedError where the machine has no `xwininfo`.
func (m *Machine) GetWindowNames() ([]string, error) {
	return askWithin(nil, m.timeout, func(timeout optional) answer[[]string] {
		return screen.GetWindowNames(m.resource, timeout)
	})
}

// MustGetWindowNames is GetWindowNames; it ends the test on an error.
func (m *Machine) MustGetWindowNames() []string { return must1(m.GetWindowNames()) }

// WaitForWindow waits until there is a window whose title matches. Returns the title. TimedOutError tells the titles
// seen last; UnsupportedError where the machine has no `xwininfo`.
func (m *Machine) WaitForWindow(pattern string) (string, error) {
	return askWithin(texts(pattern), m.timeout, func(timeout optional) answer[string] {
		return screen.WaitForWindow(m.resource, pattern, timeout)
	})
}

// MustWaitForWindow is WaitForWindow; it ends the test on an error.
func (m *Machine) MustWaitForWindow(pattern string) string { return must1(m.WaitForWindow(pattern)) }
