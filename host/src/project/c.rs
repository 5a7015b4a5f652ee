//! C: clang with WASI's library where the computer has them, else zig, which brings both.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::{BuildError, FileContext as _, Result};
use super::language::Language;
use super::toolchain::{self, Tell};
use super::{Made, Project, carried, component, freshness, tool};

/// Flags of the project's files, one a line, as editors read them.
const FLAGS: &str = "compile_flags.txt";
/// The variables that name a clang with WASI's library, and a directory of one.
const COMPILER: &str = "PROCTOR_CC";
const WASI_SDK: &str = "WASI_SDK_PATH";
/// What tells a place in the source text where a program does what C does not define.
const CHECKS: [&str; 4] = [
    "-fsanitize=undefined",
    "-fno-sanitize=alignment,function,vptr,object-size",
    "-fno-sanitize-recover=all",
    "-Werror=return-type",
];
/// A test's stack: what Rust's tests have.
const STACK: &str = "-Wl,-z,stack-size=1048576";
/// What the linker makes.
const CORE: &str = "core.wasm";
/// Where Debian's package `wasi-libc` has its headers and its libraries.
const DEBIAN: (&str, &str) = ("/usr/include/wasm32-wasi", "/usr/lib/wasm32-wasi/crt1-reactor.o");
/// The versions of clang that Debian's packages may have in their names.
const CLANG_VERSIONS: std::ops::RangeInclusive<u32> = 14..=22;

pub(super) fn build(project: &Project, tell: Tell<'_>) -> Result<Made> {
    // Another compiler makes another component.
    let named = [COMPILER, WASI_SDK].map(|variable| tool::variable(variable).unwrap_or_default());
    let named = format!("{named:?}");
    let component = freshness::kept_or_made(project, named.as_bytes(), || compile(project, tell))?;
    Ok(Made {
        name: project.named(None),
        component,
    })
}

/// The component, and the files of which it is made.
fn compile(project: &Project, tell: Tell<'_>) -> Result<(Vec<u8>, Vec<PathBuf>)> {
    let compiler = Compiler::find(project, tell)?;
    let sdk = compiler.sdk(project, tell)?;
    let own = project.own_directory().join("c");
    if own.exists() {
        fs::remove_dir_all(&own).while_trying_to("remove", &own)?;
    }
    fs::create_dir_all(&own).while_trying_to("make", &own)?;
    let path = project.directory.join(FLAGS);
    let flags = fs::read_to_string(&path).while_trying_to("read", &path)?;
    let mut sources = Vec::new();
    find_sources(&project.directory, Path::new(""), &mut sources).while_trying_to("read", &project.directory)?;
    if sources.is_empty() {
        return Err(BuildError::Invalid(format!(
            "{} has no files that end in .c",
            project.directory.display()
        )));
    }
    sources.sort();
    // The linker names objects where it finds fault with them: they are called as their sources.
    let objects_of = |suffix: &str| -> Vec<PathBuf> {
        let named = sources.iter().map(|source| format!("./{}.{suffix}", source.display()));
        named.map(PathBuf::from).collect()
    };
    let (own_objects, rules) = (objects_of("o"), objects_of("d"));
    for directory in own_objects.iter().filter_map(|object| object.parent()) {
        let directory = own.join(directory);
        fs::create_dir_all(&directory).while_trying_to("make", &directory)?;
    }
    let work = sources
        .iter()
        .zip(own_objects.iter().zip(&rules))
        .map(|(source, (object, rule))| {
            let mut compile = compiler.compile();
            compile
                .args(flags.lines().map(str::trim).filter(|flag| !flag.is_empty()))
                .args(CHECKS)
                .args(compiler.check_flags())
                .arg(format!("-ffile-prefix-map={}=.", project.directory.display()))
                .arg("-c")
                .arg(source)
                .arg("-o")
                .arg(own.join(object))
                .args(["-MMD", "-MF"])
                .arg(own.join(rule))
                .current_dir(&project.directory);
            (compile, format!("the compilation of {}", source.display()))
        });
    run_all(work.collect())?;
    let module = own.join(CORE);
    let mut link = compiler.link();
    link.args(["-mexec-model=reactor", STACK]);
    link.args(&own_objects);
    link.args(objects(&sdk).while_trying_to("read", &sdk)?);
    // Not by its whole path: the linker replaces each `%` in that.
    link.args(["-o", CORE]).current_dir(&own);
    tool::run(&mut link, "the link of the tests")?;
    let core = fs::read(&module).while_trying_to("read", &module)?;
    let mut files = Vec::new();
    for rule in &rules {
        let path = own.join(rule);
        let rule = fs::read_to_string(&path).while_trying_to("read", &path)?;
        files.extend(
            prerequisites(&rule)
                .into_iter()
                .map(|file| project.directory.join(file)),
        );
    }
    Ok((component::from_module(core)?, files))
}

/// The files that a compiler read, as it tells `make`: `a.o: a.c b.h \` and so on, blanks in names after a backslash.
fn prerequisites(rule: &str) -> Vec<PathBuf> {
    let files = rule.split_once(": ").map_or("", |(_, files)| files);
    let files = files.replace("\\\n", " ").replace("\\ ", "\0");
    let files = files.split_whitespace();
    files.map(|file| file.replace('\0', " ").into()).collect()
}

/// What is needed, and whether it is there: fetches what can be fetched.
pub(super) fn prepare(project: &Project, tell: Tell<'_>) -> Result<Vec<PathBuf>> {
    let compiler = Compiler::find(project, tell)?;
    compiler.sdk(project, tell)?;
    Ok(vec![compiler.program().to_owned()])
}

/// What compiles and links.
#[derive(Debug, PartialEq, Eq)]
enum Compiler {
    Clang {
        program: PathBuf,
        /// Where it needs to be told the headers, the libraries and the linker.
        flags: Vec<String>,
    },
    Zig {
        program: PathBuf,
        /// Where it keeps what it compiled of its own libraries.
        cache: PathBuf,
    },
}

impl Compiler {
    fn find(project: &Project, tell: Tell<'_>) -> Result<Self> {
        let own = tool::variable(COMPILER).map(PathBuf::from);
        let sdk = tool::variable(WASI_SDK).map(|path| PathBuf::from(path).join("bin/clang"));
        if let Some(program) = own.or(sdk) {
            let flags = Vec::new();
            return Ok(Self::Clang { program, flags });
        }
        if let Some(clang) = Self::of_debian() {
            return Ok(clang);
        }
        let told = ("zig", "fetching zig, a compiler of C (100 MB)");
        let missing = |_| BuildError::MissingTool {
            language: Language::C,
            what: "clang and WASI's library",
            found: "they are not here, nor Python with pip to fetch a compiler".into(),
            how: "get them with: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32",
        };
        let directory = toolchain::ensure_wheels(&project.sdk(), told, tell, || {
            toolchain::python(Language::C).map_err(missing)
        })?;
        Ok(Self::Zig {
            program: directory.join("ziglang/zig"),
            cache: directory.join("cache"),
        })
    }

    /// Debian's clang, where all packages are there that it takes.
    fn of_debian() -> Option<Self> {
        if !Path::new(DEBIAN.0).is_dir() || !Path::new(DEBIAN.1).is_file() {
            return None;
        }
        let named = CLANG_VERSIONS
            .rev()
            .map(|version| (format!("clang-{version}"), format!("wasm-ld-{version}")));
        let plain = ("clang".to_owned(), "wasm-ld".to_owned());
        std::iter::once(plain).chain(named).find_map(|(clang, linker)| {
            let (program, linker) = (tool::find(&clang)?, tool::find(&linker)?);
            let mut query = Command::new(&program);
            query.args(["--target=wasm32-wasi", "-print-libgcc-file-name"]);
            let builtins = tool::run(&mut query, "clang").ok()?;
            if !Path::new(String::from_utf8_lossy(&builtins).trim()).is_file() {
                return None;
            }
            let flags = ["--sysroot=/usr", "-isystem", DEBIAN.0].map(str::to_owned);
            let linker = format!("-fuse-ld={}", linker.display());
            let flags = flags.into_iter().chain([linker]).collect();
            Some(Self::Clang { program, flags })
        })
    }

    fn program(&self) -> &Path {
        match self {
            Self::Clang { program, .. } | Self::Zig { program, .. } => program,
        }
    }

    fn compile(&self) -> Command {
        let mut command = Command::new(self.program());
        match self {
            Self::Clang { flags, .. } => command
                .arg("--target=wasm32-wasi")
                .args(flags)
                .arg("-Qunused-arguments"),
            Self::Zig { cache, .. } => command
                .args(["cc", "-target", "wasm32-wasi", "-fno-sanitize=undefined"])
                .env("ZIG_GLOBAL_CACHE_DIR", cache)
                .env("ZIG_LOCAL_CACHE_DIR", cache),
        };
        command
    }

    fn check_flags(&self) -> &'static [&'static str] {
        match self {
            Self::Clang { .. } => &[],
            Self::Zig { .. } => &["-fno-sanitize-trap=all"],
        }
    }

    fn link(&self) -> Command {
        let mut command = self.compile();
        match self {
            Self::Clang { .. } => command.arg("-Wl,--stack-first"),
            Self::Zig { .. } => command.args(["-O1", "-Wl,--strip-debug"]),
        };
        command
    }

    /// The SDK's objects, compiled once for each SDK and compiler.
    fn sdk(&self, project: &Project, tell: Tell<'_>) -> Result<PathBuf> {
        let directory = project.sdk();
        let mut pins = format!("{self:?}").into_bytes();
        for (path, content) in carried::files(Language::C.sdk()) {
            pins.extend_from_slice(path.as_bytes());
            pins.extend_from_slice(&content);
        }
        let told = ("c-objects", "compiling the SDK");
        toolchain::ensure(
            told,
            &pins,
            tell,
            || Ok(()),
            |(), objects| {
                let mut sources = Vec::new();
                find_sources(&directory.join("src"), Path::new(""), &mut sources)
                    .while_trying_to("read", &directory)?;
                let work = sources.iter().map(|source| {
                    let object = source.with_extension("o").to_string_lossy().replace('/', "-");
                    let mut compile = self.compile();
                    compile
                        .args(["-std=gnu17", "-O1", "-c"])
                        .arg(directory.join("src").join(source));
                    compile.arg("-o").arg(objects.join(object)).current_dir(&directory);
                    (compile, "the compilation of the SDK".to_owned())
                });
                run_all(work.collect())
            },
        )
    }
}

/// The objects in a directory, sorted.
fn objects(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path()));
    let mut objects: Vec<_> = entries.collect::<std::io::Result<_>>()?;
    objects.retain(|path| path.extension().is_some_and(|extension| extension == "o"));
    objects.sort();
    Ok(objects)
}

/// The files below `root` that end in `.c`, relative to it.
fn find_sources(root: &Path, below: &Path, sources: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), below.join(entry.file_name()));
        let kind = entry.file_type()?;
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            find_sources(root, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    Ok(())
}

/// Runs commands, as many at a time as there are processors. The first failure is told.
fn run_all(work: Vec<(Command, String)>) -> Result<()> {
    let queue = std::sync::Mutex::new(work.into_iter());
    let next = || queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    let run = || {
        while let Some((mut command, what)) = next() {
            tool::run_showing(&mut command, &what)?;
        }
        Ok(())
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..processors).map(|_| scope.spawn(run)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_compiler_read_is_found_in_what_it_tells_make() {
        let rule = "/tmp/0.o: tests.c \\\n  ../my\\ own/a.h /usr/include/b.h\n";
        assert_eq!(
            prerequisites(rule),
            ["tests.c", "../my own/a.h", "/usr/include/b.h"].map(PathBuf::from)
        );
        assert!(prerequisites("").is_empty());
    }
}
