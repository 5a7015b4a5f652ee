package proctor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"proctor"
)

func TestRetryEndsWithTheFirstValueOrTheFirstError(t *testing.T) {
	tries := 0
	value, err := proctor.Retry(time.Minute, func() (string, bool, error) {
		tries++
		return "third", tries == 3, nil
	})
	if value != "third" || err != nil || tries != 3 {
		t.Error(value, err, tries)
	}
	broken := errors.New("broken")
	if _, err := proctor.Retry(time.Minute, func() (int, bool, error) { return 0, false, broken }); err != broken {
		t.Error(err)
	}
}

func TestRetryEndsInTimeAndTriesOnceMoreThen(t *testing.T) {
	start, timeout := time.Now(), 100*time.Millisecond
	var last time.Duration
	_, err := proctor.Retry(timeout, func() (int, bool, error) {
		last = time.Since(start)
		return 0, false, nil
	})
	if !strings.HasPrefix(err.Error(), "action timed out after 0.1") || !strings.HasSuffix(err.Error(), "seconds (timeout=0.1)") {
		t.Error(err)
	}
	if last < timeout {
		t.Error("the last try was too early", last)
	}
	var told *proctor.Error
	if !errors.As(err, &told) || !strings.HasSuffix(told.Place.File, "t_test.go") || told.Place.Line == 0 {
		t.Errorf("%+v", told)
	}
}
