package proctor

import (
	"fmt"
	"time"
)

// The first pause between two tries, and the longest: what is waited for is soon noticed, and the machine has time for
// other things.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
)

// retryError says that the time of Retry has passed.
type retryError struct{ elapsed, timeout time.Duration }

func (e *retryError) Error() string {
	return fmt.Sprintf("action timed out after %.2f seconds (timeout=%s)", e.elapsed.Seconds(), decimal(e.timeout.Seconds()))
}

// Retry repeats something until it returns a value and true. It returns false where it is too early. Pauses between two
// tries as long as a try took or a twentieth of the time so far, 20 ms at least and one second at most.
//
//	load, err := proctor.Retry(time.Minute, func() (float64, bool, error) {
//		text, err := machine.Succeed("cut -d' ' -f1 /proc/loadavg")
//		if err != nil {
//			return 0, false, err
//		}
//		load, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
//		return load, load < 0.5, err
//	})
//
// Returns the function's own error, at once; and `action timed out after ... seconds` where the time has passed. One try
// is not ended by that: give the calls in it a time, with Machine.Within.
func Retry[V any](timeout time.Duration, action func() (value V, done bool, err error)) (V, error) {
	start := time.Now()
	for {
		began := time.Now()
		value, done, err := action()
		if done || err != nil {
			return value, err
		}
		elapsed := time.Since(start)
		if elapsed >= timeout {
			return value, ownError(&retryError{elapsed, timeout})
		}
		// The longer it lasts, the less often.
		pause := min(max(time.Since(began), elapsed/20, firstPause), longestPause)
		time.Sleep(min(pause, timeout-elapsed))
	}
}

// MustRetry is Retry for a function that ends the test by itself where it fails; it ends the test where the time has
// passed.
func MustRetry[V any](timeout time.Duration, action func() (value V, done bool)) V {
	return must1(Retry(timeout, func() (V, bool, error) {
		value, done := action()
		return value, done, nil
	}))
}
