//! The rate at which a command's output arrives, while the host is busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use crate::bare_machine::BareMachine;
use crate::limits::{BULK_BYTES, BULK_OUTPUTS};
use crate::measured_machine::MeasuredMachine;
use crate::statistics::median;
use crate::table::Row;

/// At least this part of the floor's rate.
const GOAL_RATIO: f64 = 0.5;
/// Where the guest has the bytes: in memory.
const FILE: &str = "/dev/shm/bulk";

/// Prints the same number of random bytes on both machines in turn, and compares checksums made on either side.
pub(crate) fn measure(measured: &mut MeasuredMachine, bare: &mut BareMachine) -> Row {
    let make = format!("head -c {BULK_BYTES} /dev/urandom > {FILE} && sha256sum {FILE}");
    let our_sum = first_word(&String::from_utf8_lossy(&measured.succeed(&make).stdout));
    let floor_sum = first_word(&bare.ask(&make));
    let busy = BusyThread::start();
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    // The first of each is not counted: it touches the memory that the others find.
    for number in 0..=BULK_OUTPUTS {
        let start = Instant::now();
        let output = measured.succeed(&format!("cat {FILE}")).stdout;
        let our = start.elapsed();
        check(&output, &our_sum);
        drop(output);
        let start = Instant::now();
        let output = bare.read_file(FILE, BULK_BYTES);
        let floor = start.elapsed();
        check(&output, &floor_sum);
        if number > 0 {
            ours.push(our);
            floors.push(floor);
        }
    }
    drop(busy);
    measured.succeed(&format!("rm {FILE}"));
    bare.ask(&format!("rm {FILE}"));
    let (our, floor) = (median(&ours), median(&floors));
    let ratio = floor.as_secs_f64() / our.as_secs_f64();
    Row {
        what: format!(
            "{} MiB of output, all bytes right, median of {BULK_OUTPUTS}",
            BULK_BYTES >> 20
        ),
        ours: rate(our),
        floor_is: "cat to a bare port",
        floor: rate(floor),
        ratio,
        goal: format!("ratio >= {GOAL_RATIO}"),
        met: ratio >= GOAL_RATIO,
    }
}

fn rate(time: Duration) -> String {
    format!("{:.0} MB/s", BULK_BYTES as f64 / 1e6 / time.as_secs_f64())
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_owned()
}

fn check(output: &[u8], sum: &str) {
    assert_eq!(output.len(), BULK_BYTES, "bytes were lost or added");
    let digest: String = Sha256::digest(output)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(digest, sum, "bytes were changed");
}

/// Keeps one processor busy as long as it lives.
struct BusyThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl BusyThread {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for BusyThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing to panic about.
            let _ = thread.join();
        }
    }
}
