//! Something of the test's own, tried again and again.

use std::time::{Duration, Instant};

use crate::{Error, Result};

/// The first pause between two tries, and the longest: what is waited for is soon noticed, and the machine has time for
/// other things.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// Repeats something until it returns a value. It returns `None` where it is too early. Pauses between two tries as long
/// as a try took or a twentieth of the time so far, 20 ms at least and one second at most.
///
/// ```no_run
/// # fn f(machine: &proctor_sdk::Machine) -> proctor_sdk::Result {
/// use std::time::Duration;
///
/// let load = proctor_sdk::retry(Duration::from_secs(60), || {
///     let load: f64 = machine.succeed("cut -d' ' -f1 /proc/loadavg")?.trim().parse()?;
///     Ok((load < 0.5).then_some(load))
/// })?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Its own, at once; and `action timed out after ... seconds` where the time has passed. One try is not ended by that: give
/// the calls in it a time, with [`Machine::within`](crate::Machine::within).
#[track_caller]
pub fn retry<T>(timeout: Duration, mut action: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    // A closure would lose the caller's place.
    let (start, place) = (Instant::now(), std::panic::Location::caller());
    loop {
        let began = Instant::now();
        if let Some(value) = action()? {
            return Ok(value);
        }
        let elapsed = start.elapsed();
        if elapsed >= timeout {
            let (elapsed, timeout) = (elapsed.as_secs_f64(), timeout.as_secs_f64());
            let message = format!("action timed out after {elapsed:.2} seconds (timeout={timeout:?})");
            return Err(Error::message_at(place, message));
        }
        // The longer it lasts, the less often.
        let pause = began.elapsed().max(start.elapsed() / 20).clamp(PAUSES.0, PAUSES.1);
        std::thread::sleep(pause.min(timeout.saturating_sub(elapsed)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_with_the_first_value_or_the_first_error() {
        let mut tries = 0;
        let value = retry(Duration::from_secs(60), || {
            tries += 1;
            Ok((tries == 3).then_some("third"))
        });
        assert_eq!(value.unwrap(), "third");
        let error = retry(Duration::from_secs(60), || {
            Err::<Option<()>, _>(Error::message("broken"))
        });
        assert_eq!(error.unwrap_err().to_string(), "broken");
    }

    #[test]
    fn it_ends_in_time_and_tries_once_more_then() {
        let (start, timeout) = (Instant::now(), Duration::from_millis(100));
        let mut last = Duration::ZERO;
        let error = retry(timeout, || {
            last = start.elapsed();
            Ok(None::<()>)
        });
        let error = error.unwrap_err();
        let line = line!() - 2;
        assert!(error.to_string().starts_with("action timed out after 0.1"), "{error}");
        assert!(error.to_string().ends_with("seconds (timeout=0.1)"), "{error}");
        assert!(last >= timeout);
        assert_eq!(error.place().file(), file!());
        assert!(error.place().line() < line);
    }
}
