//! The mark in the environment of everything that a run starts: by it, what fled from its parents is found.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

/// The variable that holds the mark.
pub(crate) const VARIABLE: &str = "PROCTOR_RUN";

/// Tells a run from all others, also from those before it in the same directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunId(String);

impl RunId {
    /// A new one. Errors: the system has no random numbers.
    pub(crate) fn random() -> std::io::Result<Self> {
        random_word().map(Self)
    }

    /// One that was [shown](Self::as_str) elsewhere.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As text, without white space or colons.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A word that nobody guesses. Errors: the system has no random numbers.
pub(crate) fn random_word() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// On whose behalf a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner<'a> {
    /// A machine, by its name.
    Machine(&'a str),
    /// The host itself: one of its programs, by a number that no other has.
    Program(u64),
    /// A VLAN's switch.
    Vlan(u32),
}

/// What stands in the variable, and with it whose processes are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marker {
    /// All processes of a run: their values begin like this.
    Run(String),
    /// Those of one owner: their value is this.
    Owner(String),
}

impl Marker {
    /// Of all processes of a run.
    pub(crate) fn of_run(id: &RunId) -> Self {
        Self::Run(format!("{}:", id.as_str()))
    }

    /// Of one owner's. The directory stands in it for people who wonder where a process comes from. No two owners have
    /// the same: within a run all but kind and name is fixed.
    pub(crate) fn of_owner(id: &RunId, owner: Owner<'_>, directory: &Path) -> Self {
        let (id, directory) = (id.as_str(), directory.display());
        Self::Owner(match owner {
            Owner::Machine(name) => format!("{id}:machine:{name}:{directory}"),
            Owner::Program(number) => format!("{id}:program:{number}:{directory}"),
            Owner::Vlan(number) => format!("{id}:vlan:{number}:{directory}"),
        })
    }

    /// The variable's value.
    pub(crate) fn value(&self) -> &str {
        match self {
            Self::Run(value) | Self::Owner(value) => value,
        }
    }

    /// Whether a variable, as it stands in an environment, is this mark.
    fn is(&self, variable: &[u8]) -> bool {
        let value = variable
            .strip_prefix(VARIABLE.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"="));
        value.is_some_and(|value| match self {
            Self::Run(start) => value.starts_with(start.as_bytes()),
            Self::Owner(whole) => value == whole.as_bytes(),
        })
    }

    /// The processes that bear it, this one excepted. Where one of this machine's processes is stuck in the kernel, the
    /// look at its environment can be, too: not for the threads of a runtime.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let own = std::process::id().cast_signed();
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
            .filter(|pid| *pid != own)
            .filter(|pid| {
                // Zombies and other users' processes cannot be read and are not ours.
                let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                environment.split(|byte| *byte == 0).any(|variable| self.is(variable))
            })
            .collect()
    }

    /// Kills [them](Self::processes). Returns how many there were.
    pub(crate) fn kill(&self) -> usize {
        let marked = self.processes();
        for pid in &marked {
            let _ = signal::kill(Pid::from_raw(*pid), Signal::SIGKILL);
        }
        marked.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(marker: &Marker) -> Vec<u8> {
        format!("{VARIABLE}={}", marker.value()).into_bytes()
    }

    #[test]
    fn an_owner_is_marked_unlike_any_other() {
        let (id, directory) = (RunId::random().unwrap(), Path::new("/tmp/a"));
        let owners = [
            Owner::Machine("vlan1"),
            Owner::Machine("vlan:1"),
            Owner::Machine("1"),
            Owner::Vlan(1),
            Owner::Vlan(11),
            Owner::Program(1),
            Owner::Program(11),
            Owner::Machine("x:"),
            Owner::Machine("x:y"),
            Owner::Machine("x"),
        ];
        for (number, owner) in owners.iter().enumerate() {
            let marker = Marker::of_owner(&id, *owner, directory);
            let same = owners.map(|other| marker.is(&variable(&Marker::of_owner(&id, other, directory))));
            let expected: Vec<bool> = (0..owners.len()).map(|other| other == number).collect();
            assert_eq!(same.to_vec(), expected, "{owner:?}");
            assert!(Marker::of_run(&id).is(&variable(&marker)));
        }
        let marker = Marker::of_owner(&id, Owner::Vlan(1), directory);
        assert!(!marker.is(&[b"X".as_slice(), &variable(&marker)].concat()));
    }

    #[test]
    fn runs_in_the_same_directory_are_told_apart() {
        let [first, second] = [(); 2].map(|()| RunId::random().unwrap());
        let marker = |id| Marker::of_owner(id, Owner::Machine("m"), Path::new("/tmp/kept"));
        assert!(!marker(&first).is(&variable(&marker(&second))));
        assert!(!Marker::of_run(&first).is(&variable(&marker(&second))));
    }
}
