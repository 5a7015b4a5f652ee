//! Durations on their way to the host, which counts milliseconds in 32 bits.

use std::time::Duration;

/// Rounded up, so that no wait is shorter than asked for; the longest that can be told, 49 days, where it is longer.
pub(crate) fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

/// A duration that the host told.
pub(crate) fn duration(milliseconds: u32) -> Duration {
    Duration::from_millis(milliseconds.into())
}

/// As the host's log has it: `0.05 s`, `12.3 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let places = if seconds < 10.0 { 2 } else { 1 };
    format!("{seconds:.places$} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_stays_zero() {
        assert_eq!(milliseconds(Duration::ZERO), 0);
    }

    #[test]
    fn fractions_are_rounded_up() {
        assert_eq!(milliseconds(Duration::from_nanos(1)), 1);
        assert_eq!(milliseconds(Duration::from_micros(1_001)), 2);
        assert_eq!(milliseconds(Duration::from_millis(7)), 7);
    }

    #[test]
    fn what_is_too_long_is_the_longest() {
        assert_eq!(
            milliseconds(Duration::from_millis(u64::from(u32::MAX) - 1)),
            u32::MAX - 1
        );
        assert_eq!(milliseconds(Duration::from_secs(50 * 86_400)), u32::MAX);
        assert_eq!(milliseconds(Duration::MAX), u32::MAX);
    }

    #[test]
    fn what_the_host_tells_is_kept() {
        assert_eq!(duration(u32::MAX).as_millis(), u128::from(u32::MAX));
    }
}
