//! The values of limits, as people write them.

use std::fmt;
use std::time::Duration;

use super::{LARGEST, LONGEST};

/// What a limit may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A duration.
    Time(Duration),
    /// A number of bytes.
    Size(u64),
    /// A number of things.
    Count(u64),
}

/// A text that is no value of a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// It is no time.
    #[error("give a time such as 90s or 5m, or a number of seconds")]
    Time,
    /// It is no size.
    #[error("give a size such as 64MiB, 512KiB or 2GiB, or a number of MiB")]
    Size,
    /// It is no count.
    #[error("give a whole number")]
    Count,
    /// It is too short or too long.
    #[error("a time is longer than nothing and no longer than ten years")]
    TimeRange,
    /// It is too small or too large.
    #[error("it is at least 1 and at most {LARGEST}")]
    Range,
}

/// Reads `90s`, `5m 30s`, or a bare number of seconds.
pub fn time(text: &str) -> Result<Duration, ValueError> {
    let parsed = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| ValueError::Time)?,
        Err(_) => humantime::parse_duration(text).map_err(|_| ValueError::Time)?,
    };
    if parsed.is_zero() || parsed > LONGEST {
        return Err(ValueError::TimeRange);
    }
    Ok(parsed)
}

/// Reads `64MiB`, `512 KiB`, `100B`, or a bare number of MiB, into bytes.
pub fn size(text: &str) -> Result<u64, ValueError> {
    let text = text.trim();
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim_start().to_ascii_lowercase().as_str() {
        "b" => 1,
        "k" | "kib" => 1 << 10,
        "" | "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(ValueError::Size),
    };
    let number: u64 = number.parse().map_err(|_| ValueError::Size)?;
    in_range(number.checked_mul(unit).ok_or(ValueError::Range)?)
}

/// Reads a number of things.
pub fn count(text: &str) -> Result<u64, ValueError> {
    in_range(text.trim().parse().map_err(|_| ValueError::Count)?)
}

fn in_range(number: u64) -> Result<u64, ValueError> {
    if number == 0 || number > LARGEST {
        return Err(ValueError::Range);
    }
    Ok(number)
}

impl Value {
    /// Another value of the same kind, from a text.
    pub(super) fn parse(self, text: &str) -> Result<Self, ValueError> {
        match self {
            Self::Time(_) => time(text).map(Self::Time),
            Self::Size(_) => size(text).map(Self::Size),
            Self::Count(_) => count(text).map(Self::Count),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Time(time) => humantime::format_duration(time).fmt(f),
            Self::Size(bytes) => {
                let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
                match units.iter().find(|(unit, _)| bytes % unit == 0) {
                    Some((unit, name)) => write!(f, "{} {name}", bytes / unit),
                    None => write!(f, "{bytes} B"),
                }
            }
            Self::Count(count) => count.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(time("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(time("1h 5m"), Ok(Duration::from_secs(3900)));
        for wrong in ["", "x", "-1", "0", "NaN", "inf", "1e300", "100years"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_and_counts_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("2", 2 << 20),
            ("512 KiB", 512 << 10),
            ("1g", 1 << 30),
            ("100B", 100),
            ("3mib", 3 << 20),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for wrong in [
            "",
            "x",
            "-1",
            "0",
            "1.5",
            "1 TB",
            "99999999999999999999",
            "18446744073709551615",
            "9999999999999 GiB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(count(" 10 "), Ok(10));
        for wrong in ["", "0", "-1", "1k", "1.0", "99999999999999999999"] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        let hour = Value::Time(Duration::from_secs(3661));
        for value in [
            hour,
            Value::Size(5 << 30),
            Value::Size(3 << 10),
            Value::Size(1025),
            Value::Count(7),
        ] {
            assert_eq!(value.parse(&value.to_string()), Ok(value));
        }
    }
}
