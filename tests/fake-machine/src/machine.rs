//! The machine as its monitors see it: running or paused, and the ways in which it ends.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::gate::{Gate, lock};
use crate::guest::{Init, Order};
use crate::keyboard::Keyboard;
use crate::network::Network;
use crate::process_tree::kill_descendants;
use crate::qmp;
use crate::serial::Serial;

/// What is to happen once a monitor has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Nothing,
    Exit,
    PowerOff,
    Reboot,
    Reset,
}

/// Who or what ended or reset the machine, in QMP's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cause {
    guest: bool,
    reason: &'static str,
}

impl Cause {
    pub(crate) const QUIT: Self = Self {
        guest: false,
        reason: "host-qmp-quit",
    };
    pub(crate) const SIGNAL: Self = Self {
        guest: false,
        reason: "host-signal",
    };
    const POWER_OFF: Self = Self {
        guest: true,
        reason: "guest-shutdown",
    };
    pub(crate) const GUEST_RESET: Self = Self {
        guest: true,
        reason: "guest-reset",
    };
    pub(crate) const MONITOR_RESET: Self = Self {
        guest: false,
        reason: "host-qmp-system-reset",
    };

    fn data(self) -> Value {
        json!({"guest": self.guest, "reason": self.reason})
    }
}

/// A running machine.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) name: Option<String>,
    pub(crate) no_reboot: bool,
    pub(crate) network: Network,
    pub(crate) keyboard: Keyboard,
    /// What the screen shows.
    pub(crate) screen: Option<PathBuf>,
    pub(crate) set_link_error: Option<String>,
    pub(crate) ignore_powerdown: bool,
    pub(crate) serial: Arc<Serial>,
    /// What the guest's ports and the serial console pass; shut while the machine is paused.
    pub(crate) ports: Arc<Gate>,
    /// What the monitors pass.
    pub(crate) monitors: Gate,
    /// The QMP client that gets the events.
    pub(crate) client: Mutex<Option<UnixStream>>,
    pub(crate) init: Mutex<Option<Init>>,
    /// Processes that outlive the machine.
    pub(crate) strays: Vec<Pid>,
    /// The sockets that the machine listens on, and removes at its end.
    pub(crate) listening: Vec<PathBuf>,
}

impl Machine {
    /// Sends an event to the QMP client.
    pub(crate) fn event(&self, name: &str, data: Option<Value>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = json!({"seconds": now.as_secs(), "microseconds": now.subsec_micros()});
        let mut event = json!({"event": name, "timestamp": timestamp});
        if let (Some(data), Some(event)) = (data, event.as_object_mut()) {
            event.insert("data".to_owned(), data);
        }
        qmp::send(&mut lock(&self.client), &event);
    }

    /// Announces the end of the machine.
    pub(crate) fn announce_shutdown(&self, cause: Cause) {
        self.event("SHUTDOWN", Some(cause.data()));
    }

    /// Pauses or resumes the machine.
    pub(crate) fn set_paused(&self, paused: bool) {
        if self.ports.set_shut(paused) {
            self.event(if paused { "STOP" } else { "RESUME" }, None);
        }
    }

    /// Presses the power button.
    pub(crate) fn press_power_button(&self) -> After {
        self.event("POWERDOWN", None);
        if self.ignore_powerdown {
            After::Nothing
        } else {
            After::PowerOff
        }
    }

    /// The guest reboots on Ctrl, Alt and Delete, unless it ignores its buttons.
    pub(crate) fn react_to(&self, pressed: &[String]) -> After {
        if pressed == ["ctrl", "alt", "delete"] && !self.ignore_powerdown {
            After::Reboot
        } else {
            After::Nothing
        }
    }

    /// Does what a monitor has left to do.
    pub(crate) fn finish(&self, after: After) {
        match after {
            After::Nothing => {}
            After::Exit => self.exit(0),
            After::PowerOff => self.power_off(),
            After::Reboot => self.reset(Cause::GUEST_RESET),
            After::Reset => self.reset(Cause::MONITOR_RESET),
        }
    }

    /// Powers the machine off from inside.
    pub(crate) fn power_off(&self) -> ! {
        self.announce_shutdown(Cause::POWER_OFF);
        self.exit(0)
    }

    /// Resets the machine, or ends it where a reset does that.
    pub(crate) fn reset(&self, cause: Cause) {
        if self.no_reboot {
            self.announce_shutdown(cause);
            self.exit(0);
        }
        self.event("RESET", Some(cause.data()));
        // In the background: a serial console that nobody reads must not keep signals waiting.
        let serial = Arc::clone(&self.serial);
        thread::spawn(move || serial.print_boot_messages());
        // An init that is gone ends the machine elsewhere.
        if let Some(init) = &*lock(&self.init) {
            let _ = init.order(Order::Reset);
        }
    }

    /// Kills the guest and ends the process.
    pub(crate) fn exit(&self, status: u8) -> ! {
        // Held to the end, so that others who want to exit wait for the first.
        let mut init = lock(&self.init);
        if let Some(init) = init.take() {
            init.end();
        }
        kill_descendants(&self.strays);
        for path in &self.listening {
            let _ = std::fs::remove_file(path);
        }
        std::process::exit(status.into())
    }
}
