//! What becomes of a panic: its message and place reach the host before the component traps.

use std::panic::{PanicHookInfo, set_hook};

use crate::bindings::proctor::driver::log;
use crate::cause::plain_failure;
use crate::span::fail_open_subtests;

/// Has every later panic reported.
pub(crate) fn report_panics() {
    set_hook(Box::new(|information| {
        let failure = plain_failure(message(information), information.location());
        fail_open_subtests(&failure);
        log::panicked(&failure);
    }));
}

fn message(information: &PanicHookInfo<'_>) -> String {
    information
        .payload_as_str()
        .unwrap_or("panicked with something that is not a text")
        .to_owned()
}
