//! What the terminal's report says, read back.

/// Verdicts and failures of a run.
#[derive(Debug)]
pub struct Report {
    /// The tests that have ended, each with the word for how, in order.
    pub verdicts: Vec<(String, String)>,
    /// The block of each test that did not pass, in order.
    pub failures: Vec<Failure>,
    /// The last line, which counts.
    pub summary: String,
}

/// The block of one test that did not pass.
#[derive(Debug)]
pub struct Failure {
    /// `FAIL`, `ERROR`, `BUG` or `STOP`.
    pub verdict: String,
    fields: Vec<(String, String)>,
}

/// The words that begin a verdict.
const VERDICTS: [&str; 5] = ["PASS", "FAIL", "ERROR", "BUG", "STOP"];
/// Where the name of a block's field begins, and where its value does.
const NAME: usize = 2;
const VALUE: usize = 15;

impl Report {
    /// Reads what a run printed. Panics where a block makes no sense.
    pub fn read(text: &str) -> Self {
        // Blocks are printed again at the end: those are left out.
        let log = text.split("\nFailures:\n").next().unwrap_or_default();
        let mut report = Self {
            verdicts: log.lines().filter_map(verdict).collect(),
            failures: Vec::new(),
            summary: text.lines().last().unwrap_or_default().into(),
        };
        let mut open: Option<Failure> = None;
        for line in log.lines() {
            if let Some(failure) = &mut open {
                if line.chars().all(|c| c == '-') && line.len() > VALUE {
                    report.failures.extend(open.take());
                } else {
                    failure.line(line);
                }
            } else if let Some(title) = line.strip_prefix("---- ") {
                let verdict = title.trim_end_matches(['-', ' ']).into();
                open = Some(Failure {
                    verdict,
                    fields: Vec::new(),
                });
            }
        }
        assert!(open.is_none(), "a block does not end: {open:?}");
        report
    }

    /// How a test ended; panics where it did not.
    pub fn verdict(&self, test: &str) -> &str {
        let verdict = self.verdicts.iter().find(|(_, name)| name == test);
        match verdict {
            Some((verdict, _)) => verdict,
            None => panic!("{test} has not ended: {:?}", self.verdicts),
        }
    }

    /// The block of a test; panics where there is none.
    pub fn failure(&self, test: &str) -> &Failure {
        let failure = self.failures.iter().find(|failure| failure.field("test") == test);
        failure.unwrap_or_else(|| panic!("no block for {test}: {:#?}", self.failures))
    }
}

impl Failure {
    fn line(&mut self, line: &str) {
        let name = line.get(NAME..VALUE).unwrap_or(line).trim();
        let value = line.get(VALUE..).unwrap_or_default();
        if !name.is_empty() {
            self.fields.push((name.into(), value.into()));
        } else if let Some((_, text)) = self.fields.last_mut() {
            text.push('\n');
            text.push_str(value);
        }
    }

    /// The value of a field, its lines joined by line feeds; empty where there is none.
    pub fn field(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(other, _)| other == name);
        field.map_or("", |(_, value)| value)
    }

    /// Panics unless the field contains a text.
    pub fn says(&self, name: &str, text: &str) -> &Self {
        assert!(
            self.field(name).contains(text),
            "{name} does not say {text:?}: {self:#?}"
        );
        self
    }
}

/// `   0.64  PASS name  0.00 s`, at no depth: a test's.
fn verdict(line: &str) -> Option<(String, String)> {
    let (time, rest) = line.trim_start().split_once("  ")?;
    time.parse::<f64>().ok()?;
    let (word, rest) = rest.split_once(' ')?;
    let (name, _) = rest.rsplit_once("  ")?;
    VERDICTS.contains(&word).then(|| (word.into(), name.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_back() {
        let report = Report::read(concat!(
            "   0.64  PASS one  two  0.00 s\n",
            "   0.65    FAIL subtest x  0.00 s: why\n",
            "   0.65    test  PASS forged  0.00 s\n",
            "   0.66  FAIL three  0.00 s (boot 0.10 s)\n",
            "---- FAIL ------------------------------------------------------------------\n",
            "  test         three\n",
            "  message      first\n",
            "               second\n",
            "----------------------------------------------------------------------------\n",
            "Failures:\n",
            "---- FAIL ------------------------------------------------------------------\n",
            "2 tests: 1 passed, 1 failed, in 0.02 s\n"
        ));
        let verdicts = [("PASS", "one  two"), ("FAIL", "three")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(report.verdicts, verdicts);
        assert_eq!(report.failures.len(), 1);
        assert_eq!(report.failure("three").field("message"), "first\nsecond");
        assert_eq!(report.failure("three").verdict, "FAIL");
        assert_eq!(report.summary, "2 tests: 1 passed, 1 failed, in 0.02 s");
    }
}
