//! What is to be run, checked as far as it can be without starting anything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::limits::{Limits, MACHINES, VLANS};
use crate::machine::{Machine, StartScript, StartScriptError};
use crate::run_directory::{RunDirectory, RunDirectoryError};
use crate::vlan::Vlan;

/// A run that can begin.
#[derive(Debug)]
pub struct Plan {
    /// Component files.
    pub tests: Vec<PathBuf>,
    /// Run only tests whose names contain one of these; all, where there are none.
    pub filters: Vec<String>,
    /// The machines, sorted by name.
    pub machines: Vec<StartScript>,
    /// The VLANs, sorted, each once.
    pub vlans: Vec<u32>,
    /// Where what the run leaves goes.
    pub output_directory: PathBuf,
    /// Whether the machines' state outlives the run.
    pub keep_state: bool,
    /// The limits.
    pub limits: Limits,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A start script cannot be used.
    #[error(transparent)]
    StartScript(#[from] StartScriptError),
    /// A test among the start scripts or VLANs.
    #[error("{0:?} stands among the {1} but is a test; put the tests first, or `--` before them")]
    MisplacedTest(PathBuf, &'static str),
    /// Two machines of one name.
    #[error("two start scripts, {0:?} and {1:?}, are for the machine `{2}`; give each machine a name of its own")]
    SameName(PathBuf, PathBuf, String),
    /// More machines than a run can have.
    #[error("{0} machines; a run can have {MACHINES}")]
    TooManyMachines(usize),
    /// Something that is no VLAN.
    #[error("VLAN `{0}` is not a number; give VLANs as numbers, for example: --vlans 1 2")]
    BadVlan(String),
    /// More VLANs than a run can have.
    #[error("{0} VLANs; a run can have {VLANS}")]
    TooManyVlans(usize),
    /// No files can be written into the output directory.
    #[error("output directory {0:?} cannot be written to: {1}; make it, or choose another with --output-directory")]
    OutputDirectory(PathBuf, std::io::Error),
}

impl Plan {
    /// Looks at start scripts. Errors: one that cannot be run, two for one machine.
    pub fn machines(scripts: &[PathBuf]) -> Result<Vec<StartScript>, PlanError> {
        if scripts.len() > MACHINES {
            return Err(PlanError::TooManyMachines(scripts.len()));
        }
        if let Some(test) = scripts
            .iter()
            .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        {
            return Err(PlanError::MisplacedTest(test.clone(), "start scripts"));
        }
        let mut machines = scripts
            .iter()
            .map(|path| StartScript::open(path))
            .collect::<Result<Vec<_>, _>>()?;
        machines.sort_by(|a, b| a.machine_name().cmp(b.machine_name()));
        for pair in machines.windows(2) {
            if let [a, b] = pair
                && a.machine_name() == b.machine_name()
            {
                return Err(PlanError::SameName(
                    a.path().into(),
                    b.path().into(),
                    a.machine_name().into(),
                ));
            }
        }
        Ok(machines)
    }

    /// Reads VLAN numbers; a number given twice is one VLAN. Errors: what is no number.
    pub fn vlans(words: &[String]) -> Result<Vec<u32>, PlanError> {
        if let Some(test) = words.iter().find(|word| word.ends_with(".wasm")) {
            return Err(PlanError::MisplacedTest(test.into(), "VLANs"));
        }
        let numbers = words
            .iter()
            .map(|word| word.parse().map_err(|_| PlanError::BadVlan(word.clone())));
        let numbers = numbers.collect::<Result<BTreeSet<u32>, _>>()?;
        if numbers.len() > VLANS {
            return Err(PlanError::TooManyVlans(numbers.len()));
        }
        Ok(numbers.into_iter().collect())
    }

    /// Checks that the run's sockets can be made in a directory. Errors: one would have too long a path.
    pub fn check_sockets(&self, run: &RunDirectory) -> Result<(), RunDirectoryError> {
        for script in &self.machines {
            Machine::check_sockets(script, run)?;
        }
        self.vlans
            .iter()
            .try_for_each(|number| Vlan::check_socket(*number, run))
    }

    /// Checks that files can be written into a directory, by writing one.
    pub fn output_directory(path: &Path) -> Result<PathBuf, PlanError> {
        let failed = |error| PlanError::OutputDirectory(path.into(), error);
        let absolute = path.canonicalize().map_err(failed)?;
        tempfile::tempfile_in(&absolute).map_err(failed)?;
        Ok(absolute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn vlans_are_numbers_and_each_is_there_once() {
        assert_eq!(Plan::vlans(&words("2 1 2 10")).unwrap(), [1, 2, 10]);
        for wrong in ["x", "-1", "1.5", "", "4294967296"] {
            let error = Plan::vlans(&[wrong.into()]).unwrap_err().to_string();
            assert!(error.contains(&format!("VLAN `{wrong}` is not a number")), "{error}");
        }
        let many: Vec<String> = (0..=VLANS).map(|number| number.to_string()).collect();
        assert!(matches!(Plan::vlans(&many), Err(PlanError::TooManyVlans(_))));
    }

    #[test]
    fn a_directory_that_cannot_be_written_to_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        assert!(Plan::output_directory(scratch.path()).is_ok());
        assert!(std::fs::read_dir(scratch.path()).unwrap().next().is_none());
        let missing = scratch.path().join("missing");
        assert!(matches!(
            Plan::output_directory(&missing),
            Err(PlanError::OutputDirectory(..))
        ));
        // Nobody, not even root, makes files there.
        assert!(matches!(
            Plan::output_directory(Path::new("/proc")),
            Err(PlanError::OutputDirectory(..))
        ));
    }

    #[test]
    fn too_many_machines_and_misplaced_tests_are_refused() {
        let many = vec![PathBuf::from("run-a-vm"); MACHINES + 1];
        assert!(matches!(Plan::machines(&many), Err(PlanError::TooManyMachines(_))));
        assert!(matches!(
            Plan::machines(&["t.wasm".into()]),
            Err(PlanError::MisplacedTest(..))
        ));
    }
}
