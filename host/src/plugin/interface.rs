//! What a test can call: `wit/`, as this host was built with it.

use std::collections::HashMap;
use std::sync::LazyLock;

use wit_parser::{Resolve, WorldItem};

use crate::grants::{ALLOW_CREATE_MACHINE, ALLOW_FORWARD_PORT, ALLOW_MONITOR, ALLOW_READ};

/// The files of the package, with their names.
pub const FILES: [(&str, &str); 18] = [
    ("console.wit", include_str!("../../../wit/console.wit")),
    ("driver.wit", include_str!("../../../wit/driver.wit")),
    ("files.wit", include_str!("../../../wit/files.wit")),
    ("keyboard.wit", include_str!("../../../wit/keyboard.wit")),
    ("log.wit", include_str!("../../../wit/log.wit")),
    ("machine.wit", include_str!("../../../wit/machine.wit")),
    ("monitor.wit", include_str!("../../../wit/monitor.wit")),
    ("network.wit", include_str!("../../../wit/network.wit")),
    ("polling.wit", include_str!("../../../wit/polling.wit")),
    ("screen.wit", include_str!("../../../wit/screen.wit")),
    ("script.wit", include_str!("../../../wit/script.wit")),
    ("session.wit", include_str!("../../../wit/session.wit")),
    ("shell.wit", include_str!("../../../wit/shell.wit")),
    ("tests.wit", include_str!("../../../wit/tests.wit")),
    ("types.wit", include_str!("../../../wit/types.wit")),
    ("units.wit", include_str!("../../../wit/units.wit")),
    ("vlan.wit", include_str!("../../../wit/vlan.wit")),
    ("world.wit", include_str!("../../../wit/world.wit")),
];
/// What each of them begins with.
const PACKAGE: &str = "package proctor:driver@0.1.0;\n";
/// What a test's world is called.
pub const WORLD: &str = "test";
/// Interfaces whose calls are not recorded: what they do is an event of its own.
const UNRECORDED: [&str; 3] = ["log", "polling", "vlan"];
/// The world of interpreters, which has everything.
pub const INTERPRETER: &str = "interpreter";

/// The whole package as one text.
pub fn package() -> String {
    let bodies = FILES.map(|(_, text)| text.strip_prefix(PACKAGE).unwrap_or(text));
    format!("{PACKAGE}{}", bodies.concat())
}

/// A function that a test can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `INTERFACE.FUNCTION`.
    pub name: String,
    /// The first sentence about it.
    pub summary: String,
    /// What the run has to grant for it.
    pub capability: Option<&'static str>,
}

/// All functions that a test can call, sorted by name. Errors: a bug of ours.
pub fn functions() -> Result<Vec<Function>, String> {
    functions_of(WORLD)
}

/// All functions of a world, sorted by name. Errors: a bug of ours.
pub(super) fn functions_of(world: &str) -> Result<Vec<Function>, String> {
    let mut resolve = Resolve::default();
    let world = resolve
        .push_str("proctor.wit", &package())
        .and_then(|package| resolve.select_world(&[package], Some(world)))
        .map_err(|error| format!("{error:#}"))?;
    let mut functions = Vec::new();
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        let interface = &resolve.interfaces[*id];
        let prefix = interface.name.clone().unwrap_or_default();
        for (name, function) in &interface.functions {
            let name = format!("{prefix}.{}", plain_name(name));
            let documentation = function.docs.contents.clone().unwrap_or_default();
            functions.push(Function {
                capability: capability(&name),
                summary: first_sentence(&documentation),
                name,
            });
        }
    }
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(functions)
}

/// A function's name without what says that it is a resource's: `[method]machine.start` is `start`.
pub(super) fn plain_name(name: &str) -> &str {
    match name.split_once(']') {
        Some(("[constructor", resource)) => resource,
        Some((_, name)) => name.split_once('.').map_or(name, |(_, method)| method),
        None => name,
    }
}

/// The interface of a function whose calls are recorded: those of what a test does to machines have names that no other
/// has. Asked at the first call of a run, it looks for the lines that declare functions: to parse all of it takes far
/// longer.
pub(super) fn of_function(function: &str) -> &'static str {
    static INTERFACES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let interfaces = FILES
            .iter()
            .filter_map(|(file, text)| Some((file.strip_suffix(".wit")?, text)));
        let recorded = interfaces.filter(|(interface, _)| !UNRECORDED.contains(interface));
        recorded
            .flat_map(|(interface, text)| text.lines().filter_map(move |line| Some((declared(line)?, interface))))
            .collect()
    });
    INTERFACES.get(function).copied().unwrap_or_default()
}

/// The name of the function that a line of an interface declares.
fn declared(line: &'static str) -> Option<&'static str> {
    let (name, rest) = line.trim().split_once(':')?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("static").unwrap_or(rest).trim_start();
    rest.starts_with("func").then_some(name)
}

/// What has to be granted for a function.
pub(super) fn capability(function: &str) -> Option<&'static str> {
    match function {
        "driver.create-machine" | "script.create-machine-of-command" => Some(ALLOW_CREATE_MACHINE),
        "files.copy-from-host" | "files.copy-from-host-via-shell" => Some(ALLOW_READ),
        "network.forward-port" => Some(ALLOW_FORWARD_PORT),
        name if name.starts_with("monitor.") => Some(ALLOW_MONITOR),
        _ => None,
    }
}

fn first_sentence(documentation: &str) -> String {
    let text: Vec<&str> = documentation.split_whitespace().collect();
    let text = text.join(" ");
    match text.find(". ") {
        Some(end) => text.get(..=end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_of_the_package_are_there() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit");
        let mut names: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, FILES.map(|(name, _)| name));
        assert!(FILES.iter().all(|(_, text)| text.starts_with(PACKAGE)));
    }

    #[test]
    fn functions_have_names_summaries_and_capabilities() {
        let functions = functions().unwrap();
        let find = |name: &str| functions.iter().find(|function| function.name == name).unwrap();
        assert_eq!(find("units.wait-for-unit").summary, "Waits until a unit is active.");
        assert_eq!(find("machine.start").capability, None);
        assert_eq!(find("network.forward-port").capability, Some(ALLOW_FORWARD_PORT));
        assert!(functions.iter().all(|function| !function.summary.is_empty()));
        let granted: Vec<&str> = functions
            .iter()
            .filter(|function| function.capability.is_some())
            .map(|function| function.name.as_str())
            .collect();
        assert!(granted.contains(&"monitor.send-qmp-command"), "{granted:?}");
        assert_eq!(plain_name("[constructor]span"), "span");
        for function in functions {
            let (interface, name) = function.name.split_once('.').unwrap();
            if !UNRECORDED.contains(&interface) {
                assert_eq!(of_function(name), interface, "{name}");
            }
        }
    }
}
