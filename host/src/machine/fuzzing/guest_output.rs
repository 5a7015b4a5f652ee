//! What programs of a machine print, and QEMU of it, as it is read here.

use crate::fuzzing::assert_harmless_line;
use crate::limits::{LISTENERS_TOLD, WINDOWS};
use crate::machine::{network, pattern, ports, units, virtual_terminal, windows};

/// The bytes are any program's output: `systemctl show`, `xwininfo`, `/proc/net/tcp`, a terminal's screen, QEMU's
/// `info network`.
pub fn guest_output(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let properties = units::properties(bytes);
    for (name, value) in &properties {
        assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert!(value.len() <= text.len());
    }
    let titles = windows::titles(&text);
    assert!(titles.len() <= WINDOWS);
    assert!(
        titles
            .iter()
            .all(|title| text.contains(title.as_str()) && !title.contains('\n'))
    );
    let listeners = ports::listeners(&text);
    assert!(listeners.len() <= LISTENERS_TOLD + 1);
    listeners.iter().for_each(|listener| assert_harmless_line(listener));
    for name in network::vlan_interfaces(&text) {
        assert!(text.contains(&name) && !name.contains('\n'));
    }
    if let Some(screen) = virtual_terminal::parse(bytes) {
        // What a terminal shows has no control characters but line feeds: its font has no others.
        assert!(
            screen
                .chars()
                .all(|character| character == '\n' || !character.is_control())
        );
        assert!(screen.chars().count() <= bytes.len());
    }
    let lines: Vec<&str> = text.lines().collect();
    pattern::quote_lines(&lines).lines().for_each(assert_harmless_line);
}
