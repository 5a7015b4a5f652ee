//! The interpreter of scripts: a component with Python inside, made of this program's own files.

use std::path::PathBuf;

use super::error::{BuildError, FileContext as _, Result};
use super::language::Language;
use super::python::{self, Componentize};
use super::toolchain::{self, Tell};
use super::{carried, tool};
use crate::plugin::interface;

/// Names an interpreter that was built elsewhere.
const VARIABLE: &str = "PROCTOR_INTERPRETER";
const COMPONENT: &str = "interpreter.wasm";

/// The component that runs scripts, which is built where it has not been yet. Errors: what is missing for that, and how to
/// get it.
pub fn interpreter(tell: Tell<'_>) -> Result<PathBuf> {
    if let Some(named) = tool::variable(VARIABLE) {
        return Ok(named.into());
    }
    let told = (
        "interpreter",
        "building the interpreter of test scripts, with Python inside: this takes some 15 seconds",
    );
    let find = || toolchain::python(Language::Python);
    let directory = toolchain::ensure(told, &carried::interpreter_pins(), tell, find, |python, directory| {
        let scratch = tempfile::tempdir_in(directory).while_trying_to("make", directory)?;
        let sources = scratch.path();
        carried::unpack_interpreter(sources)?;
        let environment = sources.join("environment");
        let packages = environment.join("lib/python3/site-packages");
        std::fs::create_dir_all(&packages).while_trying_to("make", &packages)?;
        let requirements = sources.join("nixos/toolchain").join(toolchain::WHEELS);
        toolchain::install_wheels(&python, &requirements, &packages)?;
        let sdk = sources.join("python");
        let work = Componentize {
            python: &python,
            tools: &python::tools(&sdk, &python, tell)?,
            wit: &sources.join("wit"),
            world: interface::INTERPRETER,
            paths: &[&sources.join("nixos"), &sdk],
            module: "test_driver.component",
            environment: &environment,
            scratch: sources,
        };
        let said = work.run(&directory.join(COMPONENT))?;
        if said.trim().is_empty() {
            Ok(())
        } else {
            Err(BuildError::Invalid(format!(
                "the interpreter was built with warnings: {said}"
            )))
        }
    })?;
    Ok(directory.join(COMPONENT))
}
