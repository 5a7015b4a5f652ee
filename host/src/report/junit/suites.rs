//! The cases of a run, as the file has them.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::attempt::{Ended, Failure};
use super::output::safe;
use crate::report::tally::is_retry;

/// The name of the whole, and of the suite for what belongs to no component.
pub(super) const WHOLE: &str = "proctor";

/// All suites, in the order in which their first tests began.
#[derive(Default)]
pub(super) struct Suites {
    suites: Vec<Suite>,
    by_file: HashMap<String, usize>,
}

struct Suite {
    /// The file of its component; empty for what belongs to none.
    file: String,
    started: SystemTime,
    cases: Vec<Case>,
    /// The newest case of each name, and how many there are.
    by_name: HashMap<String, (usize, usize)>,
}

/// What tells attempts, tests and components apart.
pub(super) struct Key {
    /// The file of the component; empty for what belongs to none.
    pub(super) file: String,
    pub(super) name: String,
    /// Which attempt at it, from 1.
    pub(super) attempt: u32,
    pub(super) started: SystemTime,
}

/// A test, with all attempts at it.
struct Case {
    name: String,
    /// The number of the last attempt.
    attempt: u32,
    attempts: Vec<Ended>,
    skipped: Option<String>,
}

impl Suites {
    /// An attempt at a test ended.
    pub(super) fn ended(&mut self, key: Key, ended: Ended) {
        let case = self.case(key);
        case.attempts.push(ended);
    }

    /// Something was not run, for a reason.
    pub(super) fn skipped(&mut self, key: Key, reason: String) {
        self.case(key).skipped = Some(reason);
    }

    fn case(&mut self, key: Key) -> &mut Case {
        let name = full_name(&key.file, key.name);
        let Key {
            file, attempt, started, ..
        } = key;
        let place = *self.by_file.entry(file.clone()).or_insert(self.suites.len());
        if place == self.suites.len() {
            self.suites.push(Suite {
                file,
                started,
                cases: Vec::new(),
                by_name: HashMap::new(),
            });
        }
        // Indices that were just found.
        let Suite { cases, by_name, .. } = &mut self.suites[place];
        let (place, alike) = by_name.get(&name).copied().unwrap_or((cases.len(), 0));
        if let Some(case) = cases.get_mut(place)
            && is_retry(case.attempt, attempt)
        {
            case.attempt = attempt;
            return &mut cases[place];
        }
        // Another test of this name: CI systems would take it for the same.
        let mut number = alike + 1;
        let mut alone = name.clone();
        while by_name.contains_key(&alone) {
            alone = format!("{name} ({number})");
            number += 1;
        }
        let place = cases.len();
        by_name.insert(alone.clone(), (place, 1));
        by_name.insert(name, (place, number));
        cases.push(Case {
            name: alone,
            attempt,
            attempts: Vec::new(),
            skipped: None,
        });
        &mut cases[place]
    }

    /// Whether there is a case of that test.
    pub(super) fn has(&self, file: &str, name: &str) -> bool {
        let suite = self.by_file.get(file).and_then(|place| self.suites.get(*place));
        suite.is_some_and(|suite| suite.by_name.contains_key(&full_name(file, name.into())))
    }

    /// As the file has them. `elapsed` is how long the run took.
    pub(super) fn report(&self, elapsed: Duration) -> Report {
        let mut report = Report::new(WHOLE);
        report.set_time(elapsed);
        for (suite, name) in self.suites.iter().zip(self.names()) {
            report.add_test_suite(suite.to_junit(&name));
        }
        report
    }

    /// The names of the files without their directories, or with them where those are alike.
    fn names(&self) -> Vec<String> {
        let stem = |file: &str| match Path::new(file).file_stem() {
            Some(stem) => stem.to_string_lossy().into_owned(),
            None => WHOLE.to_owned(),
        };
        let stems: Vec<String> = self.suites.iter().map(|suite| stem(&suite.file)).collect();
        let mut alike = HashMap::new();
        stems.iter().for_each(|stem| *alike.entry(stem).or_insert(0) += 1);
        let name = |(suite, stem): (&Suite, &String)| {
            if alike[stem] > 1 && !suite.file.is_empty() {
                suite.file.clone()
            } else {
                stem.clone()
            }
        };
        self.suites.iter().zip(&stems).map(name).collect()
    }
}

impl Suite {
    fn to_junit(&self, name: &str) -> TestSuite {
        let name = safe(name);
        let mut suite = TestSuite::new(&name);
        suite.set_timestamp(DateTime::<Utc>::from(self.started));
        let attempts = self.cases.iter().flat_map(|case| &case.attempts);
        suite.set_time(attempts.map(|attempt| attempt.elapsed).sum());
        for case in &self.cases {
            let mut case = case.to_junit();
            case.set_classname(&name);
            suite.add_test_case(case);
        }
        suite
    }
}

impl Case {
    fn to_junit(&self) -> TestCase {
        let name = safe(&self.name);
        let Some((last, earlier)) = self.attempts.split_last() else {
            let mut status = TestCaseStatus::skipped();
            status.set_message(safe(self.skipped.as_deref().unwrap_or_default()));
            return TestCase::new(name, status);
        };
        let mut status = match &last.failure {
            None => TestCaseStatus::success(),
            Some(failure) => {
                let mut status = TestCaseStatus::non_success(failure.kind);
                status
                    .set_type(safe(&failure.type_name))
                    .set_message(safe(&failure.message))
                    .set_description(safe(&failure.text));
                status
            }
        };
        status.add_reruns(earlier.iter().filter_map(rerun));
        let mut case = TestCase::new(name, status);
        case.set_time(last.elapsed);
        if !last.output.is_empty() {
            case.set_system_out(&last.output);
        }
        case
    }
}

/// The name of a test with that of its component before it, as it is in a run of several components. Some CI systems
/// know cases by their names alone, and all of them compare a case with that of earlier runs: a test is to have one name
/// whatever runs beside it.
fn full_name(file: &str, name: String) -> String {
    let path = Path::new(file);
    let Some(stem) = path.file_stem().map(|stem| stem.to_string_lossy()) else {
        return name;
    };
    let whole = path.with_extension("");
    let said = [&*stem, &*whole.to_string_lossy()]
        .iter()
        .any(|component| name.starts_with(&format!("{component}::")));
    if said { name } else { format!("{stem}::{name}") }
}

/// An attempt before the last. One that passed is not worth a word.
fn rerun(ended: &Ended) -> Option<TestRerun> {
    let failure = ended.failure.as_ref()?;
    let mut rerun = TestRerun::new(failure.kind);
    rerun
        .set_type(safe(&failure.type_name))
        .set_message(safe(&failure.message))
        .set_stack_trace(safe(&failure.text));
    if !ended.output.is_empty() {
        rerun.set_system_out(&ended.output);
    }
    Some(rerun)
}

/// What kept a run from its end, which is no test's failure.
pub(super) fn not_a_test(type_name: &str, message: &str) -> Ended {
    Ended {
        failure: Some(Failure {
            kind: NonSuccessKind::Error,
            type_name: type_name.into(),
            message: message.lines().next().unwrap_or_default().into(),
            text: message.into(),
        }),
        elapsed: Duration::ZERO,
        output: String::new(),
    }
}
