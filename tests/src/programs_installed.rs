//! Programs that some tests need and not every computer has.

use crate::skip::say_skipped;

/// Whether a program is installed. Where it is not, says that the test that asks is skipped, and why.
pub(crate) fn is_installed(program: &str, package: &str, part: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).any(|directory| directory.join(program).is_file());
    if !installed {
        say_skipped(&format!(
            "{part}: {program} is not installed; install it with: apt-get install {package}"
        ));
    }
    installed
}

/// Whether the program that reads text from pictures is installed.
pub fn tesseract_is_installed() -> bool {
    is_installed("tesseract", "tesseract-ocr", ", in part")
}

/// Whether a browser is installed, and what drives it.
pub fn browser_is_installed() -> bool {
    is_installed("chromium", "chromium", "") && is_installed("chromedriver", "chromium-driver", "")
}
