// A machine's keyboard. It has an American layout. A key is held for 10 ms, and 10 ms pass after each where no delay is
// given: a machine that is too slow for that and loses keys needs a longer delay.

package proctor

import (
	"time"

	keyboard "proctor/internal/bindings/imports/proctor_driver_keyboard"
	wit "proctor/internal/wit/types"
)

// SendKey presses keys together and releases them: a character that can be typed, or names joined by `-`, such as `ret`,
// `ctrl-alt-delete`, `shift-a`, `f1`, `0x1c`. InvalidArgumentError where there is no such key.
func (m *Machine) SendKey(key string) error {
	return just(askWithin(texts(key), m.timeout, func(timeout optional) answer[nothing] {
		return keyboard.SendKey(m.resource, key, wit.None[uint32](), timeout)
	}))
}

// MustSendKey is SendKey; it ends the test on an error.
func (m *Machine) MustSendKey(key string) { must(m.SendKey(key)) }

// SendKeyWithDelay is SendKey with another delay after the key.
func (m *Machine) SendKeyWithDelay(key string, delay time.Duration) error {
	return just(askWithin(texts(key), m.timeout, func(timeout optional) answer[nothing] {
		return keyboard.SendKey(m.resource, key, wit.Some(milliseconds(delay)), timeout)
	}))
}

// MustSendKeyWithDelay is SendKeyWithDelay; it ends the test on an error.
func (m *Machine) MustSendKeyWithDelay(key string, delay time.Duration) {
	must(m.SendKeyWithDelay(key, delay))
}

// SendChars types text: printable ASCII, line feeds (Enter) and tabs. InvalidArgumentError before anything is typed,
// where it holds something else.
func (m *Machine) SendChars(text string) error {
	return just(askWithin(texts(text), m.timeout, func(timeout optional) answer[nothing] {
		return keyboard.SendChars(m.resource, text, wit.None[uint32](), timeout)
	}))
}

// MustSendChars is SendChars; it ends the test on an error.
func (m *Machine) MustSendChars(text string) { must(m.SendChars(text)) }

// SendCharsWithDelay is SendChars with another delay after each key.
func (m *Machine) SendCharsWithDelay(text string, delay time.Duration) error {
	return just(askWithin(texts(text), m.timeout, func(timeout optional) answer[nothing] {
		return keyboard.SendChars(m.resource, text, wit.Some(milliseconds(delay)), timeout)
	}))
}

// MustSendCharsWithDelay is SendCharsWithDelay; it ends the test on an error.
func (m *Machine) MustSendCharsWithDelay(text string, delay time.Duration) {
	must(m.SendCharsWithDelay(text, delay))
}
