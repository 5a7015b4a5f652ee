package proctor

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A failure's message is cut to so many bytes, the first ones: what is longer is data, and a call of the host has a limit
// of its own.
const messageBytes = 64 * 1024

// bounded is as much of a valid text as a failure may have, with a note of its length where that cuts it.
func bounded(text string) string {
	if len(text) <= messageBytes {
		return text
	}
	end := messageBytes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%d bytes)", text[:end], len(text))
}

// valid is a text that the host can take: what is no UTF-8 becomes U+FFFD, one for each beginning of a character.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var clean strings.Builder
	for len(text) > 0 {
		character, size := utf8.DecodeRuneInString(text)
		if character == utf8.RuneError && size == 1 {
			size = brokenLength(text)
		}
		clean.WriteRune(character)
		text = text[size:]
	}
	return clean.String()
}

// brokenLength is how many bytes of a text that begins with invalid UTF-8 are the beginning of one character.
func brokenLength(text string) int {
	length := 1
	for length < len(text) && length < utf8.UTFMax && beginsCharacter(text[:length+1]) {
		length++
	}
	return length
}

// beginsCharacter is whether some continuation makes a valid character of this.
func beginsCharacter(text string) bool {
	if utf8.FullRuneInString(text) {
		character, size := utf8.DecodeRuneInString(text)
		return character != utf8.RuneError || size > 1
	}
	return true
}
