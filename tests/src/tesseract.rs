//! The program that reads text from pictures.

/// Whether it is installed. Says on standard error that a test is skipped where it is not.
pub fn tesseract_is_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).any(|directory| directory.join("tesseract").is_file());
    if !installed {
        eprintln!("skipped: tesseract is not installed; install it with: apt-get install tesseract-ocr");
    }
    installed
}
