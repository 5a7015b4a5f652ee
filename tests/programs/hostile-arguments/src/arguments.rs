//! What nobody means.

/// The longest time that can be said.
pub const LONGEST: u32 = u32::MAX;

/// What terminals and reports must not see.
pub const HARMFUL: &str =
    "harmful\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{8}\r\u{202e}\u{2028}\u{feff}\u{fffe}\u{10ffff}";

/// Texts for every argument that is one.
pub fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\0",
        "a\0b",
        "\n",
        "-",
        "--help",
        ".",
        "..",
        "/",
        "../x",
        "'; exit 1; echo \"$(exit 2)`exit 3`\" #",
        HARMFUL,
        "{\"a\":",
        "(((((a*)*)*)*)*)*$",
        "%s%n,=;",
        "1e309",
        "18446744073709551616",
    ]
    .map(str::to_owned)
    .into();
    texts.extend(["x", "/x", "[", "(", "\u{1b}", "é\n"].map(|piece| piece.repeat((1 << 20) / piece.len())));
    texts.push("x".repeat(4_096));
    texts.push("a/".repeat(2_048));
    texts
}
