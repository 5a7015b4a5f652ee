//! Which limit ended a call.

use proctor::error::{Cause, Error};
use proctor::limits::LimitName;

/// Whether a call ended because this limit passed.
pub fn timed_out_by(error: &Error, limit: LimitName) -> bool {
    matches!(error.cause, Cause::TimedOut { limit: passed, .. } if passed == limit)
}
