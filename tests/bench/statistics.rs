//! One number for many measurements.

use std::time::Duration;

/// The median, of an even number the upper of the two in the middle. Panics where there is nothing.
pub(crate) fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    *sorted.get(sorted.len() / 2).expect("there are measurements")
}
