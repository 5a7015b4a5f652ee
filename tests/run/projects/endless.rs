//! Builds in which the author's code runs and does not end.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::workshop::{JAVASCRIPT, NAME, PYTHON, Template, Workshop};

/// What of the template runs while it is built, with a loop without end.
fn endless(workshop: &Workshop, template: Template) -> bool {
    let Some(directory) = workshop.make_to_build(template) else {
        return false;
    };
    let tests = directory.join(template.tests);
    let text = std::fs::read_to_string(&tests).unwrap();
    let endless = if template.lang == PYTHON.lang {
        "while True:\n    pass\n"
    } else {
        "while (true) {}\n"
    };
    std::fs::write(tests, format!("{text}\n{endless}")).unwrap();
    true
}

/// The processes that have this in their command lines or work below it.
fn processes(path: &str) -> Vec<String> {
    let of_process = |entry: std::fs::DirEntry| {
        let command = std::fs::read(entry.path().join("cmdline")).ok()?;
        let directory = std::fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        (command.contains(path) || directory.starts_with(path)).then_some(command)
    };
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(of_process).collect()
}

fn expect_nothing_left(workshop: &Workshop) {
    let path = workshop.path().canonicalize().unwrap();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        if processes(path.to_str().unwrap()).is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("left behind: {:?}", processes(path.to_str().unwrap()));
}

#[test]
fn a_build_without_end_ends_at_its_limit() {
    for template in [JAVASCRIPT, PYTHON] {
        let workshop = Workshop::new();
        if !endless(&workshop, template) {
            continue;
        }
        for arguments in [
            ["build", "--build-timeout", "3s", NAME],
            ["run", "--build-timeout", "3s", NAME],
        ] {
            workshop
                .run(arguments)
                .expect(2)
                .says("the build limit (--build-timeout) of 3.00 s passed while the project was built (after 3")
                .says("does the code outside of its tests end?");
            expect_nothing_left(&workshop);
        }
    }
}

#[test]
fn a_build_ends_with_its_proctor() {
    for template in [JAVASCRIPT, PYTHON] {
        let workshop = Workshop::new();
        if !endless(&workshop, template) {
            continue;
        }
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGKILL] {
            let build = workshop.scene().start_as(workshop.command(), ["build", NAME]);
            let path = workshop.path().canonicalize().unwrap();
            // The tool runs: there is somebody besides `proctor`.
            while processes(path.to_str().unwrap()).len() < 2 {
                std::thread::sleep(Duration::from_millis(10));
            }
            build.signal(signal);
            drop(build.wait());
            expect_nothing_left(&workshop);
        }
    }
}
