//! JavaScript and TypeScript: the SDK brings the program that bundles the tests and puts them into an engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::error::{BuildError, FileContext as _, Result};
use super::language::Language;
use super::toolchain::{self, Tell};
use super::{Made, Project, freshness, tool};

/// The oldest Node whose modules the build uses.
const OLDEST_NODE: u32 = 20;
/// What npm installs, and of what.
const PINS: [&str; 2] = ["package.json", "package-lock.json"];

pub(super) fn build(project: &Project, tell: Tell<'_>) -> Result<Made> {
    let name = name(project)?;
    let pins = toolchain::pins(&project.sdk(), PINS[1])?;
    let component = freshness::kept_or_made(project, &pins, || bundle(project, &pins, tell))?;
    Ok(Made { name, component })
}

/// The component, and the files of which it is made.
fn bundle(project: &Project, pins: &[u8], tell: Tell<'_>) -> Result<(Vec<u8>, Vec<PathBuf>)> {
    let node = node()?;
    let tools = tools(project, pins, tell)?;
    let output = project.own_directory().join("bundle.wasm");
    let list = project.own_directory().join("bundle.inputs");
    let mut bundler = Command::new(node);
    bundler
        .arg(project.sdk().join("toolchain/build.mjs"))
        .arg(&project.directory)
        .arg(&output)
        .env("PROCTOR_TOOLS", tools)
        .env("TMPDIR", project.empty_scratch()?)
        .env("PROCTOR_INPUTS", &list)
        .env("PROCTOR_WIT", project.own_directory().join("wit"));
    tool::run_showing(&mut bundler, "the build of the tests")?;
    let component = fs::read(&output).and_then(|component| fs::remove_file(&output).map(|()| component));
    let component = component.while_trying_to("read", &output)?;
    let files = fs::read_to_string(&list).while_trying_to("read", &list)?;
    Ok((component, files.lines().map(PathBuf::from).collect()))
}

/// What is needed, and whether it is there: fetches what can be fetched.
pub(super) fn prepare(project: &Project, tell: Tell<'_>) -> Result<Vec<PathBuf>> {
    let node = node()?;
    let tools = tools(project, &toolchain::pins(&project.sdk(), PINS[1])?, tell)?;
    Ok(vec![node, tools])
}

fn missing(found: String) -> BuildError {
    BuildError::MissingTool {
        language: Language::JavaScript,
        what: "Node 20 or newer",
        found,
        how: "get it from https://nodejs.org, or with: apt-get install nodejs npm",
    }
}

fn node() -> Result<PathBuf> {
    let node = tool::find("node").ok_or_else(|| missing("there is no `node` in $PATH".into()))?;
    let version = tool::run(Command::new(&node).arg("--version"), "node --version")?;
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(node),
        _ => Err(missing(format!("`{}` is {version}", node.display()))),
    }
}

/// The bundler and the engine.
fn tools(project: &Project, pins: &[u8], tell: Tell<'_>) -> Result<PathBuf> {
    let sources = project.sdk().join("toolchain");
    toolchain::ensure(
        ("javascript", "fetching esbuild and componentize-qjs"),
        pins,
        tell,
        || tool::find("npm").ok_or_else(|| missing("there is no `npm` in $PATH".into())),
        |npm, directory| install(&npm, &sources, directory),
    )
}

fn install(npm: &Path, sources: &Path, directory: &Path) -> Result<()> {
    for file in PINS {
        let path = sources.join(file);
        fs::copy(&path, directory.join(file)).while_trying_to("copy", &path)?;
    }
    let mut npm = Command::new(npm);
    // Not `ci`: that refuses a lock without the platforms for which there is no engine. This keeps to the lock as well, its
    // checksums included.
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]);
    npm.current_dir(directory);
    tool::run(&mut npm, "npm install").map(drop)
}

/// The package's name without its scope.
fn name(project: &Project) -> Result<String> {
    let path = project.directory.join("package.json");
    let text = fs::read(&path).while_trying_to("read", &path)?;
    let package: Value = serde_json::from_slice(&text)
        .map_err(|error| BuildError::Invalid(format!("{} is no JSON: {error}", path.display())))?;
    let name = package["name"].as_str().and_then(|name| name.rsplit('/').next());
    Ok(project.named(name))
}
