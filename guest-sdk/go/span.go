package proctor

import (
	log "proctor/internal/bindings/imports/proctor_driver_log"
)

// Run runs a part of the test that passes or fails under a name of its own. A failure is the test's, too, which goes on
// all the same:
//
//	if !t.Run("the server starts", func(t *proctor.T) { ... }) {
//		return
//	}
//
// Returns whether it passed. A panic ends the whole test.
func (t *T) Run(name string, body func(t *T)) bool {
	failed := t.subtest(name, body)
	if failed == nil {
		return true
	}
	t.add(failed)
	return false
}

// Subtest is Run for a part whose failure the test wants to judge itself: it is returned, and not the test's, unless the
// test makes it so. What the body returns fails the subtest as T.Fatal does.
func (t *T) Subtest(name string, body func(t *T) error) error {
	failed := t.subtest(name, func(inner *T) {
		if err := body(inner); err != nil {
			inner.Fatal(err)
		}
	})
	if failed == nil {
		return nil
	}
	return failed
}

func (t *T) subtest(name string, body func(*T)) *failure {
	inner := &T{name: t.name + "/" + name, span: openSpan(log.SpanKind_Subtest, name)}
	defer closeSpan(inner.span)
	inner.execute(body)
	failed := inner.failed()
	if failed == nil {
		return nil
	}
	failSpan(inner.span, failed)
	if failed.fatal {
		t.add(failed)
		t.FailNow()
	}
	return failed
}

// Group puts the lines that the body causes together under a name.
func (t *T) Group(name string, body func()) {
	span := openSpan(log.SpanKind_Group, name)
	defer closeSpan(span)
	body()
}

func openSpan(kind log.SpanKind, name string) *log.Span {
	defer enterHost()()
	return log.MakeSpan(kind, valid(name))
}

func closeSpan(span *log.Span) {
	defer enterHost()()
	span.Drop()
}

func failSpan(span *log.Span, failed *failure) {
	told := failed.host()
	defer enterHost()()
	span.Fail(told)
}

// failOpenSubtests marks all subtests that run as failed, innermost first.
func failOpenSubtests(failed *failure) {
	told := failed.host()
	for _, t := range openTests() {
		if t.span != nil {
			t.span.Fail(told)
		}
	}
}
