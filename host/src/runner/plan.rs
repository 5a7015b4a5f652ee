//! What is to be run, checked as far as it can be without starting anything.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::grants::{Grants, ReadGrant};
use crate::limits::{Limits, MACHINES, PARAMETER_BYTES, VLANS};
use crate::machine::{Machine, StartScript, StartScriptError};
use crate::output_directory::OutputDirectory;
use crate::plugin::Script;
use crate::run_directory::{RunDirectory, RunDirectoryError};
use crate::session::Session;
use crate::vlan::Vlan;

/// A run that can begin.
#[derive(Debug)]
pub struct Plan {
    /// Component files, and scripts.
    pub tests: Vec<PathBuf>,
    /// The component that runs scripts; where there is one, every test that is no component is a script.
    pub interpreter: Option<PathBuf>,
    /// Where there is one, the test is an interactive session: there is one script, or [`crate::plugin::Script::NONE`].
    pub session: Option<Arc<Session>>,
    /// Run only tests whose names contain one of these; all, where there are none.
    pub filters: Vec<String>,
    /// The machines, sorted by name.
    pub machines: Vec<StartScript>,
    /// The VLANs, sorted, each once.
    pub vlans: Vec<u32>,
    /// Where what the run leaves goes.
    pub output_directory: OutputDirectory,
    /// What the tests may touch.
    pub grants: Grants,
    /// What the tests are told.
    pub parameters: BTreeMap<String, String>,
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
    /// Something that is no directory is to be read.
    #[error("directory {0:?} cannot be granted: {1}; give --allow-read an existing DIRECTORY or NAME=DIRECTORY")]
    ReadGrant(PathBuf, std::io::Error),
    /// Two directories of one name.
    #[error("two directories are granted as `{0}`; give each a name of its own")]
    SameGrant(String),
    /// A parameter without a name.
    #[error("`{0}` is no parameter; give --param NAME=VALUE")]
    BadParameter(String),
    /// Two parameters of one name.
    #[error("parameter `{0}` is given twice")]
    SameParameter(String),
    /// More text than a test can be handed.
    #[error("the parameters have {0} bytes; at most {PARAMETER_BYTES} are allowed")]
    TooManyParameters(usize),
}

/// Whether what is given as a start script is a test: these may be Python, but are executable then.
fn is_test(path: &Path) -> bool {
    let executable = || path.metadata().is_ok_and(|metadata| metadata.mode() & 0o111 != 0);
    path.extension().is_some_and(|extension| extension == "wasm") || (Script::is_one(path) && !executable())
}

/// The name of the directory for what tests leave where the run names none.
pub const DEFAULT_OUTPUT_DIRECTORY: &str = "proctor-output";

impl Plan {
    /// Looks at start scripts. Errors: one that cannot be run, two for one machine.
    pub fn machines(scripts: &[PathBuf]) -> Result<Vec<StartScript>, PlanError> {
        if scripts.len() > MACHINES {
            return Err(PlanError::TooManyMachines(scripts.len()));
        }
        if let Some(test) = scripts.iter().find(|path| is_test(path)) {
            return Err(PlanError::MisplacedTest(test.clone(), "start scripts"));
        }
        let machines = scripts.iter().map(|path| StartScript::open(path));
        Self::sorted(machines.collect::<Result<Vec<_>, _>>()?)
    }

    /// Sorts machines by name. Errors: too many; two of one name.
    pub fn sorted(mut machines: Vec<StartScript>) -> Result<Vec<StartScript>, PlanError> {
        if machines.len() > MACHINES {
            return Err(PlanError::TooManyMachines(machines.len()));
        }
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
    pub fn output_directory(path: &Path) -> Result<OutputDirectory, PlanError> {
        let failed = |error| PlanError::OutputDirectory(path.into(), error);
        let absolute = path.canonicalize().map_err(failed)?;
        tempfile::tempfile_in(&absolute).map_err(failed)?;
        OutputDirectory::open(&absolute).map_err(failed)
    }

    /// The directory for what tests leave where none is named: one of its own below the present one, for what stands there
    /// is no test's. It is made. Errors: as [`Plan::output_directory`].
    pub fn default_output_directory() -> Result<OutputDirectory, PlanError> {
        let path = Path::new(DEFAULT_OUTPUT_DIRECTORY);
        match std::fs::create_dir(path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                Err(PlanError::OutputDirectory(path.into(), error))
            }
            _ => Self::output_directory(path),
        }
    }

    /// Reads grants to read, `DIRECTORY` or `NAME=DIRECTORY`. Errors: no directory, two of one name.
    pub fn read_grants(texts: &[String]) -> Result<Vec<ReadGrant>, PlanError> {
        let mut grants: Vec<ReadGrant> = Vec::new();
        for text in texts {
            // A path with an equals sign begins with `/` or `.`; a name has neither.
            let (name, path) = match text.split_once('=') {
                Some((name, path)) if !name.is_empty() && !name.contains(['/', '.']) => (Some(name.to_owned()), path),
                _ => (None, text.as_str()),
            };
            let failed = |error| PlanError::ReadGrant(path.into(), error);
            let directory = Path::new(path).canonicalize().map_err(failed)?;
            if !directory.is_dir() {
                return Err(failed(std::io::ErrorKind::NotADirectory.into()));
            }
            if name.is_some() && grants.iter().any(|grant| grant.name == name) {
                return Err(PlanError::SameGrant(name.unwrap_or_default()));
            }
            grants.push(ReadGrant { name, directory });
        }
        Ok(grants)
    }

    /// Reads parameters, `NAME=VALUE`, which go before those that there are. Errors: no name, two of one name, too much.
    pub fn parameters(
        texts: &[String],
        configured: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, PlanError> {
        let mut parameters = BTreeMap::new();
        for text in texts {
            let named = text.split_once('=').filter(|(name, _)| !name.is_empty());
            let (name, value) = named.ok_or_else(|| PlanError::BadParameter(text.clone()))?;
            if parameters.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(PlanError::SameParameter(name.into()));
            }
        }
        for (name, value) in configured {
            parameters.entry(name).or_insert(value);
        }
        let bytes: usize = parameters.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > PARAMETER_BYTES {
            return Err(PlanError::TooManyParameters(bytes));
        }
        Ok(parameters)
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
    fn grants_have_names_or_none() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().canonicalize().unwrap();
        let text = path.to_string_lossy().into_owned();
        let read = |texts: &[String]| Plan::read_grants(texts);
        let grants = read(&[text.clone(), format!("a={text}")]).unwrap();
        let names: Vec<_> = grants.iter().map(|grant| grant.name.as_deref()).collect();
        assert_eq!(names, [None, Some("a")]);
        assert!(grants.iter().all(|grant| grant.directory == path));
        let twice = [format!("a={text}"), format!("a={text}")];
        assert!(matches!(read(&twice), Err(PlanError::SameGrant(_))));
        for missing in [format!("{text}/missing"), "/proc/version".into(), "a=".into()] {
            assert!(matches!(read(&[missing]), Err(PlanError::ReadGrant(..))));
        }
    }

    #[test]
    fn parameters_have_names_and_bounds() {
        let read = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            Plan::parameters(
                &texts,
                BTreeMap::from([("a".into(), "configured".into()), ("c".into(), "3".into())]),
            )
        };
        let parameters = read(&["a=1=2", "b="]).unwrap();
        assert_eq!((parameters["a"].as_str(), parameters["b"].as_str()), ("1=2", ""));
        assert_eq!(parameters["c"], "3");
        assert!(matches!(read(&["a"]), Err(PlanError::BadParameter(_))));
        assert!(matches!(read(&["=a"]), Err(PlanError::BadParameter(_))));
        assert!(matches!(read(&["a=1", "a=2"]), Err(PlanError::SameParameter(_))));
        let long = format!("a={}", "x".repeat(PARAMETER_BYTES));
        assert!(matches!(read(&[&long]), Err(PlanError::TooManyParameters(_))));
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
