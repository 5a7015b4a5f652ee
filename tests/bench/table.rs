//! The table that is printed in the end.

use std::time::Duration;

/// What was measured, beside its floor.
pub(crate) struct Row {
    /// What Proctor did.
    pub(crate) what: String,
    /// How it fared, with its unit.
    pub(crate) ours: String,
    /// What the floor is.
    pub(crate) floor_is: &'static str,
    /// How the floor fared, with its unit.
    pub(crate) floor: String,
    /// Ours divided by the floor.
    pub(crate) ratio: f64,
    /// What is aimed at.
    pub(crate) goal: String,
    /// Whether it was reached.
    pub(crate) met: bool,
}

const TITLES: [&str; 7] = ["what", "ours", "floor", "", "ratio", "goal", ""];

/// Lines of columns under titles.
pub(crate) fn format(rows: &[Row]) -> String {
    let mut lines = vec![TITLES.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    columns(&lines)
}

/// Lines of columns, each as wide as its widest cell.
pub(crate) fn columns<const COLUMNS: usize>(lines: &[[String; COLUMNS]]) -> String {
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        let lengths = lines.iter().map(|cells| cells[column].chars().count());
        lengths.max().unwrap_or_default()
    });
    let mut text = String::new();
    for cells in lines {
        let padded = std::iter::zip(cells, widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cells(row: &Row) -> [String; TITLES.len()] {
    [
        row.what.clone(),
        row.ours.clone(),
        row.floor.clone(),
        format!("({})", row.floor_is),
        format!("{:.2}", row.ratio),
        row.goal.clone(),
        if row.met { "met" } else { "missed" }.into(),
    ]
}

/// A time in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
