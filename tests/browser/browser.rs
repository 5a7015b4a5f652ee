//! A headless Chromium for one test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proctor_tests::{LATE, browser_is_installed, processes};
use serde_json::{Value, json};

/// Between two looks at a page.
const PAUSE: Duration = Duration::from_millis(20);
/// What keeps Chromium from talking to anybody, and lets root start it.
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// A browser, with all that it keeps in a directory of its own. Dropping it leaves nothing of it.
pub struct Browser {
    client: Client,
    _processes: Processes,
}

/// All that was started with a directory, and the directory. Dropping it ends and removes them.
struct Processes {
    driver: Child,
    directory: std::path::PathBuf,
}

impl Drop for Processes {
    fn drop(&mut self) {
        let start = Instant::now();
        // Chromium may be about to start another one.
        loop {
            let left = processes::that_mention(&self.directory);
            if left.is_empty() || start.elapsed() > LATE {
                break;
            }
            for (process, _) in left {
                // It may have ended by itself.
                let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
            }
            std::thread::sleep(PAUSE);
        }
        let _ = self.driver.wait();
        // What is killed may write a last time before it is gone.
        while std::fs::remove_dir_all(&self.directory).is_err() && self.directory.exists() {
            if start.elapsed() > 2 * LATE {
                assert!(std::thread::panicking(), "{:?} cannot be removed", self.directory);
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

impl Browser {
    /// Starts one with a window of this size. None where there is none on this computer, which is told.
    pub async fn start(width: u32, height: u32) -> Option<Self> {
        if !browser_is_installed() {
            return None;
        }
        let directory = tempfile::tempdir().unwrap().keep();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", &directory)
            .env("HOME", &directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(driver.stdout.take().unwrap()).lines();
        let profile = directory.join("profile");
        let processes = Processes { driver, directory };
        let port = output.by_ref().find_map(|line| {
            let line = line.unwrap();
            Some(
                line.split_once("successfully on port ")?
                    .1
                    .trim_end_matches('.')
                    .to_owned(),
            )
        });
        // What it prints later is nobody's concern, but it must not fill the pipe.
        std::thread::spawn(move || output.for_each(drop));
        let arguments = ARGUMENTS.map(str::to_owned).into_iter().chain([
            format!("--user-data-dir={}", profile.display()),
            format!("--window-size={width},{height}"),
        ]);
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments.collect::<Vec<_>>() },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!()
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!(
                "http://127.0.0.1:{}",
                port.expect("the driver tells its port")
            ))
            .await
            .unwrap();
        let browser = Self {
            client,
            _processes: processes,
        };
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
        Some(browser)
    }

    /// Opens a file, as from a disk, and waits until it is ready.
    pub async fn open(&self, file: &Path, fragment: &str) {
        self.open_without_script(file, fragment).await;
        self.wait("document.documentElement.dataset.ready === 'true'").await;
    }

    /// Opens a file whose script does not run.
    pub async fn open_without_script(&self, file: &Path, fragment: &str) {
        // An address that differs in its fragment alone would not be loaded anew.
        self.client.goto("about:blank").await.unwrap();
        let mut address = url::Url::from_file_path(file).unwrap();
        address.set_fragment(Some(fragment).filter(|fragment| !fragment.is_empty()));
        self.client.goto(address.as_str()).await.unwrap();
    }

    pub async fn reload(&self) {
        self.client.refresh().await.unwrap();
        self.wait("document.documentElement.dataset.ready === 'true'").await;
    }

    /// The value of an expression in the page.
    pub async fn value(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        let value = self.client.execute(&script, Vec::new()).await;
        value.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The same, of a text.
    pub async fn text(&self, expression: &str) -> String {
        match self.value(expression).await {
            Value::String(text) => text,
            other => panic!("{expression}: {other}"),
        }
    }

    /// The same, of a number.
    pub async fn number(&self, expression: &str) -> f64 {
        let value = self.value(expression).await;
        value.as_f64().unwrap_or_else(|| panic!("{expression}: {value}"))
    }

    /// Waits until an expression is true. Panics where it never is.
    pub async fn wait(&self, expression: &str) {
        let start = Instant::now();
        while self.value(expression).await != Value::Bool(true) {
            assert!(start.elapsed() < LATE, "never true: {expression}");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Clicks at the middle of an element, as a mouse does.
    pub async fn click(&self, selector: &str) {
        let (x, y) = self.place(selector, 0.5).await;
        let mouse = MouseActions::new("mouse".into())
            .then(move_to(x, y))
            .then(PointerAction::Down { button: 0 })
            .then(PointerAction::Up { button: 0 });
        self.client.perform_actions(mouse).await.unwrap();
    }

    /// Drags over an element, from one part of its width to another.
    pub async fn drag(&self, selector: &str, from: f64, to: f64) {
        let (begin, y) = self.place(selector, from).await;
        let (end, _) = self.place(selector, to).await;
        let mouse = MouseActions::new("mouse".into())
            .then(move_to(begin, y))
            .then(PointerAction::Down { button: 0 })
            .then(move_to(f64::midpoint(begin, end), y))
            .then(move_to(end, y))
            .then(PointerAction::Up { button: 0 });
        self.client.perform_actions(mouse).await.unwrap();
    }

    async fn place(&self, selector: &str, part: f64) -> (f64, f64) {
        let selector = json!(selector);
        let place = format!(
            "(() => {{ const element = document.querySelector({selector}); \
             element.scrollIntoView({{ block: 'nearest', inline: 'nearest' }}); const box = element.getBoundingClientRect(); \
             return [box.left + box.width * {part}, box.top + Math.min(box.height, innerHeight) / 2]; }})()"
        );
        let place = self.value(&place).await;
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }

    /// Presses keys, one after the other.
    pub async fn press(&self, keys: &str) {
        let mut keyboard = KeyActions::new("keyboard".into());
        for value in keys.chars() {
            keyboard = keyboard.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(keyboard).await.unwrap();
    }

    /// Replaces what is searched, as by hand.
    pub async fn search(&self, text: &str) {
        self.press("\u{e00c}/").await;
        self.press(text).await;
        // The search begins shortly after the last key.
        self.press("\u{e007}").await;
    }

    /// A command of Chromium's own protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let sent = Devtools(json!({ "cmd": command, "params": parameters }));
        let answer = self.client.issue_cmd(sent).await;
        answer.unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// Whether the system prefers dark pages.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }
}

fn move_to(x: f64, y: f64) -> PointerAction {
    let (duration, x, y) = (Some(Duration::ZERO), x, y);
    PointerAction::MoveTo { duration, x, y }
}

/// A command of Chromium's own protocol, through its driver.
#[derive(Debug)]
struct Devtools(Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}
