package proctor

import (
	"testing"
	"time"
)

func TestANameStandsForOneTest(t *testing.T) {
	tests := []*registration{
		{name: "a", place: location{Place: Place{"a.go", 1}}}, {name: "b", place: location{Place: Place{"a.go", 2}}}, {name: "a", place: location{Place: Place{"b.go", 3}}},
	}
	failed := mistake(tests)
	if failed == nil || failed.message != "two tests are named `a`: at a.go:1 and at b.go:3; give one another name" {
		t.Errorf("%+v", failed)
	}
	if failed := mistake(tests[:2]); failed != nil {
		t.Error(failed)
	}
}

func TestAnUnknownNameIsAnsweredWithTheKnownOnes(t *testing.T) {
	tests := []*registration{{name: "a"}, {name: "b"}}
	if told := unknownName("c", tests); told != "no test is named `c`; there are `a`, `b`" {
		t.Error(told)
	}
	if told := unknownName("c", nil); told != "no test is named `c`; the component has none" {
		t.Error(told)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for wanted, test := range map[string]struct {
		name   string
		option Option
	}{
		"a test's name must not be empty":                           {name: " "},
		"a test's name must be one line without control characters": {name: "a\nb"},
		"a description must be one line without control characters": {name: "a", option: Description("a\tb")},
		"a tag must not be empty":                                   {name: "a", option: Tags("b", "")},
		"a timeout of zero would fail every test":                   {name: "a", option: Timeout(0)},
		"": {name: "a", option: Timeout(time.Second)},
	} {
		registered = nil
		var options []Option
		if test.option != nil {
			options = append(options, test.option)
		}
		Test(test.name, func(*T) {}, options...)
		if said := registered[0].mistake; said != wanted {
			t.Errorf("%q is not %q", said, wanted)
		}
	}
	registered = nil
}
