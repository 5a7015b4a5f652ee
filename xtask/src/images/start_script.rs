//! Start scripts for machines of an image.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::{FileContext, Result};

/// What a start script says about its machine.
pub(crate) struct StartScript<'a> {
    /// The machine's name, a host name.
    pub(crate) name: &'a str,
    /// The last part of its addresses, from 1.
    pub(crate) node: u8,
    /// Its VLANs in the order of its interfaces.
    pub(crate) vlans: &'a [u8],
    /// All machines of the test, `NAME=NODE`.
    pub(crate) hosts: &'a [String],
    /// Whether it has a screen.
    pub(crate) screen: bool,
}

impl StartScript<'_> {
    /// Writes `run-NAME-vm` into `directory`, which is made where it is missing, and returns its path.
    pub(crate) fn write(&self, image: &Path, directory: &Path) -> Result<PathBuf> {
        fs::create_dir_all(directory).while_trying_to("make", directory)?;
        let path = directory.join(format!("run-{}-vm", self.name));
        fs::write(&path, self.text(image)).while_trying_to("write", &path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).while_trying_to("make executable", &path)?;
        Ok(path)
    }

    fn text(&self, image: &Path) -> String {
        let vlans: Vec<_> = self.vlans.iter().map(u8::to_string).collect();
        format!(
            "#!/bin/sh\nexec {} --name {} --node {} --vlans {} --hosts {}{} -- \"$@\"\n",
            quoted(&image.join("boot").to_string_lossy()),
            quoted(self.name),
            self.node,
            quoted(&vlans.join(" ")),
            quoted(&self.hosts.join(" ")),
            if self.screen { " --screen" } else { "" },
        )
    }
}

/// A word that the shell takes as it stands.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_hands_everything_to_the_image() {
        let hosts = ["server=1".to_owned(), "client=2".to_owned()];
        let script = StartScript {
            name: "server",
            node: 1,
            vlans: &[1, 2],
            hosts: &hosts,
            screen: true,
        };
        assert_eq!(
            script.text(Path::new("/a dir/it's")),
            "#!/bin/sh\nexec '/a dir/it'\\''s/boot' --name 'server' --node 1 --vlans '1 2' \
             --hosts 'server=1 client=2' --screen -- \"$@\"\n"
        );
    }

    #[test]
    fn a_script_is_executable_and_passes_its_arguments_on() {
        let directory = tempfile::tempdir().unwrap();
        let boot = directory.path().join("boot");
        fs::write(&boot, "#!/bin/sh\nprintf '<%s>' \"$@\"\n").unwrap();
        fs::set_permissions(&boot, fs::Permissions::from_mode(0o755)).unwrap();
        let script = StartScript {
            name: "a",
            node: 2,
            vlans: &[],
            hosts: &[],
            screen: false,
        };
        let path = script
            .write(directory.path(), &directory.path().join("scripts"))
            .unwrap();
        assert!(path.ends_with("scripts/run-a-vm"));
        let mut command = std::process::Command::new(path);
        let output = crate::process::capture_text(command.args(["-m", "one two"])).unwrap();
        assert_eq!(output, "<--name><a><--node><2><--vlans><><--hosts><><--><-m><one two>");
    }
}
