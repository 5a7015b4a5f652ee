//! Runs a plan: its components loaded, its VLANs started, each of its tests attempted on machines of its own.

mod attempt;
mod interruption;
mod plan;
mod run;
mod watch;

pub use interruption::{Interruption, Interruptions};
pub use plan::{DEFAULT_OUTPUT_DIRECTORY, Plan, PlanError};
pub use run::{Finished, RunError, check, component_names, load, run};
