//! Copies of files in either direction.

use std::fs;
use std::time::{Duration, Instant};

use proctor::grants::Grants;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{bytes, granted_as_data};

use crate::bare_machine::BareMachine;
use crate::limits::{COPIES, COPY_BYTES, PATIENCE, SMALL_COPIES, SMALL_COPY_BYTES};
use crate::measured_machine::MeasuredMachine;
use crate::statistics::{median, spread};
use crate::table::{Row, milliseconds};

/// At most so many times the bare port's time.
const GOAL_RATIO: f64 = 1.5;
/// At most so many times a command's: it is one, that reads and writes, too.
const GOAL_COMMANDS: f64 = 2.0;
/// Where the guest has the file: in memory.
const FILE: &str = "/dev/shm/copied";

/// Copies the same bytes on both machines in turn, there and back; and then a small file.
pub(crate) fn measure(measured: &mut MeasuredMachine, bare: &mut BareMachine) -> [Row; 3] {
    let scratch = tempfile::tempdir().expect("a directory for what is copied");
    let grants = granted_as_data(scratch.path());
    let output = OutputDirectory::open(scratch.path()).expect("a directory for what is copied");
    let content = bytes(COPY_BYTES);
    fs::write(scratch.path().join("file"), &content).expect("a file to copy");
    let (mut there, mut back) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    // The first of each is not counted: it touches the memory that the others find.
    for number in 0..=COPIES {
        let start = Instant::now();
        let copied = measured.drive(|machine| machine.copy_from_host(&grants, "data/file", FILE, Some(PATIENCE)));
        copied.unwrap_or_else(|error| panic!("{error}"));
        let our_there = start.elapsed();
        let start = Instant::now();
        bare.write_file(FILE, &content);
        let floor_there = start.elapsed();
        let start = Instant::now();
        let copied = measured.drive(|machine| machine.copy_from_machine(&output, FILE, "back", Some(PATIENCE)));
        let path = copied.unwrap_or_else(|error| panic!("{error}"));
        let our_back = start.elapsed();
        let start = Instant::now();
        let read = bare.read_file(FILE, COPY_BYTES);
        let floor_back = start.elapsed();
        assert!(read == content, "the bare port changed bytes");
        let copy = fs::read(scratch.path().join(path)).expect("the copy");
        assert!(copy == content, "a copy changed bytes");
        if number > 0 {
            there.0.push(our_there);
            there.1.push(floor_there);
            back.0.push(our_back);
            back.1.push(floor_back);
        }
    }
    measured.succeed(&format!("rm {FILE}"));
    bare.ask(&format!("rm {FILE}"));
    let small = small(measured, &grants, scratch.path());
    [large("to the machine", &there), large("from the machine", &back), small]
}

fn large(direction: &str, (ours, floors): &(Vec<Duration>, Vec<Duration>)) -> Row {
    let (our, floor) = (median(ours), median(floors));
    let ratio = our.as_secs_f64() / floor.as_secs_f64();
    Row {
        what: format!("{} MB {direction}, median of {COPIES}", COPY_BYTES / 1_000_000),
        ours: format!("{} ({})", milliseconds(our), spread(ours)),
        floor_is: "a bare port",
        floor: format!("{} ({})", milliseconds(floor), spread(floors)),
        ratio,
        goal: format!("ratio <= {GOAL_RATIO}"),
        met: ratio <= GOAL_RATIO,
    }
}

fn small(measured: &MeasuredMachine, grants: &Grants, directory: &std::path::Path) -> Row {
    fs::write(directory.join("small"), bytes(SMALL_COPY_BYTES)).expect("a file to copy");
    let (mut copies, mut commands) = (Vec::new(), Vec::new());
    for _ in 0..SMALL_COPIES {
        let start = Instant::now();
        let copied = measured.drive(|machine| machine.copy_from_host(grants, "data/small", FILE, Some(PATIENCE)));
        copied.unwrap_or_else(|error| panic!("{error}"));
        copies.push(start.elapsed());
        measured.succeed(&format!("rm {FILE}"));
        let start = Instant::now();
        measured.succeed("true");
        commands.push(start.elapsed());
        // Alike for both: what stands before each is another command.
        measured.succeed("true");
    }
    let (our, floor) = (median(&copies), median(&commands));
    let ratio = our.as_secs_f64() / floor.as_secs_f64();
    Row {
        what: format!("{SMALL_COPY_BYTES} bytes to the machine, median of {SMALL_COPIES}"),
        ours: format!("{} ({})", milliseconds(our), spread(&copies)),
        floor_is: "succeed(\"true\")",
        floor: format!("{} ({})", milliseconds(floor), spread(&commands)),
        ratio,
        goal: format!("ratio <= {GOAL_COMMANDS}"),
        met: ratio <= GOAL_COMMANDS,
    }
}
