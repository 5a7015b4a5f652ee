//! What a test finds of a computer around it: clocks, random numbers and a place to print to, nothing else. Wants no
//! machine.

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use proctor_sdk::{Driver, Result, ensure};

#[proctor_sdk::test]
fn printed_lines_are_allowed(_: Driver) -> Result<()> {
    println!("a line to standard output");
    eprintln!("a line to standard error");
    println!("two\nlines");
    println!();
    Ok(())
}

#[proctor_sdk::test]
fn a_line_may_lack_its_end(_: Driver) -> Result<()> {
    print!("to standard output, without an end");
    eprint!("to standard error, without an end");
    Ok(())
}

#[proctor_sdk::test]
fn any_byte_may_be_printed(_: Driver) -> Result<()> {
    let bytes: Vec<u8> = (0..=255).collect();
    std::io::stdout().write_all(&bytes)?;
    std::io::stderr().write_all(&bytes)?;
    Ok(())
}

#[proctor_sdk::test]
fn escape_sequences_may_be_printed(_: Driver) -> Result<()> {
    println!("\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}1m\r over");
    eprintln!("\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}1m\r over");
    Ok(())
}

#[proctor_sdk::test]
fn standard_input_is_empty(_: Driver) -> Result<()> {
    let mut bytes = Vec::new();
    // Closed is as good as empty.
    let _ = std::io::stdin().read_to_end(&mut bytes);
    ensure!(bytes.is_empty(), "read {} bytes", bytes.len());
    Ok(())
}

#[proctor_sdk::test]
fn the_environment_is_empty(_: Driver) -> Result<()> {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    ensure!(names.is_empty(), "{names:?}");
    Ok(())
}

#[proctor_sdk::test]
fn there_are_no_arguments(_: Driver) -> Result<()> {
    let arguments: Vec<_> = std::env::args_os().collect();
    ensure!(arguments.is_empty(), "{arguments:?}");
    Ok(())
}

#[proctor_sdk::test]
fn no_file_can_be_read(_: Driver) -> Result<()> {
    for path in [
        "/etc/passwd",
        "/dev/zero",
        "/proc/self/environ",
        "Cargo.toml",
        "../Cargo.toml",
        "./x",
        "",
    ] {
        ensure!(File::open(path).is_err(), "{path} can be opened");
        ensure!(!Path::new(path).exists(), "{path} can be seen");
    }
    Ok(())
}

#[proctor_sdk::test]
fn no_directory_can_be_listed(_: Driver) -> Result<()> {
    for path in ["/", ".", "..", "/tmp", ""] {
        ensure!(fs::read_dir(path).is_err(), "{path} can be listed");
    }
    Ok(())
}

#[proctor_sdk::test]
fn no_file_can_be_written(_: Driver) -> Result<()> {
    for path in ["/tmp/proctor-escape", "proctor-escape", "../proctor-escape"] {
        ensure!(File::create(path).is_err(), "{path} can be created");
        ensure!(fs::create_dir(path).is_err(), "{path} can be created");
    }
    Ok(())
}

#[proctor_sdk::test]
fn no_connection_can_be_made(_: Driver) -> Result<()> {
    // The discard port: nobody is disturbed where it can be reached after all.
    for address in ["127.0.0.1:9", "[::1]:9", "192.0.2.1:9"] {
        ensure!(TcpStream::connect(address).is_err(), "{address} can be reached");
    }
    Ok(())
}

#[proctor_sdk::test]
fn no_connection_can_be_taken(_: Driver) -> Result<()> {
    ensure!(TcpListener::bind("127.0.0.1:0").is_err(), "TCP can be listened to");
    ensure!(UdpSocket::bind("127.0.0.1:0").is_err(), "UDP can be listened to");
    Ok(())
}

#[proctor_sdk::test]
fn no_name_can_be_looked_up(_: Driver) -> Result<()> {
    ensure!("localhost:9".to_socket_addrs().is_err());
    Ok(())
}

#[proctor_sdk::test]
fn no_program_and_no_thread_can_be_started(_: Driver) -> Result<()> {
    ensure!(Command::new("/bin/true").spawn().is_err());
    ensure!(std::thread::Builder::new().spawn(|| ()).is_err());
    Ok(())
}

#[proctor_sdk::test]
fn the_clocks_run(_: Driver) -> Result<()> {
    /// 1 January 2024.
    const RECENT: Duration = Duration::from_secs(1_704_067_200);
    let begun = Instant::now();
    std::thread::sleep(Duration::from_millis(50));
    let elapsed = begun.elapsed();
    ensure!(
        elapsed >= Duration::from_millis(50) && elapsed < Duration::from_secs(30),
        "50 ms took {elapsed:?}"
    );
    ensure!(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)? > RECENT);
    Ok(())
}

#[proctor_sdk::test]
fn random_numbers_differ(_: Driver) -> Result<()> {
    let number = || RandomState::new().build_hasher().finish();
    ensure!(number() != number());
    Ok(())
}
