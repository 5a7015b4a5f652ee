//! What a machine's shells say: frames on consoles, output on ports, and anything else.

use std::sync::LazyLock;
use std::time::Instant;

use tokio::net::UnixStream;
use tokio::sync::{mpsc, watch};

use super::command::Progress;
use super::connection::{Connection, Console, Input};
use super::engine::{Engine, Seen};
use super::frame::{END, FrameScanner, HANDSHAKE, Item, START};
use super::handle::{Outcome, ShellState};
use super::port::{Expected, PortItem, PortScanner};
use super::stray::Strays;
use crate::event::{Events, Reporter};
use crate::fuzzing::{assert_harmless_line, chunkings};
use crate::limits::Limits;

/// Of frames so short that there are long ones.
const MOST: usize = 48;
/// And of lines outside them.
const MOST_STRAY: usize = 80;
/// The session and the command that are expected.
const SESSION: &str = "s";
const NUMBER: u64 = 7;
/// What that command may print.
const MOST_OUTPUT: usize = 40;

/// The reports that nobody reads.
static EVENTS: LazyLock<(Reporter, Events)> =
    LazyLock::new(|| Reporter::start(Vec::new()).expect("a thread for the reports"));

/// The bytes are what a machine writes, to the consoles of its shells or to a bulk port.
pub fn shell_frames(bytes: &[u8]) {
    let [whole, singly, pieces] = chunkings(bytes);
    let items = frames(&whole);
    for chunks in [&singly, &pieces] {
        assert_eq!(frames(chunks), items, "other chunks, other frames");
    }
    assert_eq!(told(&items), plain(bytes), "something was lost");
    let mut strays = Strays::default();
    for text in strays.shown("stray", bytes, Instant::now()) {
        assert_harmless_line(&text);
    }
    meaning(&items);
    for streams in [false, true] {
        // Whatever was begun is ended.
        let end = b"\x02s end 7 0\x03";
        let with_end = |chunks: &[&[u8]]| ports(&[chunks, &[&end[..]]].concat(), streams);
        let items = with_end(&whole);
        for chunks in [&singly, &pieces] {
            assert_eq!(with_end(chunks), items, "other chunks, other output");
        }
    }
}

/// What stands on a console, with all strays between two frames as one.
fn frames(chunks: &[&[u8]]) -> Vec<Item> {
    let mut scanner = FrameScanner::new(MOST, MOST_STRAY);
    let mut items = Vec::new();
    for chunk in chunks {
        scanner.push(chunk, &mut items);
        assert!(scanner.held() <= MOST + MOST_STRAY, "{} bytes are held", scanner.held());
    }
    // What is held comes out where a frame begins, but for the frame that had begun.
    scanner.push(&[START, START], &mut items);
    let mut merged: Vec<Item> = Vec::new();
    for item in items {
        match (item, merged.last_mut()) {
            (Item::Stray(bytes), Some(Item::Stray(last))) => last.extend(plain(&bytes)),
            (Item::Stray(bytes), _) => merged.push(Item::Stray(plain(&bytes))),
            (Item::Frame(bytes), _) => {
                assert!(bytes.len() <= MOST, "a frame of {} bytes", bytes.len());
                merged.push(Item::Frame(bytes));
            }
            (Item::Handshake, _) => merged.push(Item::Handshake),
        }
    }
    merged.retain(|item| !matches!(item, Item::Stray(bytes) if bytes.is_empty()));
    merged
}

/// Without what may be lost: white space, and the bytes around frames.
fn plain(bytes: &[u8]) -> Vec<u8> {
    let kept = |byte: &&u8| !byte.is_ascii_whitespace() && **byte != START && **byte != END;
    bytes.iter().filter(kept).copied().collect()
}

fn told(items: &[Item]) -> Vec<u8> {
    let bytes = items.iter().flat_map(|item| match item {
        Item::Frame(bytes) | Item::Stray(bytes) => bytes.as_slice(),
        Item::Handshake => HANDSHAKE,
    });
    plain(&bytes.copied().collect::<Vec<u8>>())
}

/// What a port comes to, with all pieces of output as one.
fn ports(chunks: &[&[u8]], streams: bool) -> Vec<PortItem> {
    let (sink, _taker) = mpsc::channel(1);
    let expected = Expected::default();
    expected.set(SESSION, NUMBER, MOST_OUTPUT, streams.then_some(sink));
    let mut scanner = PortScanner::new(expected);
    let mut items = Vec::new();
    for chunk in chunks {
        scanner.push(chunk, &mut items);
        // As much as the command may print and the longest frame.
        let held = scanner.held();
        assert!(
            held <= MOST_OUTPUT + 200 || held <= chunk.len() + 200,
            "{held} bytes are held"
        );
    }
    let mut merged: Vec<PortItem> = Vec::new();
    for item in items {
        match (item, merged.last_mut()) {
            (PortItem::Stray(bytes), Some(PortItem::Stray(last))) => last.extend(bytes),
            (PortItem::Output(bytes), Some(PortItem::Output(last))) => last.extend(bytes),
            (PortItem::Stray(bytes) | PortItem::Output(bytes), _) if bytes.is_empty() => {}
            (PortItem::Ended { number, status, output }, _) => {
                assert!(output.len() <= MOST_OUTPUT);
                merged.push(PortItem::Ended { number, status, output });
            }
            (item, _) => merged.push(item),
        }
    }
    merged
}

/// What the frames are taken for, during the command that is expected.
fn meaning(items: &[Item]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let (control, _guest) = UnixStream::pair().expect("a pair of sockets");
        let (worker, _guest_worker) = UnixStream::pair().expect("a pair of sockets");
        let connection = Connection::new(control, worker, Vec::new(), MOST_OUTPUT);
        let (state, _) = watch::channel(ShellState::Ready);
        let (_forget, forgotten) = watch::channel(0);
        let events = EVENTS.1.clone();
        let mut engine = Engine::new(
            "m",
            connection,
            &Limits::default(),
            events,
            state,
            (Default::default(), forgotten),
        );
        engine.session.name = SESSION.into();
        engine.number = NUMBER;
        let mut progress = Progress::default();
        let mut deadline = Instant::now();
        for item in items {
            let item = match item {
                Item::Frame(bytes) => Item::Frame(bytes.clone()),
                Item::Stray(bytes) => Item::Stray(bytes.clone()),
                Item::Handshake => Item::Handshake,
            };
            match engine.see(Input::Console(Console::Control, item)) {
                Seen::WorkerDown(status) => assert_harmless_line(&status),
                Seen::Command(word, number, rest) if number == NUMBER => {
                    let frame = engine.see_frame(&word, &rest, MOST_OUTPUT, &mut progress, &mut deadline);
                    match frame.await {
                        Some(Outcome::Ended { output, .. }) => assert!(output.len() <= MOST, "more than a frame holds"),
                        Some(Outcome::Broken(reason)) => assert_harmless_line(&reason),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    });
}
