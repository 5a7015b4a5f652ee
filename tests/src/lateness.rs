//! How late a busy computer may be, and what it needs.

use std::time::Duration;

/// So late may be what has to happen at once, or when a limit passes. It takes milliseconds; on a computer on which others
/// work, too, it takes ten times as long, and now and then seconds in which nothing goes on. Whether something is quick is
/// measured by `cargo xtask bench`. What happens instead, where a limit is not kept, has to take longer than this.
pub const LATE: Duration = Duration::from_secs(15);

/// The limit of what comes in milliseconds and is waited for: it is passed only where that never comes.
pub const PATIENCE: Duration = LATE.saturating_mul(4);

/// A limit that shall pass, but not before a command has begun on the machine and has printed something, or before a wait
/// has looked several times.
pub const ROOM: Duration = Duration::from_secs(2);
