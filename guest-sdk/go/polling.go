package proctor

import (
	"errors"
	"fmt"
	"slices"
	"time"

	polling "proctor/internal/bindings/imports/proctor_driver_polling"
	types "proctor/internal/bindings/imports/proctor_driver_types"
	wit "proctor/internal/wit/types"
)

// PollingCondition is a condition that has to hold while a part of the test runs. The host looks at it before each call on
// a machine and in the middle of waits, not more often than its interval, and once more at the end of its scope. While it
// does not hold, the calls in its scope fail with PollingConditionFailedError.
//
//	answers := proctor.NewPollingCondition("the web server answers", func() {
//		client.MustSucceed("curl --fail http://server/")
//	}, proctor.Every(time.Second))
//	answers.MustHold(func() {
//		server.MustSucceed("systemctl reload nginx")
//		server.MustWaitForFile("/run/upgraded")
//	})
type PollingCondition struct {
	resource    *polling.Condition
	number      uint32
	description string
	check       func() error
	evaluated   bool
}

// Check is what a condition looks at: it does not hold where the function returns false or an error, fails as a test
// fails, or panics. The function may do what a test may; its time is bounded by the run's condition limit.
type Check interface {
	func() | func() bool | func() error
}

// ConditionOption is something about a condition besides its description and its function.
type ConditionOption func(*time.Duration)

// Every is how often a condition is looked at, at the most: before a call that comes sooner it is not. Rounded up to
// milliseconds. Default: two seconds.
func Every(interval time.Duration) ConditionOption {
	return func(of *time.Duration) { *of = interval }
}

// The conditions in whose scope the test is.
var entered []*PollingCondition

// What a scope's end found whose error nobody took; the next call tells it, or the test's end.
var pending *broken

// broken is an error of the host that waits to be told, and the place where its scope began.
type broken struct {
	told  types.Error
	place location
}

// Whether a condition is being evaluated.
var evaluates bool

// NewPollingCondition makes a condition. Nothing looks at it before Hold, Enter, Evaluate or Wait.
func NewPollingCondition[C Check](description string, check C, options ...ConditionOption) *PollingCondition {
	var interval time.Duration
	for _, option := range options {
		option(&interval)
	}
	condition := &PollingCondition{description: valid(description), check: asError(check)}
	defer enterHost()()
	condition.resource = polling.MakeCondition(condition.description, limit(interval))
	condition.number = condition.resource.Number()
	return condition
}

func asError[C Check](check C) func() error {
	switch check := any(check).(type) {
	case func() error:
		return check
	case func() bool:
		return func() error {
			if check() {
				return nil
			}
			return errors.New("")
		}
	case func():
		return func() error {
			check()
			return nil
		}
	}
	return nil
}

// Hold runs the body in the condition's scope, and looks once more afterwards. Returns the body's error, or else
// PollingConditionFailedError where the condition does not hold in the end.
func (c *PollingCondition) Hold(body func() error) error {
	if told := c.begin(); told != nil {
		return errorAt(here(), *told)
	}
	returned, place := false, here()
	defer func() {
		if !returned {
			c.leaveThrown(place)
		}
	}()
	err := body()
	returned = true
	if err != nil {
		c.leave(err)
		return err
	}
	if told := c.end(); told != nil {
		return errorAt(here(), *told)
	}
	return nil
}

// MustHold is Hold for a body that ends the test by itself where it fails; it ends the test where the condition does not
// hold.
func (c *PollingCondition) MustHold(body func()) {
	must(c.Hold(func() error {
		body()
		return nil
	}))
}

// leave ends the scope after an error of the body, which is the test's, and of which this may be the reason.
func (c *PollingCondition) leave(err error) {
	var own *PollingConditionFailedError
	if errors.As(err, &own) && own.Description == c.description {
		c.abandon()
	} else if told := c.end(); told != nil {
		Logf(LevelError, "the scope ended with an error, and: %v", errorAt(here(), *told))
	}
}

// leaveThrown ends the scope when the body ended the test, or panicked, which somebody may recover.
func (c *PollingCondition) leaveThrown(place location) {
	if failed := current().lastFailure(); failed != nil {
		c.leave(failed)
	} else if told := c.end(); told != nil {
		keepPending(*told, place)
	}
}

// Evaluate looks whether it holds, now, whenever it was looked at before. Conditions in whose scope this is done are
// looked at meanwhile, as always. Returns PollingConditionFailedError where it does not hold.
func (c *PollingCondition) Evaluate() error {
	if told := c.evaluate(); told != nil {
		return errorAt(here(), *told)
	}
	return nil
}

// MustEvaluate is Evaluate; it ends the test where the condition does not hold.
func (c *PollingCondition) MustEvaluate() { must(c.Evaluate()) }

// Wait waits until it holds. Returns PollingConditionFailedError where it does not in that time.
func (c *PollingCondition) Wait(timeout time.Duration) error {
	var last *PollingConditionFailedError
	_, err := Retry(timeout, func() (nothing, bool, error) {
		err := c.Evaluate()
		if err == nil {
			return nothing{}, true, nil
		}
		if errors.As(err, &last) {
			return nothing{}, false, nil
		}
		return nothing{}, false, ownError(errors.Unwrap(err))
	})
	var timedOut *retryError
	if last == nil || !errors.As(err, &timedOut) {
		return err
	}
	message := fmt.Sprintf("it did not hold within %.2f s", timeout.Seconds())
	if last.Message != "" {
		message += "; in the end: " + last.Message
	}
	return ownError(&PollingConditionFailedError{last.Description, message})
}

// MustWait is Wait; it ends the test where the condition does not hold in that time.
func (c *PollingCondition) MustWait(timeout time.Duration) { must(c.Wait(timeout)) }

// ConditionScope is the scope of a condition between Enter and Exit or Close.
type ConditionScope struct {
	condition *PollingCondition
	place     location
}

// Where the scopes are that have begun and not ended, the innermost last.
var openScopes []*ConditionScope

// Enter begins the condition's scope, which lasts until Exit or Close, or until the test ends:
//
//	scope := answers.MustEnter()
//	defer scope.Close()
//
// Returns InvalidArgumentError where too many are entered, or in a condition's function.
func (c *PollingCondition) Enter() (*ConditionScope, error) {
	place := here()
	if told := c.begin(); told != nil {
		return nil, errorAt(place, *told)
	}
	scope := &ConditionScope{c, place}
	openScopes = append(openScopes, scope)
	return scope, nil
}

// MustEnter is Enter; it ends the test on an error.
func (c *PollingCondition) MustEnter() *ConditionScope { return must1(c.Enter()) }

// Exit ends the scope. Returns PollingConditionFailedError where the condition does not hold in the end. Does nothing
// where the scope has ended.
func (s *ConditionScope) Exit() error {
	condition := s.take()
	if condition == nil {
		return nil
	}
	if told := condition.end(); told != nil {
		return errorAt(here(), *told)
	}
	return nil
}

// MustExit is Exit; it ends the test where the condition does not hold.
func (s *ConditionScope) MustExit() { must(s.Exit()) }

// Close ends the scope, for defer statements. Where the condition does not hold in the end, the next call fails, or the
// test does. Does nothing where the scope has ended.
func (s *ConditionScope) Close() {
	condition := s.take()
	if condition == nil {
		return
	}
	if told := condition.end(); told != nil {
		keepPending(*told, s.place)
	}
}

// take is the condition whose scope is to end; nil where it has ended.
func (s *ConditionScope) take() *PollingCondition {
	condition := s.condition
	s.condition = nil
	openScopes = slices.DeleteFunc(openScopes, func(other *ConditionScope) bool { return other == s })
	return condition
}

// closeScopes ends what the test began and did not end, innermost first.
func closeScopes() {
	for len(openScopes) > 0 {
		openScopes[len(openScopes)-1].Close()
	}
}

// keepPending has the next call tell an error, or the test's end. The first is told.
func keepPending(told types.Error, place location) {
	// Nothing that a test does with the call that tells it makes this unsaid.
	Log(LevelError, errorAt(place, told))
	if pending == nil {
		pending = &broken{told, place}
	}
}

func (c *PollingCondition) begin() *types.Error {
	_, told := once(c.resource.Enter)
	if told == nil {
		entered = append(entered, c)
	}
	return told
}

func (c *PollingCondition) end() *types.Error {
	defer c.forget()
	// What another scope's end found is not told here: this one is to end in any case.
	_, told := repeat(wit.None[uint32](), func(optional) answer[nothing] { return c.resource.Exit() })
	return told
}

// abandon ends the scope without another look: it is known that the condition does not hold.
func (c *PollingCondition) abandon() {
	defer c.forget()
	// The first is answered that the condition is due, the second that it was not looked at.
	_, _ = once(c.resource.Exit)
	_, _ = once(c.resource.Exit)
}

func (c *PollingCondition) forget() {
	for index := len(entered) - 1; index >= 0; index-- {
		if entered[index] == c {
			entered = append(entered[:index], entered[index+1:]...)
			return
		}
	}
}

// evaluate runs the condition's function and tells the host what came of it.
func (c *PollingCondition) evaluate() *types.Error {
	if _, told := once(c.resource.BeginEvaluation); told != nil {
		return told
	}
	outcome := wit.Ok[nothing, string](nothing{})
	if said := c.look(); said != nil {
		outcome = wit.Err[nothing](bounded(valid(said.Error())))
	}
	_, told := once(func() answer[nothing] { return c.resource.EndEvaluation(outcome) })
	return told
}

// look is why the condition does not hold; nothing where it does.
func (c *PollingCondition) look() error {
	if c.evaluated {
		return errors.New("it is being evaluated already")
	}
	before := evaluates
	c.evaluated, evaluates = true, true
	defer func() { c.evaluated, evaluates = false, before }()
	looking := &T{name: c.description}
	var said error
	looking.execute(func(*T) {
		if err := c.check(); err != nil {
			// Its method may panic.
			said = errors.New(err.Error())
		}
	})
	if failed := looking.failed(); failed != nil {
		return failed
	}
	return said
}

// takePending is what a scope's end found and that no call has told.
func takePending() *broken {
	taken := pending
	pending = nil
	return taken
}

// pass makes a call that runs something on a machine: conditions that are due come before it.
func pass[V any](call func() answer[V]) (V, *types.Error) {
	return passWithin(wit.None[uint32](), func(optional) answer[V] { return call() })
}

// passWithin is pass for a call with a timeout, or a sleep: when it breaks off for conditions, it is made again with the
// rest.
func passWithin[V any](timeout optional, call func(timeout optional) answer[V]) (V, *types.Error) {
	if !evaluates {
		if earlier := takePending(); earlier != nil {
			var none V
			return none, &earlier.told
		}
	}
	return repeat(timeout, call)
}

// repeat makes a call, with the conditions that are due before it.
func repeat[V any](timeout optional, call func(timeout optional) answer[V]) (V, *types.Error) {
	for {
		value, told := once(func() answer[V] { return call(timeout) })
		if told == nil || told.Cause.Tag() != types.ErrorCause_ConditionsDue {
			return value, told
		}
		due := told.Cause.ConditionsDue()
		for _, number := range due.Conditions {
			// The host tells the outcome, by the call that is made again.
			evaluateDue(number)
		}
		if due.Remaining.IsSome() {
			timeout = due.Remaining
		}
	}
}

func evaluateDue(number uint32) {
	for _, condition := range entered {
		if condition.number == number {
			_ = condition.evaluate()
			return
		}
	}
}
