package proctor

import (
	"math"
	"testing"
	"time"
)

func TestDurationsAreRoundedUpToMilliseconds(t *testing.T) {
	for duration, wanted := range map[time.Duration]uint32{
		-time.Second:                            0,
		0:                                       0,
		1:                                       1,
		1001 * time.Microsecond:                 2,
		7 * time.Millisecond:                    7,
		math.MaxUint32 * time.Millisecond:       math.MaxUint32,
		50 * 24 * time.Hour:                     math.MaxUint32,
		time.Duration(math.MaxInt64):            math.MaxUint32,
		(math.MaxUint32 - 1) * time.Millisecond: math.MaxUint32 - 1,
	} {
		if told := milliseconds(duration); told != wanted {
			t.Errorf("%v is %d ms and not %d", duration, told, wanted)
		}
	}
	if duration(math.MaxUint32).Milliseconds() != math.MaxUint32 {
		t.Error("what the host tells is not kept")
	}
}

func TestDurationsAreShownAsTheLogShowsThem(t *testing.T) {
	for duration, wanted := range map[time.Duration]string{
		50 * time.Millisecond:    "0.05 s",
		1500 * time.Millisecond:  "1.50 s",
		12345 * time.Millisecond: "12.3 s",
	} {
		if shown := seconds(duration); shown != wanted {
			t.Errorf("%v is shown as %s and not %s", duration, shown, wanted)
		}
	}
	for number, wanted := range map[float64]string{60: "60.0", 0.1: "0.1", 0.25: "0.25", 1: "1.0"} {
		if shown := decimal(number); shown != wanted {
			t.Errorf("%v is shown as %s and not %s", number, shown, wanted)
		}
	}
}
