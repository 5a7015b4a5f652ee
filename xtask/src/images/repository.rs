//! A repository of packages that were downloaded, so that installing them needs no network.

use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use super::downloads::Downloads;
use crate::cache::hexadecimal;
use crate::error::{FileContext, Result};
use crate::process::capture_text;

/// Makes `directory` a repository that is a single suite of these packages.
pub(super) fn write(downloads: &Downloads, suite: &str, directory: &Path) -> Result<()> {
    let mut index = String::new();
    for (_, file) in downloads {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let target = directory.join(&*name);
        fs::copy(file, &target).while_trying_to("write", &target)?;
        let control = capture_text(Command::new("dpkg-deb").arg("--field").arg(file))?;
        let content = fs::read(file).while_trying_to("read", file)?;
        index.push_str(&entry(&control, &name, &content));
    }
    for (name, text) in [
        ("Packages", index),
        ("Release", format!("Suite: {suite}\nCodename: {suite}\n")),
    ] {
        let path = directory.join(name);
        fs::write(&path, text).while_trying_to("write", &path)?;
    }
    Ok(())
}

/// A package's entry in the index.
fn entry(control: &str, name: &str, content: &[u8]) -> String {
    format!(
        "{}\nFilename: ./{name}\nSize: {}\nSHA256: {}\n\n",
        control.trim_end(),
        content.len(),
        hexadecimal(&Sha256::digest(content))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_tells_where_the_package_is_and_ends_with_an_empty_line() {
        let entry = entry("Package: a\nDescription: A\n more\n", "a_1%3a2_all.deb", b"abc");
        assert_eq!(
            entry,
            "Package: a\nDescription: A\n more\nFilename: ./a_1%3a2_all.deb\nSize: 3\nSHA256: \
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n\n"
        );
    }
}
