//! The limits of a run, from flags and from its configuration; and `proctor limits`, which shows them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use super::arguments::Failure;
use super::configuration::{Configuration, ConfigurationArguments};
use crate::limits::{Definition, Limits, ValueError, count, size, time};

/// The limits that a command line sets.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitArguments {
    /// How long one test may take, the first boot of each machine not counted: 90s, 5m, or seconds [default: 1h]
    #[arg(long, value_name = "TIME", value_parser = checked(time), allow_negative_numbers = true)]
    timeout: Option<String>,

    /// How long one call may take where the test does not say [default: 15m]
    #[arg(long, value_name = "TIME", value_parser = checked(time), allow_negative_numbers = true)]
    call_timeout: Option<String>,

    /// How long one evaluation of a polling condition may take, boots not counted [default: 1m]
    #[arg(long, value_name = "TIME", value_parser = checked(time), allow_negative_numbers = true)]
    condition_timeout: Option<String>,

    /// How long a machine may take to boot [default: 5m]
    #[arg(long, value_name = "TIME", value_parser = checked(time), allow_negative_numbers = true)]
    boot_timeout: Option<String>,

    /// How long the build of a project may take [default: 15m]
    #[arg(long, value_name = "TIME", value_parser = checked(time), allow_negative_numbers = true)]
    build_timeout: Option<String>,

    /// How long a test component may take to be compiled and list its tests [default: 2m]
    #[arg(long, value_name = "TIME", value_parser = checked(time), allow_negative_numbers = true)]
    load_timeout: Option<String>,

    /// How long the whole run may take [default: 1day]
    #[arg(long, value_name = "TIME", value_parser = checked(time), allow_negative_numbers = true)]
    run_timeout: Option<String>,

    /// How much memory one test may use: 512MiB, 2GiB, or MiB [default: 1GiB]
    #[arg(long, value_name = "SIZE", value_parser = checked(size), allow_negative_numbers = true)]
    memory: Option<String>,

    /// How much one copy of files may hold [default: 16GiB]
    #[arg(long, value_name = "SIZE", value_parser = checked(size), allow_negative_numbers = true)]
    copy_size: Option<String>,

    /// How many files, directories and links one copy may hold [default: 1000000]
    #[arg(long, value_name = "COUNT", value_parser = checked(count), allow_negative_numbers = true)]
    copy_files: Option<String>,

    /// Set any limit by its name in `proctor limits`; may be given several times
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<String>,
}

/// A parser that keeps the text: a limit of whatever kind is set from one.
fn checked<T: 'static>(
    parse: fn(&str) -> Result<T, ValueError>,
) -> impl Fn(&str) -> Result<String, ValueError> + Clone + Send + Sync + 'static {
    move |text| parse(text).map(|_| text.to_owned())
}

/// The limits, and where each was set that is not the default.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    origins: BTreeMap<&'static str, String>,
}

impl LimitArguments {
    /// Sets the configuration's limits, and above them the command line's. Errors: no such limit; no value of it; a limit
    /// that the command line sets twice.
    pub(super) fn settings(&self, configuration: &Configuration) -> Result<Settings, Failure> {
        let mut limits = Limits::default();
        let mut origins = BTreeMap::new();
        let file = configuration.file.display();
        for (name, value) in &configuration.limits {
            let definition = find(name).map_err(|error| error_in(&configuration.file, &error))?;
            definition.set(&mut limits, &value.to_string()).map_err(|error| {
                let what = format!("limit {name} = `{value}`: {error}");
                error_in(&configuration.file, &what)
            })?;
            origins.insert(definition.name, file.to_string());
        }
        let mut given = BTreeMap::new();
        for (name, value, flag) in self.given()? {
            let definition = find(name).map_err(Failure::usage)?;
            if let Some(before) = given.insert(name, flag.clone()) {
                return Err(Failure::usage(format!(
                    "the limit {name} is set twice, by {before} and by {flag}"
                )));
            }
            definition
                .set(&mut limits, value)
                .map_err(|error| Failure::usage(format!("{flag} {value}: {error}")))?;
            origins.insert(definition.name, flag);
        }
        Ok(Settings { limits, origins })
    }

    /// What the command line sets: the limit's name, the value, how it is set.
    fn given(&self) -> Result<Vec<(&str, &str, String)>, Failure> {
        let flags = [
            ("timeout", &self.timeout),
            ("call-timeout", &self.call_timeout),
            ("condition-timeout", &self.condition_timeout),
            ("boot-timeout", &self.boot_timeout),
            ("build-timeout", &self.build_timeout),
            ("load-timeout", &self.load_timeout),
            ("run-timeout", &self.run_timeout),
            ("memory", &self.memory),
            ("copy-size", &self.copy_size),
            ("copy-files", &self.copy_files),
        ];
        let flags = flags.into_iter().filter_map(|(name, value)| {
            let value = value.as_deref()?;
            Some(Ok((name, value, format!("--{name}"))))
        });
        let named = self.limits.iter().map(|text| match text.split_once('=') {
            Some((name, value)) => Ok((name, value, format!("--limit {name}"))),
            None => Err(Failure::usage(format!("`{text}` is no limit; give --limit NAME=VALUE"))),
        });
        flags.chain(named).collect()
    }
}

fn find(name: &str) -> Result<&'static Definition, String> {
    Definition::find(name).ok_or_else(|| format!("there is no limit `{name}`; `proctor limits` shows which there are"))
}

fn error_in(file: &PathBuf, what: &str) -> Failure {
    Failure::usage(format!("configuration {file:?}: {what}"))
}

/// What to show.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    configuration: ConfigurationArguments,
    #[command(flatten)]
    limits: LimitArguments,
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let configuration = arguments.configuration.read()?;
    let settings = arguments.limits.settings(&configuration)?;
    let rows: Vec<[String; 3]> = Limits::DEFINITIONS
        .iter()
        .map(|definition| {
            let origin = settings.origins.get(definition.name);
            let origin = origin.map_or("default", String::as_str);
            let value = definition.get(&settings.limits).to_string();
            [definition.name.to_owned(), value, origin.to_owned()]
        })
        .collect();
    let width = |column: usize, title: &str| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default().max(title.len())
    };
    let [name, value, origin] = [width(0, "NAME"), width(1, "VALUE"), width(2, "SET BY")];
    let bold = anstyle::Style::new().bold();
    let mut out = anstream::stdout().lock();
    // Whoever reads may have enough.
    let _ = writeln!(
        out,
        "{bold}{:name$}  {:value$}  {:origin$}  WHAT IT BOUNDS, AND WHY SO{bold:#}",
        "NAME", "VALUE", "SET BY"
    );
    for ([row_name, row_value, row_origin], definition) in rows.iter().zip(Limits::DEFINITIONS) {
        let reason: Vec<&str> = definition.reason.split_whitespace().collect();
        let reason = reason.join(" ");
        let _ = writeln!(
            out,
            "{row_name:name$}  {row_value:value$}  {row_origin:origin$}  {reason}"
        );
    }
    Ok(0)
}
