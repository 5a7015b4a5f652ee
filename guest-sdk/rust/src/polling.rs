//! Conditions that have to hold while a part of the test runs.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use crate::bindings::proctor::driver::polling;
use crate::bindings::proctor::driver::types::{Error as HostError, ErrorCause};
use crate::cause::{at, here};
use crate::duration::milliseconds;
use crate::{CommandResult, Error, ErrorKind, Output, Result, log, retry};

type Closure<'a> = dyn FnMut() -> Result<(), String> + 'a;

thread_local! {
    /// The conditions in whose scope the test is, by the host's numbers.
    static ENTERED: RefCell<Vec<Entered<'static>>> = const { RefCell::new(Vec::new()) };
    /// What a guard found that was dropped; the next call tells it, or the test's end.
    static PENDING: Cell<Option<(HostError, &'static Location<'static>)>> = const { Cell::new(None) };
    static EVALUATES: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone)]
struct Entered<'a> {
    resource: Rc<polling::Condition>,
    closure: Rc<RefCell<Closure<'a>>>,
    description: Rc<str>,
}

/// What the closure of a condition may return: nothing, whether the condition holds, a command's output or result, or one
/// of these or an error, which says why it does not hold.
pub trait Outcome {
    /// Why the condition does not hold.
    ///
    /// # Errors
    ///
    /// The condition does not hold; the text may be empty.
    fn outcome(self) -> Result<(), String>;
}

impl Outcome for () {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl Outcome for bool {
    fn outcome(self) -> Result<(), String> {
        if self { Ok(()) } else { Err(String::new()) }
    }
}

impl Outcome for Output {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl Outcome for CommandResult {
    fn outcome(self) -> Result<(), String> {
        if self.success() {
            return Ok(());
        }
        Err(format!("command `{}` ended with status {}", self.command, self.status))
    }
}

impl<T: Outcome, E: std::fmt::Display> Outcome for Result<T, E> {
    fn outcome(self) -> Result<(), String> {
        match self {
            Ok(value) => value.outcome(),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A condition that is being described, made by [`Driver::polling_condition`](crate::Driver::polling_condition).
#[derive(Clone, Debug)]
#[must_use = "it is a condition only with a closure: `.check(|| ...)`"]
pub struct PollingConditionBuilder {
    description: String,
    interval: Option<Duration>,
}

impl PollingConditionBuilder {
    pub(crate) fn new(description: String) -> Self {
        Self {
            description,
            interval: None,
        }
    }

    /// How often it is looked at, at the most: before a call that comes sooner it is not. Rounded up to milliseconds.
    /// Default: two seconds.
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// What is looked at. The closure may do what a test may; its time is bounded by the run's condition limit.
    pub fn check<'a, O: Outcome>(self, mut closure: impl FnMut() -> O + 'a) -> PollingCondition<'a> {
        let resource = polling::Condition::new(&self.description, self.interval.map(milliseconds));
        PollingCondition(Entered {
            resource: Rc::new(resource),
            closure: Rc::new(RefCell::new(move || closure().outcome())),
            description: self.description.into(),
        })
    }
}

/// A condition that has to hold while a part of the test runs. The host looks at it before each call on a machine and in
/// the middle of waits, not more often than its interval, and once more at the end of its scope.
///
/// ```no_run
/// # use proctor_sdk::{Driver, Result};
/// # use std::time::Duration;
/// # fn upgrade(driver: Driver) -> Result {
/// let (server, client) = (driver.machine("server")?, driver.machine("client")?);
/// let answers = driver
///     .polling_condition("the web server answers")
///     .every(Duration::from_secs(1))
///     .check(|| client.succeed("curl --fail http://server/"));
/// answers.hold(|| {
///     server.succeed("systemctl reload nginx")?;
///     server.wait_for_file("/run/upgraded")
/// })
/// # }
/// ```
///
/// # Errors
///
/// While it does not hold, the calls in its scope fail with
/// [`PollingConditionFailed`](crate::ErrorKind::PollingConditionFailed).
#[must_use = "it is looked at only in its scope: `.hold(|| ...)` or `.enter()`"]
pub struct PollingCondition<'a>(Entered<'a>);

impl<'a> PollingCondition<'a> {
    /// Runs the body in the condition's scope, and looks once more afterwards.
    ///
    /// # Errors
    ///
    /// The body's; [`PollingConditionFailed`](crate::ErrorKind::PollingConditionFailed) where the condition does not hold
    /// in the end.
    #[track_caller]
    pub fn hold<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        let here = here();
        // SAFETY: the closure is used while it is in the list of those entered, and is taken out of it before this
        // returns or unwinds, thus before `'a` ends. Nothing keeps a clone of it beyond an evaluation.
        let entered = unsafe { std::mem::transmute::<Entered<'a>, Entered<'static>>(self.0.clone()) };
        let scope = match Scope::begin(entered) {
            Ok(scope) => scope,
            Err(error) => return Err(here(error)),
        };
        let value = match body() {
            Ok(value) => value,
            Err(error) => {
                let own = matches!(error.kind(), ErrorKind::PollingConditionFailed { description, .. }
                    if **description == *self.0.description);
                if own {
                    scope.abandon();
                } else if let Err(broken) = scope.end() {
                    // The body's error is the test's, and this may be its reason.
                    log::error!("the scope ended with an error, and: {}", here(broken));
                }
                return Err(error);
            }
        };
        scope.end().map_err(here)?;
        Ok(value)
    }

    /// Looks whether it holds, now, whenever it was looked at before. Conditions in whose scope this is done are looked at
    /// meanwhile, as always.
    ///
    /// # Errors
    ///
    /// [`PollingConditionFailed`](crate::ErrorKind::PollingConditionFailed) where it does not.
    #[track_caller]
    pub fn evaluate(&self) -> Result {
        let here = here();
        evaluate(&self.0.resource, &self.0.closure).map_err(here)
    }

    /// Waits until it holds.
    ///
    /// # Errors
    ///
    /// [`PollingConditionFailed`](crate::ErrorKind::PollingConditionFailed) where it does not in that time.
    #[track_caller]
    pub fn wait(&self, timeout: Duration) -> Result {
        let (place, mut last) = (std::panic::Location::caller(), None);
        let waited = retry(timeout, || match self.evaluate().map_err(Error::into_kind) {
            Ok(()) => Ok(Some(())),
            Err(ErrorKind::PollingConditionFailed { description, message }) => {
                last = Some((description, message));
                Ok(None)
            }
            Err(kind) => Err(Error::at(place, kind, None)),
        });
        match (waited, last) {
            (Ok(_), _) => Ok(()),
            (Err(error), Some((description, message))) if matches!(error.kind(), ErrorKind::Message(_)) => {
                let last = if message.is_empty() {
                    String::new()
                } else {
                    format!("; in the end: {message}")
                };
                let message = format!("it did not hold within {:.2} s{last}", timeout.as_secs_f64());
                Err(Error::at(
                    place,
                    ErrorKind::PollingConditionFailed { description, message },
                    None,
                ))
            }
            (Err(error), _) => Err(error),
        }
    }
}

impl PollingCondition<'static> {
    /// Begins the condition's scope, which lasts as long as the guard. What the closure captures has to live as long:
    /// give it clones and `move`, or use [`hold`](Self::hold).
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where too many are entered, or in a condition's closure.
    #[track_caller]
    pub fn enter(&self) -> Result<ConditionGuard> {
        let (here, place) = (here(), Location::caller());
        let scope = Scope::begin(self.0.clone()).map_err(here)?;
        Ok(ConditionGuard(Some(scope), place))
    }
}

impl std::fmt::Debug for PollingCondition<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("PollingCondition")
            .field(&self.0.resource.number())
            .finish()
    }
}

/// The scope of a condition. Where it is dropped and the condition does not hold in the end, the next call fails, or the
/// test does.
#[must_use = "the condition's scope ends with it"]
pub struct ConditionGuard(Option<Scope>, &'static Location<'static>);

impl ConditionGuard {
    /// Ends the scope.
    ///
    /// # Errors
    ///
    /// [`PollingConditionFailed`](crate::ErrorKind::PollingConditionFailed) where the condition does not hold in the end.
    #[track_caller]
    pub fn exit(mut self) -> Result {
        let here = here();
        self.0.take().map_or(Ok(()), Scope::end).map_err(here)
    }
}

impl Drop for ConditionGuard {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.take().map(Scope::end) {
            // Nothing that a test does with the call that tells it makes this unsaid.
            log::error!("{}", at(self.1, error.clone()));
            PENDING.set(Some((error, self.1)));
        }
    }
}

impl std::fmt::Debug for ConditionGuard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ConditionGuard").finish_non_exhaustive()
    }
}

/// Entered with the host and in the list.
struct Scope {
    resource: Rc<polling::Condition>,
}

impl Scope {
    fn begin(entered: Entered<'static>) -> Result<Self, HostError> {
        entered.resource.enter()?;
        let resource = Rc::clone(&entered.resource);
        ENTERED.with_borrow_mut(|list| list.push(entered));
        Ok(Self { resource })
    }

    fn end(self) -> Result<(), HostError> {
        pass(|| self.resource.exit())
    }

    /// Ends the scope without another look: it is known that the condition does not hold.
    fn abandon(self) {
        // The first is answered that the condition is due, the second that it was not looked at.
        let _ = self.resource.exit();
        let _ = self.resource.exit();
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        ENTERED.with_borrow_mut(|list| {
            let last = list
                .iter()
                .rposition(|entered| Rc::ptr_eq(&entered.resource, &self.resource));
            last.map(|position| list.remove(position))
        });
    }
}

/// A call that runs something on a machine: conditions that are due come before it.
pub(crate) fn pass<T>(mut call: impl FnMut() -> Result<T, HostError>) -> Result<T, HostError> {
    pass_within(None, |_| call())
}

/// The same for a call with a timeout, or a sleep: when it breaks off for conditions, it is made again with the rest.
pub(crate) fn pass_within<T>(
    timeout: Option<u32>,
    mut call: impl FnMut(Option<u32>) -> Result<T, HostError>,
) -> Result<T, HostError> {
    let mut timeout = timeout;
    loop {
        if !EVALUATES.get()
            && let Some((pending, _)) = PENDING.take()
        {
            return Err(pending);
        }
        match call(timeout) {
            Err(HostError {
                cause: ErrorCause::ConditionsDue(due),
                ..
            }) => {
                for number in due.conditions {
                    evaluate_due(number);
                }
                timeout = due.remaining.or(timeout);
            }
            answer => return answer,
        }
    }
}

/// What a guard found that was dropped and that no call has told.
pub(crate) fn pending_failure() -> Result {
    PENDING.take().map_or(Ok(()), |(error, place)| Err(at(place, error)))
}

/// The host tells the outcome, by the call that is made again.
fn evaluate_due(number: u32) {
    let entered = ENTERED.with_borrow(|list| list.iter().find(|entered| entered.resource.number() == number).cloned());
    if let Some(Entered { resource, closure, .. }) = entered {
        let _ = evaluate(&resource, &closure);
    }
}

fn evaluate(resource: &polling::Condition, closure: &RefCell<Closure<'_>>) -> Result<(), HostError> {
    resource.begin_evaluation()?;
    let evaluated = EVALUATES.replace(true);
    let outcome = match closure.try_borrow_mut() {
        Ok(mut closure) => closure(),
        Err(_) => Err("it is being evaluated already".to_owned()),
    };
    EVALUATES.set(evaluated);
    resource.end_evaluation(outcome.as_ref().map_err(String::as_str).copied())
}
