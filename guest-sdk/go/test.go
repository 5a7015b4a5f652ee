package proctor

import (
	"strings"
	"time"
	"unicode"

	wit "proctor/internal/wit/types"
)

// Option is something about a test besides its name and its body.
type Option func(*registration)

// Test says that there is a test. To be called in main, or in an init function, before anything runs: the component is
// loaded once to see which tests there are, and once more for each of them.
//
// The name is one line and unique within the module's tests. A test fails by T.Fatal and the like, by methods of a name
// with Must, and by a panic.
func Test(name string, body func(t *T), options ...Option) {
	test := &registration{name: name, body: body, timeout: wit.None[uint32](), place: here()}
	if runsTest() {
		panic("proctor.Test is for main: a test cannot add tests")
	}
	test.line("a test's name", name)
	if body == nil {
		test.mistake = "a test has no function: it is nil"
	}
	for _, option := range options {
		option(test)
	}
	registered = append(registered, test)
	noticeNative()
}

// Description tells in one line what the test shows.
func Description(text string) Option {
	return func(test *registration) {
		test.line("a description", text)
		test.description = text
	}
}

// Tags are for the selection of tests, as in `proctor run --tag network`.
func Tags(tags ...string) Option {
	return func(test *registration) {
		for _, tag := range tags {
			test.line("a tag", tag)
		}
		test.tags = append(test.tags, tags...)
	}
}

// Timeout is how long the test may take, the first boot of each machine not counted. Rounded up to milliseconds, at most
// 49 days. Default, and never more than that: as long as the run allows.
func Timeout(timeout time.Duration) Option {
	return func(test *registration) {
		if timeout <= 0 {
			test.mistake = "a timeout of zero would fail every test"
		}
		test.timeout = wit.Some(milliseconds(timeout))
	}
}

// line notes a mistake where a text is not exactly one line.
func (r *registration) line(what, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		r.mistake = what + " must not be empty"
	case strings.ContainsFunc(text, unicode.IsControl) || valid(text) != text:
		r.mistake = what + " must be one line without control characters"
	}
}
