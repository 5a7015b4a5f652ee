//! The ways to a standard library for guest programs, and the order in which they are tried.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::compiler::Compiler;
use super::{TARGET, debian_source, debian_toolchain, probe, standard_archive};
use crate::cache::{self, ContentKey};
use crate::error::{Error, Result};
use crate::process::capture;
use crate::progress::say;

/// Where the cache keeps what the later ways make.
const KIND: &str = "guest-target";
/// Changed when what the ways make is laid out differently.
const LAYOUT: &str = "1";
/// How many seconds rustup may take: enough for a slow download, and an end where a network swallows every packet.
const RUSTUP_LIMIT_SECONDS: &str = "300";

/// A way to the target's standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Way {
    /// The toolchain has it
    Present,
    /// rustup downloads it
    Rustup,
    /// The archive that PROCTOR_WASM_STD names
    Archive,
    /// Built from Debian's copy of the compiler's sources
    Source,
    /// A second compiler, from Debian
    Toolchain,
}

impl Way {
    /// All, in the order in which they are tried.
    const ALL: [Self; 5] = [
        Self::Present,
        Self::Rustup,
        Self::Archive,
        Self::Source,
        Self::Toolchain,
    ];

    fn description(self) -> &'static str {
        match self {
            Self::Present => "it is in the toolchain",
            Self::Rustup => "rustup downloaded it",
            Self::Archive => "from the archive that PROCTOR_WASM_STD names",
            Self::Source => "built from Debian's rust-src and wasi-libc",
            Self::Toolchain => "Debian's rustc-web as a second compiler, with a library built from its sources",
        }
    }

    /// The name of what this way makes in the cache for a compiler.
    fn key(self, compiler: &Compiler) -> String {
        let mut key = ContentKey::default();
        key.add("layout", LAYOUT.as_bytes())
            .add("compiler", compiler.version.as_bytes());
        // The sysroot links to the toolchain's tools.
        key.add("sysroot", compiler.sysroot.to_string_lossy().as_bytes());
        format!("{self:?}-{}", key.finish()).to_lowercase()
    }

    /// What guest builds need where this way made `directory`, or made the toolchain itself usable.
    fn target(self, directory: Option<&Path>) -> GuestTarget {
        match (self, directory) {
            (Self::Archive | Self::Source, Some(path)) => GuestTarget {
                compiler: None,
                sysroot: Some(path.to_owned()),
            },
            (Self::Toolchain, Some(path)) => GuestTarget {
                compiler: Some(debian_toolchain::wrapper(path)),
                sysroot: None,
            },
            _ => GuestTarget {
                compiler: None,
                sysroot: None,
            },
        }
    }

    /// What this way made before, where it did.
    fn made_before(self, compiler: &Compiler) -> Result<Option<GuestTarget>> {
        match self {
            Self::Present => Ok(compiler.has_target().then(|| self.target(None))),
            Self::Rustup => Ok(None),
            Self::Archive | Self::Source | Self::Toolchain => {
                Ok(cache::find(KIND, &self.key(compiler))?.map(|path| self.target(Some(&path))))
            }
        }
    }

    fn make(self, compiler: &Compiler) -> Result<GuestTarget> {
        let build = match self {
            Self::Present if compiler.has_target() => return Ok(self.target(None)),
            Self::Present => return Err(Error::Invalid("the toolchain does not have it".into())),
            Self::Rustup => {
                // The variable that rustup sets for cargo, and so for us, names the toolchain in use.
                let mut rustup = Command::new("timeout");
                capture(rustup.args([RUSTUP_LIMIT_SECONDS, "rustup", "target", "add", TARGET]))?;
                let target = self.target(None);
                return probe::build_component(&target).map(|()| target);
            }
            Self::Archive => standard_archive::build,
            Self::Source => debian_source::build,
            Self::Toolchain => debian_toolchain::build,
        };
        let directory = cache::ensure(KIND, &self.key(compiler), |directory| {
            build(compiler, directory)?;
            probe::build_component(&self.target(Some(directory)))
        })?;
        Ok(self.target(Some(&directory)))
    }
}

/// How guest programs are compiled.
pub(crate) struct GuestTarget {
    /// Instead of `rustc`.
    compiler: Option<PathBuf>,
    /// Instead of the compiler's own.
    sysroot: Option<PathBuf>,
}

impl GuestTarget {
    /// The variables that `cargo build --target wasm32-wasip2` needs.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let compiler = self.compiler.iter().map(|path| ("RUSTC", path.display().to_string()));
        let sysroot = self.sysroot.iter().map(|path| {
            (
                "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
                format!("--sysroot={}", path.display()),
            )
        });
        compiler.chain(sysroot).collect()
    }

    /// Whether guest programs are compiled by another compiler than everything else, for which there is no clippy.
    pub(crate) fn has_own_compiler(&self) -> bool {
        self.compiler.is_some()
    }

    /// The compiler itself, set up to compile for the target.
    pub(super) fn rustc(&self) -> Command {
        let mut command = Command::new(self.compiler.as_deref().unwrap_or(Path::new("rustc")));
        if let Some(path) = &self.sysroot {
            command.arg("--sysroot").arg(path);
        }
        command
    }
}

/// Makes the target usable, by the first way that works or by `only`, and says which was taken.
pub(crate) fn ensure(only: Option<Way>) -> Result<GuestTarget> {
    // Where cargo takes flags from a variable, white space divides them.
    let root = cache::root()?;
    if root.to_string_lossy().contains(char::is_whitespace) {
        let path = root.display();
        return Err(Error::Invalid(format!(
            "the cache's path has white space in it ({path}): set XDG_CACHE_HOME"
        )));
    }
    let compiler = Compiler::current()?;
    let ways = || {
        Way::ALL
            .into_iter()
            .filter(|way| only.is_none_or(|wanted| wanted == *way))
    };
    for way in ways() {
        if let Some(target) = way.made_before(&compiler)? {
            say(&format!("{TARGET}: {}", way.description()));
            return Ok(target);
        }
    }
    let mut failures = String::new();
    for way in ways() {
        say(&format!("{TARGET}: trying this: {}", way.description()));
        match way.make(&compiler) {
            Ok(target) => {
                say(&format!("{TARGET}: {}", way.description()));
                return Ok(target);
            }
            // Most machines lack some of the ways, so one that fails is no news; all are told where none works.
            Err(error) => failures.push_str(&format!("\n- {}: {error}", way.description())),
        }
    }
    Err(Error::Invalid(format!(
        "no way to a standard library for {TARGET} worked:{failures}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_says_what_builds_need() {
        let directory = Some(Path::new("/c"));
        assert!(Way::Present.target(None).environment().is_empty());
        assert_eq!(
            Way::Source.target(directory).environment(),
            [("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", "--sysroot=/c".to_owned())]
        );
        assert_eq!(
            Way::Toolchain.target(directory).environment(),
            [("RUSTC", "/c/rustc".to_owned())]
        );
    }

    #[test]
    fn what_is_made_belongs_to_one_way_and_one_compiler() {
        let compiler = |version: &str| Compiler {
            version: version.to_owned(),
            sysroot: PathBuf::from("/t"),
        };
        let key = Way::Source.key(&compiler("1.95.0"));
        assert!(key.starts_with("source-"));
        assert_ne!(key, Way::Archive.key(&compiler("1.95.0")));
        assert_ne!(key, Way::Source.key(&compiler("1.96.0")));
    }
}
