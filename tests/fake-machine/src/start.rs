//! Starting the machine, in QEMU's order, and the signals that it then waits for.

use std::env;
use std::io;
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::thread;

use nix::sys::prctl;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::stat::Mode;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

use nix::unistd::mkfifo;

use crate::arguments::Arguments;
use crate::babble;
use crate::directory::Directory;
use crate::gate::{Gate, lock};
use crate::guest::{Guest, Init, Order};
use crate::human_monitor;
use crate::keyboard::Keyboard;
use crate::machine::{Cause, Machine};
use crate::network::Network;
use crate::options::{Death, Handshake, Options, SecondConsole};
use crate::port::{self, Port};
use crate::qmp;
use crate::serial::{self, Serial};
use crate::sockets::{SocketError, Sockets};
use crate::stray;
use crate::terminal::{Discipline, Terminal};

/// How QEMU calls itself in its messages.
const PROGRAM: &str = "qemu-system-x86_64";
/// Where the shell runs.
const FIRST_CONSOLE: &str = "hvc0";
/// The console of the worker.
const SECOND_CONSOLE: &str = "hvc1";

/// Why the machine did not start: its exit status, and what it prints.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: u8,
    pub(crate) text: Option<String>,
}

impl Failure {
    fn qemu(message: impl std::fmt::Display) -> Self {
        Self {
            status: 1,
            text: Some(format!("{PROGRAM}: {message}")),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            status: 1,
            text: Some(format!("fake-machine: {error}")),
        }
    }
}

/// Runs the machine. Returns only when it cannot be started; a machine that has run ends the process.
pub(crate) fn run(mut options: Options) -> Failure {
    let wanted_death = || Failure {
        status: options.die_status,
        text: options.die_text.clone(),
    };
    if options.die == Some(Death::Start) {
        return wanted_death();
    }
    match start(&mut options) {
        Ok((machine, signals)) => wait_for_signals(&machine, &signals, options.ignore_sigterm),
        Err(failure) => failure,
    }
}

fn start(options: &mut Options) -> Result<(Arc<Machine>, SignalFd), Failure> {
    let arguments = Arguments::parse(&options.qemu).map_err(Failure::qemu)?;
    let directory = Directory::prepare()?;
    let ports = Port::open_all(&arguments.ports)?;
    let serial_port = Arc::new(Terminal::open(Discipline::Serial)?);
    let init = start_guest(options, &directory, &ports, &serial_port)?;
    let signals = take_signals()?;
    prctl::set_child_subreaper(true).map_err(io::Error::from)?;

    let last = match &options.die {
        Some(Death::Before(id)) => Some(id.as_str()),
        _ => None,
    };
    let sockets = match Sockets::open(&arguments.sockets, last) {
        Ok(sockets) => sockets,
        Err(error) => {
            init.end();
            return Err(match error {
                SocketError::Forbidden => Failure {
                    status: options.die_status,
                    text: options.die_text.clone(),
                },
                SocketError::Failed(message) => Failure::qemu(message),
            });
        }
    };
    let strays = match options.stray {
        Some(place) => vec![stray::start(place, &directory.stray)?],
        None => Vec::new(),
    };
    let machine = Arc::new(Machine {
        name: arguments.name,
        no_reboot: arguments.no_reboot,
        network: Network::new(env::vars_os(), &options.vlans, options.node, directory.links.clone()),
        keyboard: Keyboard::new(directory.keys.clone()),
        screen: options.screen.take(),
        set_link_error: options.set_link_error.take(),
        ignore_powerdown: options.ignore_powerdown,
        serial: Arc::new(Serial::new()?),
        ports: Arc::new(Gate::default()),
        monitors: Gate::default(),
        client: Mutex::new(None),
        init: Mutex::new(Some(init)),
        strays,
        listening: sockets.qmp.iter().map(|(path, _)| path.clone()).collect(),
    });
    serial::connect(&machine.serial, Arc::clone(&serial_port), &machine.ports);
    let named = ports.iter().filter(|port| port.name.is_some());
    let named = named.map(|port| Arc::clone(&port.terminal)).collect();
    for port in &ports {
        if let Some(socket) = sockets.chardevs.get(&port.chardev) {
            port.pump(socket, &machine.ports, &named)?;
        }
    }
    let shell = ports
        .iter()
        .find(|port| port.node == FIRST_CONSOLE)
        .and_then(|port| sockets.chardevs.get(&port.chardev));
    if let (Some(Handshake::EndOfFile), Some(shell)) = (options.handshake, shell) {
        shell.shutdown(Shutdown::Both)?;
    }
    serve_monitors(&machine, sockets, options);
    babble::start(&options.babble, &ports, &machine.ports).map_err(|text| Failure {
        status: 2,
        text: Some(text),
    })?;
    publish(options, &directory, ports, &serial_port)?;
    // Before the shell, as in a real machine. They fit into any pipe, and a console that is closed does no harm.
    let _ = machine.serial.print_boot_messages();
    if options.handshake != Some(Handshake::EndOfFile)
        && let Some(init) = &*lock(&machine.init)
    {
        init.order(Order::Boot)?;
    }
    let (output, noise) = (Arc::clone(&machine.serial), options.serial.clone());
    // A console that nobody reads any more ends the noise.
    thread::spawn(move || output.make_noise(&noise));
    start_clocks(&machine, options);
    Ok((machine, signals))
}

fn start_guest(options: &Options, directory: &Directory, ports: &[Port], serial: &Terminal) -> Result<Init, Failure> {
    let console = ports
        .iter()
        .find(|port| port.node == FIRST_CONSOLE)
        .ok_or_else(|| Failure::qemu("the fake machine needs a virtconsole for its shell"))?;
    let guest = Guest {
        console: console.terminal.path().to_owned(),
        serial: serial.path().to_owned(),
        directory: directory.scratch.clone(),
        environment: directory.environment(options.locale.as_deref()),
        handshake: options.handshake,
        respawn: !options.no_respawn,
    };
    Ok(guest.start()?)
}

/// Makes the device nodes, all but the first console late where that is wanted, or not at all.
fn publish(options: &Options, directory: &Directory, ports: Vec<Port>, serial: &Terminal) -> io::Result<()> {
    port::publish_node(&directory.devices, "ttyS0", serial.path())?;
    let (first, mut rest): (Vec<_>, Vec<_>) = ports.into_iter().partition(|port| port.node == FIRST_CONSOLE);
    let (devices, system) = (directory.devices.clone(), directory.system.clone());
    let publish_all = move |ports: &[Port]| ports.iter().try_for_each(|port| port.publish(&devices, &system));
    publish_all(&first)?;
    if let Some(console) = options.second_console {
        rest.retain(|port| port.node != SECOND_CONSOLE);
        let path = match console {
            SecondConsole::Null => "/dev/null".into(),
            SecondConsole::Deaf => {
                let path = directory.scratch.join("deaf-console");
                mkfifo(&path, Mode::S_IRWXU)?;
                path
            }
        };
        port::publish_node(&directory.devices, SECOND_CONSOLE, &path)?;
    }
    match options.nodes_late {
        _ if options.one_console => Ok(()),
        None => publish_all(&rest),
        Some(time) => {
            thread::spawn(move || {
                thread::sleep(time);
                if let Err(error) = publish_all(&rest) {
                    eprintln!("fake-machine: cannot publish the ports: {error}");
                }
            });
            Ok(())
        }
    }
}

fn serve_monitors(machine: &Arc<Machine>, sockets: Sockets, options: &Options) {
    if let Some((_, listener)) = sockets.qmp {
        let (machine, misbehaviour) = (Arc::clone(machine), options.qmp);
        thread::spawn(move || qmp::serve(&machine, &listener, misbehaviour));
    }
    for socket in sockets.monitors {
        let machine = Arc::clone(machine);
        // A client that breaks off is no concern of the machine.
        thread::spawn(move || human_monitor::serve(&machine, socket));
    }
}

/// Starts what happens after a time.
fn start_clocks(machine: &Arc<Machine>, options: &Options) {
    if let Some(time) = options.hang_after {
        let machine = Arc::clone(machine);
        thread::spawn(move || {
            thread::sleep(time);
            machine.monitors.set_shut(true);
            machine.ports.set_shut(true);
        });
    }
    if let Some(Death::After(time)) = options.die {
        let (machine, status, text) = (Arc::clone(machine), options.die_status, options.die_text.clone());
        thread::spawn(move || {
            thread::sleep(time);
            if let Some(text) = text {
                eprintln!("{text}");
            }
            machine.exit(status)
        });
    }
}

/// Blocks the signals that the main thread will read; the threads it starts inherit that.
fn take_signals() -> io::Result<SignalFd> {
    let mut signals = SigSet::empty();
    for signal in [
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGHUP,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
        Signal::SIGCHLD,
    ] {
        signals.add(signal);
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&signals), None)?;
    Ok(SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC)?)
}

fn wait_for_signals(machine: &Machine, signals: &SignalFd, ignore_termination: bool) -> ! {
    loop {
        let Ok(Some(received)) = signals.read_signal() else {
            continue;
        };
        match i32::try_from(received.ssi_signo)
            .ok()
            .and_then(|number| Signal::try_from(number).ok())
        {
            Some(Signal::SIGUSR1) => machine.power_off(),
            Some(Signal::SIGUSR2) => machine.reset(Cause::GUEST_RESET),
            Some(Signal::SIGCHLD) => exit_without_init(machine),
            Some(signal) if !ignore_termination => {
                let sender = match received.ssi_pid {
                    0 => String::new(),
                    pid => format!(" from pid {pid} ({})", program_of(pid)),
                };
                eprintln!("{PROGRAM}: terminating on signal {}{sender}", signal as i32);
                machine.announce_shutdown(Cause::SIGNAL);
                machine.exit(0)
            }
            _ => {}
        }
    }
}

/// The first process of a guest cannot be killed without the guest.
fn exit_without_init(machine: &Machine) {
    let init = lock(&machine.init).as_ref().map(|init| init.pid);
    if let Some(pid) = init
        && !matches!(waitpid(pid, Some(WaitPidFlag::WNOHANG)), Ok(WaitStatus::StillAlive))
    {
        let _ = machine
            .serial
            .print(b"Kernel panic - not syncing: Attempted to kill init!\r\n");
        machine.exit(1);
    }
}

fn program_of(pid: u32) -> String {
    let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let program = command.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(program).into_owned()
}
