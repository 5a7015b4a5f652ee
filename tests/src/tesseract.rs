//! The program that reads text from pictures.

use crate::skip::say_skipped;

/// Whether it is installed. Where it is not, says that the test that asks is skipped, and why.
pub fn tesseract_is_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).any(|directory| directory.join("tesseract").is_file());
    if !installed {
        say_skipped(", in part: tesseract is not installed; install it with: apt-get install tesseract-ocr");
    }
    installed
}
