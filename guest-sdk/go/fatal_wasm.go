package proctor

import (
	"bytes"
	"unicode/utf8"
	"unsafe"
)

// What ends the component without the test: a panic in a goroutine that the test started, a deadlock, an endless
// recursion. The runtime tells nobody, but prints, and what it prints is read here. It runs on the runtime's own stack
// then, with a broken heap perhaps: nothing is allocated.

// Longer texts are cut.
const (
	fatalTextBytes = 4096
	fatalLineBytes = 1024
)

var fatal struct {
	// What has been printed of the line that is not complete.
	line     [fatalLineBytes]byte
	lineSize int
	// The text, from `panic: ` or `fatal error: ` to the first empty line.
	text     [fatalTextBytes]byte
	textSize int
	// Whether the text has begun; it is the runtime's own for sure; it is complete; a place of the author's is known.
	begun, certain, complete, placed bool
	// Whether the frame whose place comes next is of this package.
	ours bool
	file [fatalLineBytes]byte
	// The failure as the host reads it: the text, the place, no cause.
	failure [26]uint32
	// The beginning of the author's files.
	module []byte
}

var (
	panicStart      = []byte("panic: ")
	fatalErrorStart = []byte("fatal error: ")
	ownStart        = []byte(ownFunctions)
	ownOtherStart   = []byte("proctor/internal/")
)

//go:linkname overrideWrite runtime.overrideWrite
var overrideWrite func(descriptor uintptr, data unsafe.Pointer, size int32) int32

//go:linkname writeDescriptor runtime.write1
func writeDescriptor(descriptor uintptr, data unsafe.Pointer, size int32) int32

// How many threads are ending the program.
//
//go:linkname panicking runtime.panicking
var panicking uint32

//go:wasmimport proctor:driver/log@0.1.0 panicked
func tellPanicked(failure unsafe.Pointer)

// reportFatalErrors has the host told what the runtime prints before it ends the component.
func reportFatalErrors() {
	fatal.module = []byte(module())
	overrideWrite = func(descriptor uintptr, data unsafe.Pointer, size int32) int32 {
		if descriptor == 2 && !fatal.placed {
			for _, character := range unsafe.Slice((*byte)(data), size) {
				readFatal(character)
			}
		}
		return writeDescriptor(descriptor, data, size)
	}
}

func readFatal(character byte) {
	if character != '\n' {
		if fatal.lineSize < len(fatal.line) {
			fatal.line[fatal.lineSize] = character
			fatal.lineSize++
		}
		return
	}
	line := fatal.line[:fatal.lineSize]
	fatal.lineSize = 0
	isPanic := panicking > 0 && bytes.HasPrefix(line, panicStart)
	switch {
	case !fatal.certain && (isPanic || bytes.HasPrefix(line, fatalErrorStart)):
		// What the test itself printed before is not meant.
		fatal.begun, fatal.certain, fatal.textSize = true, isPanic, 0
		fatal.textSize = copy(fatal.text[:], line)
	case !fatal.begun:
	case !fatal.complete && (len(line) > 0 || panicking == 0):
		if fatal.textSize < len(fatal.text) {
			fatal.text[fatal.textSize] = '\n'
			fatal.textSize++
		}
		fatal.textSize += copy(fatal.text[fatal.textSize:], line)
	case !fatal.complete:
		fatal.certain, fatal.complete = true, true
		tellFatal(nil, 0)
	case len(line) > 0 && line[0] == '\t':
		readFatalPlace(line[1:])
	default:
		fatal.ours = bytes.HasPrefix(line, ownStart) || bytes.HasPrefix(line, ownOtherStart)
	}
}

// readFatalPlace reads `module/file.go:7 +0x12`.
func readFatalPlace(line []byte) {
	if fatal.ours || len(fatal.module) == 0 || !bytes.HasPrefix(line, fatal.module) {
		return
	}
	line = line[len(fatal.module):]
	colon := bytes.LastIndexByte(line, ':')
	if colon < 0 {
		return
	}
	number := uint32(0)
	for _, digit := range line[colon+1:] {
		if digit < '0' || digit > '9' {
			break
		}
		number = 10*number + uint32(digit-'0')
	}
	fatal.placed = true
	tellFatal(line[:colon], number)
}

// tellFatal tells the host; what is told last counts.
func tellFatal(file []byte, line uint32) {
	text := fatal.text[:fatal.textSize]
	onlyUTF8(text)
	fatal.failure[0], fatal.failure[1] = address(&fatal.text[0]), uint32(len(text))
	if file != nil {
		size := copy(fatal.file[:], file)
		onlyUTF8(fatal.file[:size])
		fatal.failure[2] = 1
		fatal.failure[3], fatal.failure[4], fatal.failure[5] = address(&fatal.file[0]), uint32(size), line
	}
	tellPanicked(unsafe.Pointer(&fatal.failure))
}

func address(of *byte) uint32 { return uint32(uintptr(unsafe.Pointer(of))) }

// onlyUTF8 makes a question mark of each byte that is no UTF-8, in place.
func onlyUTF8(text []byte) {
	for len(text) > 0 {
		character, size := utf8.DecodeRune(text)
		if character == utf8.RuneError && size == 1 {
			text[0] = '?'
		}
		text = text[size:]
	}
}
