package proctor

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	wit "proctor/internal/wit/types"
)

// milliseconds is a duration on its way to the host, which counts milliseconds in 32 bits. Rounded up, so that no wait
// is shorter than asked for; the longest that can be told, 49 days, where it is longer; none where it is negative.
func milliseconds(duration time.Duration) uint32 {
	if duration <= 0 {
		return 0
	}
	whole := duration / time.Millisecond
	if duration%time.Millisecond != 0 {
		whole++
	}
	return uint32(min(int64(whole), math.MaxUint32))
}

// limit is a timeout on its way to the host; none where it is zero.
func limit(timeout time.Duration) wit.Option[uint32] {
	if timeout == 0 {
		return wit.None[uint32]()
	}
	return wit.Some(milliseconds(timeout))
}

// duration is one that the host told.
func duration(milliseconds uint32) time.Duration {
	return time.Duration(milliseconds) * time.Millisecond
}

// seconds is a duration as the host's log has it: `0.05 s`, `12.3 s`.
func seconds(duration time.Duration) string {
	if duration.Seconds() < 10 {
		return fmt.Sprintf("%.2f s", duration.Seconds())
	}
	return fmt.Sprintf("%.1f s", duration.Seconds())
}

// decimal is a number with at least one decimal: `60.0`, `0.25`.
func decimal(number float64) string {
	text := strconv.FormatFloat(number, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
