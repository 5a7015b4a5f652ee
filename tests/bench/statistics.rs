//! One number for many measurements.

use std::time::Duration;

/// The quartiles, in milliseconds: how much the measurements moved. Panics where there is nothing.
pub(crate) fn spread(times: &[Duration]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let quartile = |number: usize| {
        sorted
            .get((sorted.len() - 1) * number / 4)
            .expect("there are measurements")
    };
    let milliseconds = |time: &Duration| time.as_secs_f64() * 1e3;
    format!("{:.1} to {:.1}", milliseconds(quartile(1)), milliseconds(quartile(3)))
}

/// The median, of an even number the upper of the two in the middle. Panics where there is nothing.
pub(crate) fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    *sorted.get(sorted.len() / 2).expect("there are measurements")
}
