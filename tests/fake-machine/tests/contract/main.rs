//! The fake machine, seen from the host's side of its sockets.
#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, outside of its function too"
)]

mod bulk;
#[path = "../../../src/bytes.rs"]
mod bytes;
mod host_side;
mod misbehaviour;
mod monitors;
mod power;
mod shell;
