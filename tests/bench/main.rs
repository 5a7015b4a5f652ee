//! How fast Proctor is, as ratios: each thing that it does beside the same thing done without it, in one run.
//!
//! Times mean little on a busy or emulated machine; a ratio to a floor that was measured in the same minute does. So
//! nothing here fails by being slow: the table says `met` or `missed`. What does fail is a wrong byte.
//!
//! Two machines of the same image run at once; one with systemd follows them. Proctor drives the *measured* machine, through the engine that tests call
//! ([`measured_machine`]). Plain blocking sockets drive the *bare* machine ([`bare_machine`]): its QEMU has the very
//! arguments that Proctor handed to the other's start script, and no code of Proctor's touches it. Runs on the two
//! alternate, so that whatever else the computer does hits both.
//!
//! | Row | Ours | Floor |
//! |---|---|---|
//! | [`round_trip`] | `succeed("true")`, called until returned | `(true); printf MARKER` typed at the guest's first shell, until the marker is back |
//! | [`start_up`] | `proctor run` of a compiled test without machines, from its start to the test's first line | `proctor --version`, from its start to that line |
//! | [`bulk_output`] | `execute("cat FILE")` of 64 MiB of random bytes, until they are returned | `cat FILE` to a port, until a plain reader has them; a thread spins on the host during both |
//! | [`serial_lines`] | 20,000 lines written to the serial console, until the last has been reported | until a plain reader of QEMU's standard output has the last |
//! | [`copies`] | copies of 50 MB of a file of the host's to the machine, and back to the host's disk; of a small file to the machine | the same bytes over a port, from memory and to memory; `succeed("true")` |
//! | [`lateness`] | how much later than a file, an open port, or a unit's new state is there a wait for it returns, by both clocks | the same wait where it is there already: one look |
//! | [`overshoot`] | how much later than at its limit an endless test ends, the worst of many | the limit |
//! | [`gate`] | a call's look at polling conditions of which none is due | one look at the clock |
//!
//! A table before that compares the languages ([`languages`]): what a project with the same small test costs in each, beside one
//! in Rust.
//!
//! `cargo xtask bench` builds everything and sets `PROCTOR_BIN`, `PROCTOR_MINI`, `PROCTOR_SYSTEMD` and `PROCTOR_PROGRAMS`. The tables go to
//! standard output, the rest to standard error.

mod bare_machine;
mod bulk_output;
mod copies;
mod first_line;
mod gate;
mod languages;
mod lateness;
mod limits;
mod measured_machine;
mod overshoot;
mod round_trip;
mod serial_lines;
mod start_up;
mod statistics;
mod table;

use bare_machine::BareMachine;
use measured_machine::MeasuredMachine;

fn main() {
    // A table of its own, which needs no machine.
    println!("{}", announce("languages", languages::measure).text());
    let start_up = announce("start-up", start_up::measure);
    let mut measured = announce("boot of the measured machine", || MeasuredMachine::boot("PROCTOR_MINI"));
    let mut bare = announce("boot of the bare machine", || {
        BareMachine::boot(&measured.qemu_arguments())
    });
    let [single, in_a_row] = announce("round trips", || round_trip::measure(&mut measured, &mut bare));
    let mut rows = vec![
        single,
        in_a_row,
        start_up,
        announce("bulk output", || bulk_output::measure(&mut measured, &mut bare)),
        announce("serial lines", || serial_lines::measure(&mut measured, &mut bare)),
    ];
    rows.extend(announce("copies", || copies::measure(&mut measured, &mut bare)));
    rows.push(announce("polling conditions", gate::measure));
    rows.extend(announce("lateness", || lateness::measure(&measured)));
    // Two emulated machines leave no time for a third.
    drop((measured, bare));
    rows.push(announce("limits", overshoot::measure));
    let served = announce("boot of a machine with systemd", || {
        MeasuredMachine::boot("PROCTOR_SYSTEMD")
    });
    rows.push(announce("lateness of services", || lateness::measure_service(&served)));
    print!("{}", table::format(&rows));
}

/// Says what is being measured: it takes a while.
fn announce<T>(what: &str, work: impl FnOnce() -> T) -> T {
    eprintln!("bench: {what} ...");
    work()
}
