//! Whether a terminal shows its alternate screen, as full-screen programs have it.

/// Which mode shows it: that of xterm, and older ones.
const MODES: [u16; 3] = [47, 1047, 1049];

/// Looks at what is shown, piece by piece.
#[derive(Debug, Default)]
pub(super) struct AlternateScreen {
    place: Place,
    mode: Option<u16>,
}

/// Where what is shown has got to.
#[derive(Debug, Default, Clone, Copy)]
enum Place {
    /// Outside of what matters.
    #[default]
    Text,
    /// Behind ESC.
    Escape,
    /// Behind ESC [.
    Bracket,
    /// Among the numbers of modes: the current one, and the one before it that matters.
    Modes(u16, Option<u16>),
}

impl AlternateScreen {
    /// Takes what is shown, and tells the mode that shows the alternate screen then, where that is shown.
    pub(super) fn see(&mut self, shown: &[u8]) -> Option<u16> {
        for byte in shown {
            let noted = |number: u16, before: Option<u16>| Some(number).filter(|it| MODES.contains(it)).or(before);
            self.place = match (self.place, byte) {
                (_, 0x1b) => Place::Escape,
                (Place::Escape, b'[') => Place::Bracket,
                (Place::Bracket, b'?') => Place::Modes(0, None),
                (Place::Modes(number, before), b'0'..=b'9') => {
                    let number = number.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
                    Place::Modes(number, before)
                }
                (Place::Modes(number, before), b';') => Place::Modes(0, noted(number, before)),
                (Place::Modes(number, before), b'h') => {
                    self.mode = noted(number, before).or(self.mode);
                    Place::Text
                }
                (Place::Modes(number, before), b'l') => {
                    if noted(number, before).is_some() {
                        self.mode = None;
                    }
                    Place::Text
                }
                _ => Place::Text,
            };
        }
        self.mode
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_it_is_seen_however_it_is_cut() {
        for (shown, mode) in [
            (&b"text"[..], None),
            (b"\x1b[?1049h", Some(1049)),
            (b"\x1b[?47hx", Some(47)),
            (b"\x1b[?1049;25hx", Some(1049)),
            (b"\x1b[?1;1047h", Some(1047)),
            (b"\x1b[?1049hx\x1b[?25l", Some(1049)),
            (b"\x1b[?1049hx\x1b[?1049l", None),
            (b"\x1b[?1049hx\x1b[?25;1049l", None),
            (b"\x1b[?25h\x1b[1049h\x1b?1049h[?1049h", None),
            (b"\x1b[?10490000000000h\x1b[?10\x1b[?49h", None),
            (b"\x1b\x1b[?1049h", Some(1049)),
        ] {
            let mut whole = AlternateScreen::default();
            assert_eq!(whole.see(shown), mode, "{shown:?}");
            let mut cut = AlternateScreen::default();
            let last = shown.chunks(1).map(|piece| cut.see(piece)).last();
            assert_eq!(last, Some(mode), "{shown:?}");
        }
    }
}
