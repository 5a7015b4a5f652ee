//! Which style means what, and which colour a machine has.

use std::collections::HashMap;

use anstyle::{Ansi256Color, AnsiColor, Color, Style};

use crate::event::{Level, Outcome, State};

/// The styles of the report. Without colour each is the empty one, which writes nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Styles {
    /// As the terminal writes.
    pub(super) plain: Style,
    /// Times, and what matters less.
    pub(super) faint: Style,
    /// Names of tests and subtests.
    pub(super) strong: Style,
    pub(super) good: Style,
    pub(super) bad: Style,
    pub(super) doubtful: Style,
    colour: bool,
}

impl Styles {
    pub(super) fn new(colour: bool) -> Self {
        if !colour {
            return Self::default();
        }
        // Names of a theme's colours, not values: a theme has chosen a red that is legible on its background.
        let bold = |colour: AnsiColor| Style::new().bold().fg_color(Some(colour.into()));
        Self {
            plain: Style::new(),
            faint: Style::new().dimmed(),
            strong: Style::new().bold(),
            good: bold(AnsiColor::Green),
            bad: bold(AnsiColor::Red),
            doubtful: bold(AnsiColor::Yellow),
            colour,
        }
    }

    pub(super) fn outcome(&self, outcome: &Outcome) -> Style {
        match outcome {
            Outcome::Passed => self.good,
            Outcome::Failed(_) | Outcome::CouldNotRun(_) | Outcome::HostFailed(_) => self.bad,
            Outcome::Interrupted(_) => self.doubtful,
        }
    }

    /// A machine's or a VLAN's state.
    pub(super) fn state(&self, state: State) -> Style {
        match state {
            State::Off | State::Booting => self.plain,
            State::Ready => self.good,
            State::Down => self.strong,
        }
    }

    pub(super) fn level(&self, level: Level) -> Style {
        match level {
            Level::Debug => self.faint,
            Level::Info => self.plain,
            Level::Warning => self.doubtful,
            Level::Error => self.bad,
        }
    }
}

/// Colours of the 256 that no theme changes, each with a contrast of at least 4 to black and to white, so that they
/// are legible on both; neighbours are far apart, red, green and yellow left to verdicts.
const MACHINE_COLOURS: [Ansi256Color; 8] = [
    Ansi256Color(31),  // blue
    Ansi256Color(130), // brown
    Ansi256Color(133), // magenta
    Ansi256Color(64),  // olive
    Ansi256Color(62),  // indigo
    Ansi256Color(30),  // teal
    Ansi256Color(97),  // violet
    Ansi256Color(29),  // sea green
];

/// A colour for every machine, given in the order in which they are first named: the run names all of them at its
/// start, so a machine has the same colour in every run.
#[derive(Debug, Default)]
pub(super) struct MachineColours {
    given: HashMap<Box<str>, Style>,
}

impl MachineColours {
    pub(super) fn style(&mut self, styles: &Styles, machine: &str) -> Style {
        if !styles.colour {
            return Style::new();
        }
        if let Some(style) = self.given.get(machine) {
            return *style;
        }
        let colour = MACHINE_COLOURS
            .iter()
            .cycle()
            .nth(self.given.len() % MACHINE_COLOURS.len());
        let style = Style::new().fg_color(colour.map(|colour| Color::Ansi256(*colour)));
        self.given.insert(machine.into(), style);
        style
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of a colour of the 6 by 6 by 6 cube, as the web's accessibility guidelines define it.
    fn luminance(colour: Ansi256Color) -> f64 {
        let levels = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0];
        let index = usize::from(colour.0 - 16);
        let linear = |level: usize| {
            let value: f64 = levels[level] / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(index / 36) + 0.7152 * linear(index / 6 % 6) + 0.0722 * linear(index % 6)
    }

    #[test]
    fn machine_colours_are_legible_on_black_and_on_white() {
        for colour in MACHINE_COLOURS {
            let luminance = luminance(colour);
            let (on_white, on_black) = (1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05);
            assert!(on_white >= 4.0 && on_black >= 4.0, "{colour:?}: {on_white} {on_black}");
        }
    }

    #[test]
    fn a_machine_keeps_its_colour() {
        let styles = Styles::new(true);
        let mut colours = MachineColours::default();
        let first: Vec<Style> = (0..20).map(|n| colours.style(&styles, &format!("m{n}"))).collect();
        let second: Vec<Style> = (0..20)
            .rev()
            .map(|n| colours.style(&styles, &format!("m{n}")))
            .collect();
        assert!(first.iter().eq(second.iter().rev()));
        assert!((1..8).all(|n| first[n] != first[n - 1] && first[n] != Style::new()));
    }
}
