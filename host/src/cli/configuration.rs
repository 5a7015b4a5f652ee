//! The run's configuration: a TOML file with what flags say, too. Nothing is read that was not named: a file that is found
//! beside tests from strangers could grant them what it likes.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::arguments::Failure;
use crate::limits::CONFIGURATION_BYTES;

/// Which configuration.
#[derive(Debug, clap::Args)]
pub(super) struct ConfigurationArguments {
    /// Read this TOML file; what flags say goes before what it says
    #[arg(long = "config", value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What it says. Paths in it begin at its directory.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Configuration {
    /// As `--start-scripts`.
    pub(super) start_scripts: Option<Vec<PathBuf>>,
    /// As `--vlans`.
    pub(super) vlans: Option<Vec<u32>>,
    /// As `--output-directory`.
    pub(super) output_directory: Option<PathBuf>,
    /// As `--param`.
    pub(super) parameters: BTreeMap<String, String>,
    /// What tests may touch.
    pub(super) grants: Granted,
    /// As `--limit`.
    pub(super) limits: BTreeMap<String, LimitText>,
    /// Where it was read.
    #[serde(skip)]
    pub(super) file: PathBuf,
}

/// The grants, under the names of their flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Granted {
    pub(super) allow_read: Vec<String>,
    #[serde(alias = "allow-forward")]
    pub(super) allow_forward_port: bool,
    pub(super) allow_monitor: bool,
    pub(super) allow_create_machine: bool,
}

/// A limit's value: a text as on the command line, or a bare number.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a limit is a text or a number")]
pub(super) enum LimitText {
    Text(String),
    Whole(i64),
    Number(f64),
}

impl std::fmt::Display for LimitText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Whole(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl ConfigurationArguments {
    /// Reads the configuration; an empty one where none is named. Errors: it cannot be read; it says what cannot be meant.
    pub(super) fn read(&self) -> Result<Configuration, Failure> {
        let Some(file) = &self.file else {
            return Ok(Configuration::default());
        };
        let text = read(file)
            .map_err(|error| Failure::usage(format_args!("cannot read the configuration {file:?}: {error}")))?;
        let mut configuration: Configuration = toml::from_str(&text).map_err(|error| {
            Failure::usage(format_args!("configuration {file:?}: {}", error.to_string().trim_end()))
        })?;
        let directory = file.parent().unwrap_or(Path::new(""));
        let below = |path: &mut PathBuf| *path = directory.join(&*path);
        configuration.start_scripts.iter_mut().flatten().for_each(below);
        configuration.output_directory.iter_mut().for_each(below);
        for grant in &mut configuration.grants.allow_read {
            *grant = match grant.split_once('=') {
                Some((name, path)) => format!("{name}={}", directory.join(path).display()),
                None => directory.join(&*grant).display().to_string(),
            };
        }
        configuration.file.clone_from(file);
        Ok(configuration)
    }
}

fn read(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(file)?;
    file.take(CONFIGURATION_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > CONFIGURATION_BYTES {
        let message = format!("it has more than {CONFIGURATION_BYTES} bytes");
        return Err(std::io::Error::other(message));
    }
    Ok(text)
}
