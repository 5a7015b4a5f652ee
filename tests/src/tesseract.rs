//! The program that reads text from pictures.

use std::io::Write as _;

/// Whether it is installed. Where it is not, says that the test that asks is skipped, and why.
pub fn tesseract_is_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).any(|directory| directory.join("tesseract").is_file());
    if !installed {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        // Past the test harness, which shows what failing tests print only.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {test}, in part: tesseract is not installed; install it with: apt-get install tesseract-ocr"
        );
    }
    installed
}
