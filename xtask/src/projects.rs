//! Builds projects of tests with `proctor build`, as their authors would: the examples, and what every SDK does alike.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, FileContext, Result};
use crate::guest_target::GuestTarget;
use crate::process::{capture_text, show};
use crate::progress::say;
use crate::workspace;

/// Makes components of projects.
pub(crate) struct Builder<'a> {
    /// The host.
    pub(crate) proctor: PathBuf,
    /// What Rust's projects are built with.
    pub(crate) target: &'a GuestTarget,
}

impl Builder<'_> {
    /// Builds all examples. Returns the directory that has them as `LANGUAGE/NAME.wasm`. In the place of one whose language
    /// cannot be built here there is `LANGUAGE/NAME.skipped`, which says why.
    pub(crate) fn build_examples(&self) -> Result<PathBuf> {
        let output = workspace::guest_target_directory()?.join("examples");
        for project in examples()? {
            let language = project.parent().and_then(Path::file_name).unwrap_or_default();
            self.build_or_skip(&project, &output.join(language))?;
        }
        Ok(output)
    }

    /// Builds the projects of `tests/conformance`. Returns the directory that has them as `LANGUAGE.wasm` or
    /// `LANGUAGE.skipped`.
    pub(crate) fn build_conformance(&self) -> Result<PathBuf> {
        let output = workspace::guest_target_directory()?.join("conformance");
        for project in directories(&workspace::directory().join("tests/conformance"))? {
            self.build_or_skip(&project, &output)?;
        }
        Ok(output)
    }

    /// Builds one example, for a person who waits for it, and returns its file.
    pub(crate) fn build_example(&self, project: &Path) -> Result<PathBuf> {
        let output = workspace::guest_target_directory()?.join("examples");
        let language = project.parent().and_then(Path::file_name).unwrap_or_default();
        self.build(project, &output.join(language))
    }

    /// Builds the component that runs scripts. Returns its file; where it cannot be built here, one that ends in `.skipped`
    /// and says why.
    pub(crate) fn build_interpreter(&self) -> Result<PathBuf> {
        let mut command = Command::new(&self.proctor);
        command.args(["build", "--interpreter"]);
        match capture_text(&mut command) {
            Ok(path) => Ok(path.trim().into()),
            Err(Error::Command { output, .. }) => {
                let skipped = workspace::guest_target_directory()?.join("interpreter.skipped");
                say(&format!("skipped: tests of scripts: {output}"));
                fs::write(&skipped, output).while_trying_to("write", &skipped)?;
                Ok(skipped)
            }
            Err(error) => Err(error),
        }
    }

    fn build_or_skip(&self, project: &Path, output: &Path) -> Result<()> {
        let component = component_of(project, output);
        let skipped = component.with_extension("skipped");
        for old in [&component, &skipped] {
            // Whether it was there or not.
            let _ = fs::remove_file(old);
        }
        match self.tools(project)? {
            Ok(_) => self.build(project, output).map(drop),
            Err(reason) => {
                say(&format!("skipped: {}: {reason}", project.display()));
                fs::create_dir_all(output).while_trying_to("make", output)?;
                fs::write(&skipped, reason).while_trying_to("write", &skipped)
            }
        }
    }

    /// What a project is built with, or why that cannot be had here.
    pub(crate) fn tools(&self, project: &Path) -> Result<std::result::Result<Vec<PathBuf>, String>> {
        match capture_text(self.command()?.arg("--prepare").arg(project)) {
            Ok(tools) => Ok(Ok(tools.lines().map(PathBuf::from).collect())),
            Err(Error::Command { output, .. }) => Ok(Err(output)),
            Err(error) => Err(error),
        }
    }

    fn build(&self, project: &Path, output: &Path) -> Result<PathBuf> {
        let component = component_of(project, output);
        show(self.command()?.arg(project).arg("--output").arg(&component))?;
        Ok(component)
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.proctor);
        command
            .arg("build")
            .env("CARGO_TARGET_DIR", workspace::guest_target_directory()?)
            .envs(self.target.environment());
        Ok(command)
    }
}

fn component_of(project: &Path, output: &Path) -> PathBuf {
    let name = project.file_name().unwrap_or_default();
    output.join(Path::new(name).with_extension("wasm"))
}

/// The directories of the examples in all languages, each a project as a user would have it.
pub(crate) fn examples() -> Result<Vec<PathBuf>> {
    let mut examples = Vec::new();
    for language in directories(&workspace::directory().join("examples"))? {
        examples.extend(directories(&language)?);
    }
    Ok(examples)
}

fn directories(path: &Path) -> Result<Vec<PathBuf>> {
    let mut directories = Vec::new();
    for entry in fs::read_dir(path).while_trying_to("read", path)? {
        let path = entry.while_trying_to("read", path)?.path();
        if path.is_dir() {
            directories.push(path);
        }
    }
    directories.sort();
    Ok(directories)
}
