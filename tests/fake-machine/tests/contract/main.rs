//! The fake machine, seen from the host's side of its sockets.

mod bulk;
mod host_side;
mod misbehaviour;
mod monitors;
mod power;
mod shell;
