package proctor

import (
	"fmt"

	log "proctor/internal/bindings/imports/proctor_driver_log"
)

// Level is how important a line of the log is.
type Level int

const (
	// LevelDebug is for what is shown when somebody looks closely.
	LevelDebug Level = iota
	// LevelInfo is for what happens.
	LevelInfo
	// LevelWarning is for what may explain a later failure.
	LevelWarning
	// LevelError is for what is wrong. Does not fail the test.
	LevelError
)

// Log writes a line, with spaces between the values, as fmt.Sprintln has them. The host makes control characters visible
// and cuts what is longer than a line may be.
func Log(level Level, values ...any) { write(level, line(values)) }

// Logf writes a line, formatted as fmt.Sprintf does.
func Logf(level Level, format string, values ...any) { write(level, fmt.Sprintf(format, values...)) }

func write(level Level, text string) {
	text = valid(text)
	defer enterHost()()
	switch {
	case level <= LevelDebug:
		log.Write(log.Level_Debug, text)
	case level == LevelInfo:
		log.Write(log.Level_Info, text)
	case level == LevelWarning:
		log.Write(log.Level_Warning, text)
	default:
		log.Write(log.Level_Error, text)
	}
}

// ShowSerial is whether the serial consoles' lines are shown as they come. They are recorded in any case. On at first.
func ShowSerial(enabled bool) {
	defer enterHost()()
	log.ShowSerial(enabled)
}
