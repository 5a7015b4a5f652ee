//! A component that never tells which tests it has. Wants no machine.

#[allow(missing_docs, clippy::all, reason = "generated code")]
mod bindings {
    wit_bindgen::generate!({ path: "../../../wit", world: "test" });
    export!(Component with_types_in self);

    use super::Component;
}

use bindings::exports::proctor::driver::tests::{Failure, Guest, Test};

struct Component;

impl Guest for Component {
    fn list() -> Vec<Test> {
        loop {
            std::hint::spin_loop();
        }
    }

    fn run(_: String) -> Result<(), Failure> {
        Ok(())
    }
}
