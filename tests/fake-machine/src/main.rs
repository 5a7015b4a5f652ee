//! The fake machine: takes the arguments that Proctor hands to QEMU, connects the same sockets, and serves a real bash
//! on them. It boots in milliseconds, and misbehaves as its options say.

mod arguments;
mod babble;
mod directory;
mod forwarding;
mod gate;
mod guest;
mod human_monitor;
mod keyboard;
mod limits;
mod machine;
mod network;
mod options;
mod port;
mod process_tree;
mod qmp;
mod serial;
mod sockets;
mod start;
mod stray;
mod terminal;

use clap::Parser;

fn main() {
    let options = options::Options::parse();
    let start::Failure { status, text } = start::run(options);
    if let Some(text) = text {
        eprintln!("{text}");
    }
    std::process::exit(status.into())
}
