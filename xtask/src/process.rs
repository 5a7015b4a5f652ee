//! Running other programs.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::thread;

use crate::error::{Error, Result};

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn start_error(command: &Command, source: std::io::Error) -> Error {
    Error::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

fn check(command: &Command, output: Output) -> Result<Output> {
    if output.status.success() {
        return Ok(output);
    }
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    Err(Error::Command {
        command: line_of(command),
        status: output.status,
        output: text.trim_end().to_owned(),
    })
}

/// Runs a program without input and returns what it wrote to standard output. On failure the error holds all output.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>> {
    Ok(capture_both(command)?.stdout)
}

/// As [`capture`], with what it wrote to standard error.
pub(crate) fn capture_both(command: &mut Command) -> Result<Output> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| start_error(command, source))?;
    check(command, output)
}

/// As [`capture`], as text without the white space at its end.
pub(crate) fn capture_text(command: &mut Command) -> Result<String> {
    Ok(String::from_utf8_lossy(&capture(command)?).trim_end().to_owned())
}

/// As [`capture`], but what the program writes to standard error goes to ours as it comes.
pub(crate) fn capture_stdout(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| start_error(command, source))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failure(command, output.status))
    }
}

/// As [`capture`], with `input` on the program's standard input.
pub(crate) fn filter(command: &mut Command, input: &[u8]) -> Result<Vec<u8>> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| start_error(command, source))?;
    let stdin = child.stdin.take();
    let output = thread::scope(|scope| {
        scope.spawn(|| {
            if let Some(mut stdin) = stdin {
                // A program that ends before it has read everything says why itself.
                let _ = stdin.write_all(input);
            }
        });
        child.wait_with_output()
    });
    let output = check(command, output.map_err(|source| start_error(command, source))?)?;
    Ok(output.stdout)
}

/// Runs a program whose output another reads. Neither may fail.
pub(crate) fn pipe(from: &mut Command, to: &mut Command) -> Result<()> {
    from.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut source = from.spawn().map_err(|error| start_error(from, error))?;
    let output = match source.stdout.take() {
        Some(stdout) => to.stdin(stdout).output(),
        None => Err(std::io::ErrorKind::BrokenPipe.into()),
    };
    // The command holds its end of the pipe until it gets another; the writer would wait for us.
    to.stdin(Stdio::null());
    let status = source.wait().map_err(|error| start_error(from, error))?;
    // The reader's own words say more than that its end broke the writer's pipe.
    check(to, output.map_err(|error| start_error(to, error))?)?;
    if status.success() {
        Ok(())
    } else {
        Err(failure(from, status))
    }
}

/// Runs a program whose output the user sees as it comes, all of it on standard error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    wait_for(command.stdout(std::io::stderr()))
}

/// As [`run`], with the program's standard output on ours: for programs whose output is what the user asked for.
pub(crate) fn show(command: &mut Command) -> Result<()> {
    wait_for(command)
}

fn wait_for(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|source| start_error(command, source))?;
    if status.success() {
        Ok(())
    } else {
        Err(failure(command, status))
    }
}

/// The failure of a program whose output the user has seen.
fn failure(command: &Command, status: std::process::ExitStatus) -> Error {
    Error::Command {
        command: line_of(command),
        status,
        output: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_passes_more_than_a_pipe_holds() {
        let input = vec![7; 1 << 20];
        assert_eq!(filter(&mut Command::new("cat"), &input).unwrap(), input);
    }

    #[test]
    fn a_pipe_fails_where_either_end_does() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        pipe(
            &mut shell("echo all"),
            &mut shell("read -r word && [ \"$word\" = all ]"),
        )
        .unwrap();
        assert!(
            pipe(&mut shell("exit 4"), &mut shell("cat"))
                .unwrap_err()
                .to_string()
                .contains("exit status: 4")
        );
        let error = pipe(&mut shell("yes"), &mut shell("echo full >&2; exit 5"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("exit status: 5") && error.ends_with("full"), "{error}");
    }

    #[test]
    fn a_failure_says_command_status_and_output() {
        let error = capture(Command::new("sh").args(["-c", "echo why >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("exit 3") && error.contains("exit status: 3") && error.ends_with("why"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = capture(&mut Command::new("no-such-program-here"))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("cannot start no-such-program-here"), "{error}");
    }
}
