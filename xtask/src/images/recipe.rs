//! The files of a recipe that the build reads: `packages`, `modules` and `layout`, and where the machine has a disk
//! `installed`, `excluded` and `disk`. Each explains itself at its beginning; lines that begin with `#` and empty lines
//! say nothing.

use crate::error::{Error, Result};

/// A package that the image is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: String,
    /// For a meta package: how the name of the dependency that is meant begins.
    pub(super) dependency: Option<String>,
}

/// A kernel module.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module {
    /// When init inserts it: the name of a list.
    pub(super) stage: String,
    /// Its path below the kernel's module directory.
    pub(super) path: String,
}

impl Module {
    /// Its name: the file's without `.ko`.
    pub(super) fn name(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        file.strip_suffix(".ko").unwrap_or(file)
    }
}

/// One line of the layout.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// `directory MODE PATH`
    Directory { mode: u32, path: String },
    /// `device MODE MAJOR MINOR PATH`
    Device {
        mode: u32,
        major: u32,
        minor: u32,
        path: String,
    },
    /// `file PACKAGE SOURCE PATH`
    File {
        package: String,
        source: String,
        path: String,
    },
    /// `recipe MODE NAME PATH`
    Recipe { mode: u32, name: String, path: String },
    /// `link TARGET PATH`
    Link { target: String, path: String },
    /// `applets SOURCE DIRECTORY`
    Applets { source: String, directory: String },
}

fn lines<'a>(file: &'static str, text: &'a str) -> impl Iterator<Item = (String, Vec<&'a str>)> {
    text.lines()
        .enumerate()
        .map(move |(index, line)| (format!("{file}, line {}: `{line}`", index + 1), line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(place, line)| (place, line.split_whitespace().collect()))
}

fn unclear(place: &str) -> Error {
    Error::Invalid(format!("the recipe's {place} is not understood"))
}

/// Reads `packages`.
pub(super) fn packages(text: &str) -> Result<Vec<Package>> {
    lines("packages", text)
        .map(|(place, words)| match words.as_slice() {
            [name] => Ok(Package {
                name: (*name).to_owned(),
                dependency: None,
            }),
            [name, prefix] => Ok(Package {
                name: (*name).to_owned(),
                dependency: Some((*prefix).to_owned()),
            }),
            _ => Err(unclear(&place)),
        })
        .collect()
}

/// Reads `modules`.
pub(super) fn modules(text: &str) -> Result<Vec<Module>> {
    lines("modules", text)
        .map(|(place, words)| match words.as_slice() {
            [stage, path] if path.ends_with(".ko") => Ok(Module {
                stage: (*stage).to_owned(),
                path: (*path).to_owned(),
            }),
            _ => Err(unclear(&place)),
        })
        .collect()
}

/// Reads `installed` or `excluded`: one word a line.
pub(super) fn words(file: &'static str, text: &str) -> Result<Vec<String>> {
    lines(file, text)
        .map(|(place, words)| match words.as_slice() {
            [word] => Ok((*word).to_owned()),
            _ => Err(unclear(&place)),
        })
        .collect()
}

/// Reads `layout`, or `disk`, which is written the same way.
pub(super) fn layout(file: &'static str, text: &str) -> Result<Vec<Entry>> {
    lines(file, text)
        .map(|(place, words)| entry(&words).ok_or_else(|| unclear(&place)))
        .collect()
}

fn entry(words: &[&str]) -> Option<Entry> {
    let mode = |word: &str| u32::from_str_radix(word, 8).ok().filter(|mode| *mode <= 0o7777);
    let path = |word: &str| word.starts_with('/').then(|| word.to_owned());
    Some(match *words {
        ["directory", bits, place] => Entry::Directory {
            mode: mode(bits)?,
            path: path(place)?,
        },
        ["device", bits, major, minor, place] => Entry::Device {
            mode: mode(bits)?,
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
            path: path(place)?,
        },
        ["file", package, source, place] => Entry::File {
            package: package.to_owned(),
            source: source.to_owned(),
            path: path(place)?,
        },
        ["recipe", bits, name, place] => Entry::Recipe {
            mode: mode(bits)?,
            name: name.to_owned(),
            path: path(place)?,
        },
        ["link", target, place] => Entry::Link {
            target: target.to_owned(),
            path: path(place)?,
        },
        ["applets", source, place] => Entry::Applets {
            source: path(source)?,
            directory: path(place)?,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::recipe_files::RecipeFiles;
    use super::*;

    #[test]
    fn the_kept_recipe_is_understood() {
        for (name, stage) in [("mini", "shell"), ("systemd", "root")] {
            let recipe = RecipeFiles::read(name).unwrap();
            let read = |name| recipe.text(name).unwrap();
            let packages = packages(read("packages")).unwrap();
            assert!(packages.iter().any(|package| package.dependency.is_some()));
            let modules = modules(read("modules")).unwrap();
            assert!(modules.iter().any(|module| module.stage == stage));
            let init = Entry::Recipe {
                mode: 0o755,
                name: "init".into(),
                path: "/init".into(),
            };
            assert!(layout("layout", read("layout")).unwrap().contains(&init));
        }
    }

    #[test]
    fn every_file_of_the_kept_disk_is_in_its_recipe() {
        let recipe = RecipeFiles::read("systemd").unwrap();
        let entries = layout("disk", recipe.text("disk").unwrap()).unwrap();
        for entry in &entries {
            let Entry::Recipe { name, .. } = entry else {
                panic!("{entry:?}");
            };
            recipe.content(name).unwrap();
        }
        assert!(
            words("installed", recipe.text("installed").unwrap())
                .unwrap()
                .contains(&"systemd".to_owned())
        );
        assert!(words("excluded", recipe.text("excluded").unwrap()).is_ok());
    }

    #[test]
    fn lines_become_what_they_say() {
        let text = "# comment\n\ndevice 0600 5 1 /dev/console\nlink bash /bin/sh\n";
        let expected = [
            Entry::Device {
                mode: 0o600,
                major: 5,
                minor: 1,
                path: "/dev/console".into(),
            },
            Entry::Link {
                target: "bash".into(),
                path: "/bin/sh".into(),
            },
        ];
        assert_eq!(layout("layout", text).unwrap(), expected);
        assert_eq!(
            modules("shell drivers/char/virtio_console.ko").unwrap()[0].name(),
            "virtio_console"
        );
    }

    #[test]
    fn a_bad_line_is_quoted_with_its_number() {
        for (text, line) in [
            ("directory 0755 relative", 1),
            ("# first\ndirectory 99 /a", 2),
            ("directory 77777 /a", 1),
            ("file coreutils usr/bin/head", 1),
            ("what 0755 /a", 1),
        ] {
            let error = layout("layout", text).unwrap_err().to_string();
            assert!(error.contains(&format!("layout, line {line}: `")), "{error}");
        }
        assert!(modules("shell virtio").is_err());
        assert!(packages("a b c").is_err());
        let error = words("installed", "one\ntwo words").unwrap_err().to_string();
        assert!(error.contains("installed, line 2"), "{error}");
    }
}
