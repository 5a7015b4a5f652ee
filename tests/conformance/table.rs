//! The table of languages in the project's `README.md`, which is made from the run.

use std::collections::BTreeSet;

use proctor_tests::path_from_environment;

use crate::behaviours::behaviours;
use crate::language::Language;

/// Between these lines it stands.
const MARKS: [&str; 2] = ["<!-- conformance: made by the tests -->", "<!-- conformance: end -->"];

/// A cell for each language; none where it could not be built here.
pub type Row = (String, Vec<Option<String>>);

/// The rows, from the names of the behaviours in which a language deviates.
pub fn rows(deviations: &dyn Fn(Language) -> Option<BTreeSet<String>>) -> Vec<Row> {
    let deviations = Language::ALL.map(deviations);
    let behaviours = behaviours();
    let mut sections: Vec<&str> = behaviours.iter().map(|behaviour| behaviour.section.as_str()).collect();
    sections.dedup();
    let row = |section: &str| {
        let of_section = || behaviours.iter().filter(|behaviour| behaviour.section == section);
        let all = of_section().count();
        let cells = deviations.iter().map(|deviations| {
            let deviations = deviations.as_ref()?;
            let alike = of_section()
                .filter(|behaviour| !deviations.contains(&behaviour.name))
                .count();
            Some(format!("{alike} of {all}"))
        });
        (section.to_owned(), cells.collect())
    };
    sections.into_iter().map(row).collect()
}

/// Panics where the documentation's table is another. With `PROCTOR_RENEW_GOLDEN` it is written instead.
pub fn check(rows: &[Row]) {
    let path = path_from_environment("CARGO_MANIFEST_DIR").join("../README.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = document
        .split_once(MARKS[0])
        .expect("README.md has the table's beginning");
    let (table, after) = rest.split_once(MARKS[1]).expect("README.md has the table's end");
    let written: Vec<Vec<&str>> = table.trim().lines().map(cells).collect();
    let mut wanted = format!("| | {} |\n", Language::ALL.map(Language::name).join(" | "));
    wanted.push_str(&format!("|---|{}\n", "---|".repeat(Language::ALL.len())));
    for (number, (section, results)) in rows.iter().enumerate() {
        // What cannot be run here stays as it was.
        let old = |column: usize| written.get(number + 2).and_then(|row| row.get(column + 1)).copied();
        let results: Vec<_> = results
            .iter()
            .enumerate()
            .map(|(column, result)| result.as_deref().or_else(|| old(column)).unwrap_or("not run"))
            .collect();
        wanted.push_str(&format!("| {section} | {} |\n", results.join(" | ")));
    }
    if std::env::var_os("PROCTOR_RENEW_GOLDEN").is_some() {
        let document = format!("{before}{}\n{wanted}{}{after}", MARKS[0], MARKS[1]);
        std::fs::write(&path, document).unwrap();
        return;
    }
    assert_eq!(table.trim(), wanted.trim(), "renew it with PROCTOR_RENEW_GOLDEN=1");
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}
