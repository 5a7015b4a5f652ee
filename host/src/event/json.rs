//! How times are written in JSON.

// What the schema says of them: these comments stand there.

/// A time in seconds.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(transparent)]
pub(super) struct Seconds(
    #[schemars(range(min = 0.0))]
    #[expect(dead_code, reason = "it stands for a type")]
    f64,
);

/// A date and a time of day in UTC, as RFC 3339 has them, to the microsecond.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(transparent)]
pub(super) struct Wall(
    #[schemars(extend("format" = "date-time"))]
    #[expect(dead_code, reason = "it stands for a type")]
    String,
);

/// A duration: a number of seconds, with nine digits at the most.
pub(super) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in super::super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(time.as_secs_f64())
    }

    /// Errors: a number that is negative or beyond all time.
    pub(in super::super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(from)?;
        if seconds > LONGEST {
            return Err(D::Error::custom("a time of more than thirty years"));
        }
        Duration::try_from_secs_f64(seconds).map_err(D::Error::custom)
    }

    /// Sums of them do not overflow.
    const LONGEST: f64 = 1e9;
}

/// A duration that may be unknown.
pub(super) mod optional_seconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    pub(in super::super) fn serialize<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        time.map(|time| time.as_secs_f64()).serialize(to)
    }

    /// Errors: as those of [`super::seconds`].
    pub(in super::super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Option<Duration>, D::Error> {
        let seconds = Option::<f64>::deserialize(from)?;
        seconds
            .map(Duration::try_from_secs_f64)
            .transpose()
            .map_err(D::Error::custom)
    }
}

/// A moment: its date and time of day in UTC, as RFC 3339 has it, to the microsecond.
pub(super) mod wall {
    use std::time::{Duration, SystemTime};

    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in super::super) fn serialize<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let written = SystemTime::UNIX_EPOCH + since.min(LAST);
        to.collect_str(&humantime::format_rfc3339_micros(written))
    }

    /// The end of the year 9999: what a clock tells before 1970 or later cannot be written.
    const LAST: Duration = Duration::from_secs(253_402_300_799);

    /// Errors: no such text.
    pub(in super::super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<SystemTime, D::Error> {
        humantime::parse_rfc3339(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
