package proctor

import (
	"strings"
	"testing"
)

func TestInvalidTextIsShownAsEveryLanguageShowsIt(t *testing.T) {
	for text, wanted := range map[string]string{
		"":                         "",
		"grüß 日本 🎉":                "grüß 日本 🎉",
		"a\xffb":                   "a\uFFFDb",
		"\xff\xfe":                 "\uFFFD\uFFFD",
		"\xe6\x97x":                "\uFFFDx",
		"\xf0\x9f\x8e":             "\uFFFD",
		"\xc0\xaf":                 "\uFFFD\uFFFD",
		"\xed\xa0\x80":             "\uFFFD\uFFFD\uFFFD",
		"\xf0\x80\x80\x41":         "\uFFFD\uFFFD\uFFFDA",
		"\xf1\x80\x80\xe1\x80\xc2": "\uFFFD\uFFFD\uFFFD",
		"\uFFFD":                   "\uFFFD",
	} {
		if shown := valid(text); shown != wanted {
			t.Errorf("%q is shown as %q and not %q", text, shown, wanted)
		}
	}
}

func TestLongMessagesAreCutAtACharacter(t *testing.T) {
	if whole := strings.Repeat("a", messageBytes); bounded(whole) != whole {
		t.Error("it is cut though it is short")
	}
	cut := bounded("a" + strings.Repeat("ä", messageBytes))
	if wanted := "a" + strings.Repeat("ä", messageBytes/2-1) + "... (131073 bytes)"; cut != wanted {
		t.Error(len(cut), cut[len(cut)-30:])
	}
}
