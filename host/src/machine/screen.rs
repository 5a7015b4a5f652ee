//! What a machine shows on its screen, as a picture and as text.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use regex::Regex;
use serde_json::json;
use tokio::task::{JoinSet, spawn_blocking};

use super::command::action;
use super::handle::Machine;
use super::launch::Running;
use super::pattern::{self, Pattern};
use super::picture::{Picture, Variant};
use super::text_recognition::Tesseract;
use crate::error::{Cause, Result};
use crate::limits::{LimitName, Value};
use crate::output_directory::OutputDirectory;

/// Numbers the files of pictures: two may be taken at a time.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What was read in each variant of a picture; nothing where it has not come to its end.
type Texts = Vec<Option<String>>;

impl Machine {
    /// Saves a picture of the screen as a PNG file beneath the output directory, where there is one. A name without a suffix gets `.png`.
    /// Returns the file's path below the output directory; a number is in it where the test has a picture of that name already.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: a machine that is down or has no screen, a name that leads
    /// out of the directory, a full disk, a passed timeout.
    pub async fn screenshot(
        &self,
        output: Result<&OutputDirectory, Cause>,
        name: &str,
        timeout: Option<Duration>,
    ) -> Result<PathBuf> {
        let work = async {
            let output = output?.clone();
            if name.ends_with('/') {
                return Err(Cause::InvalidArgument(
                    "a picture's name cannot end with a slash".into(),
                ));
            }
            let running = self.expect_running().await?;
            let taking = async {
                let picture = running.monitored(self.picture(&running)).await?;
                in_background(move || picture.png()).await
            };
            let picture = self.bounded(timeout, "no picture yet", taking).await?;
            let name = output.unused(&picture_name(name));
            in_background(move || output.write_file(&name, &picture)).await
        };
        self.call(action("screenshot", name), work).await
    }

    /// The text on the screen. Default timeout: [`crate::limits::Limits::call`]; each reading of it has
    /// [`crate::limits::Limits::text_recognition`] as well.
    /// Errors: a machine that is down or has no screen, no tesseract on this computer, a passed timeout.
    pub async fn screen_text(&self, timeout: Option<Duration>) -> Result<String> {
        let work = async {
            Ok(self
                .texts(&[Variant::Enhanced], timeout)
                .await?
                .pop()
                .unwrap_or_default())
        };
        self.call("get-screen-text", work).await
    }

    /// The text on the screen, read from the picture as it is, enhanced, enhanced and negated.
    /// Errors: as [`Machine::screen_text`].
    pub async fn screen_text_variants(&self, timeout: Option<Duration>) -> Result<Vec<String>> {
        self.call("get-screen-text-variants", self.texts(&Variant::ALL, timeout))
            .await
    }

    /// Waits until the text on the screen matches in one of its variants. Returns what matched.
    /// Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::screen_text`]; a wrong pattern; a passed timeout, with the text that was read last.
    pub async fn wait_for_text(&self, pattern: &str, timeout: Option<Duration>) -> Result<String> {
        let work = async {
            let mut wait = self.wait_from_now(timeout);
            // One that is slow ends with the wait.
            let tesseract = self.tesseract(None)?;
            let pattern = self.pattern(pattern)?;
            let running = self.expect_running().await?;
            let mut read: Option<Picture> = None;
            let mut texts = Texts::new();
            loop {
                let look = async {
                    let picture = self.picture(&running).await?;
                    // The same picture has the same text.
                    if read.as_ref() == Some(&picture) {
                        return Ok(None);
                    }
                    let found = read_variants(&tesseract, &picture, &Variant::ALL, Some(&pattern), &mut texts).await?;
                    read = Some(picture);
                    Ok(found)
                };
                let Ok(looked) = tokio::time::timeout(wait.left(), running.monitored(look)).await else {
                    return Err(wait.passed(Some(describe(&texts))));
                };
                if let Some(found) = looked? {
                    return Ok(found);
                }
                wait.not_yet(describe(&texts)).await?;
            }
        };
        self.call(action("wait-for-text", pattern), work).await
    }

    async fn texts(&self, variants: &[Variant], timeout: Option<Duration>) -> Result<Vec<String>, Cause> {
        let tesseract = self.tesseract(Some(self.inner().limits.text_recognition))?;
        let running = self.expect_running().await?;
        let work = async {
            let picture = self.picture(&running).await?;
            let mut texts = Texts::new();
            read_variants(&tesseract, &picture, variants, None, &mut texts).await?;
            Ok(texts.into_iter().flatten().collect())
        };
        self.bounded(timeout, "no text read yet", running.monitored(work)).await
    }

    fn state(&self) -> PathBuf {
        self.inner().run.machine(self.name())
    }

    fn tesseract(&self, limit: Option<Duration>) -> Result<Tesseract, Cause> {
        Tesseract::find(&self.state(), &self.inner().run, limit)
    }

    /// Takes a picture of the screen, as it is now.
    async fn picture(&self, running: &Running) -> Result<Picture, Cause> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file = PictureFile(self.state().join(format!("screen-{number}.ppm")));
        let name = file.0.to_str();
        let name = name.ok_or_else(|| Cause::Unsupported("the run directory's path is not UTF-8".into()))?;
        // As a pixmap, which every QEMU can write, and not as PNG, which takes longer to make and to read.
        running
            .monitor
            .execute("screendump", json!({ "filename": name }))
            .await?;
        let most = self.inner().limits.picture_bytes;
        in_background(move || file.read(most)).await
    }
}

/// The name of a picture's file: one without a suffix gets one.
pub(crate) fn picture_name(name: &str) -> String {
    let path = Path::new(name);
    if path.file_name().is_none() || path.extension().is_some() {
        return name.to_owned();
    }
    // Not at the text's end, where a slash may be.
    path.with_extension("png").to_string_lossy().into_owned()
}

/// A picture's file, which vanishes with this.
struct PictureFile(PathBuf);

impl PictureFile {
    fn read(&self, most: u64) -> Result<Picture, Cause> {
        let failed = |error| Cause::Host(format!("cannot read the picture of the screen: {error}"));
        let file = std::fs::File::open(&self.0).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > most {
            let (limit, most) = (LimitName::PictureBytes, Value::Size(most));
            return Err(Cause::Unsupported(format!(
                "{limit} of {most} passed: the picture has more"
            )));
        }
        Ok(Picture::new(bytes))
    }
}

impl Drop for PictureFile {
    fn drop(&mut self) {
        // Where there is none, nothing was taken.
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Cause> + Send + 'static,
) -> Result<T, Cause> {
    spawn_blocking(work)
        .await
        .map_err(|error| Cause::Host(format!("the work on a picture failed: {error}")))?
}

/// Reads the text in variants of a picture, all at the same time. The first in which the pattern is found ends the
/// others, and is the answer. `read` holds what was read before, and from the first text on what has been read here, in
/// the variants' order.
async fn read_variants(
    tesseract: &Tesseract,
    picture: &Picture,
    variants: &[Variant],
    pattern: Option<&Pattern>,
    read: &mut Texts,
) -> Result<Option<String>, Cause> {
    let picture = Arc::new(picture.clone());
    let mut readers = JoinSet::new();
    for (number, variant) in variants.iter().copied().enumerate() {
        let (tesseract, picture) = (tesseract.clone(), Arc::clone(&picture));
        readers.spawn(async move {
            let prepared = in_background(move || picture.prepare(variant)).await?;
            Ok::<_, Cause>((number, tesseract.read(&prepared).await?))
        });
    }
    let mut texts = vec![None; variants.len()];
    while let Some(done) = readers.join_next().await {
        let (number, text) = done.map_err(|error| Cause::Host(format!("reading a picture failed: {error}")))??;
        if let Some(pattern) = pattern {
            let sought = text.clone();
            let find = move |pattern: &Regex| Some(pattern.find(&sought)?.as_str().to_owned());
            if let Some(found) = pattern.search(find).await? {
                readers.shutdown().await;
                return Ok(Some(found));
            }
        }
        if let Some(place) = texts.get_mut(number) {
            *place = Some(text);
        }
        read.clone_from(&texts);
    }
    Ok(None)
}

/// The text that was read, for an error: of the variant in which there is the most.
fn describe(texts: &Texts) -> String {
    let Some(text) = texts.iter().flatten().max_by_key(|text| text.len()) else {
        return "nothing: no picture could be read in time".into();
    };
    let lines: Vec<&str> = text.lines().collect();
    match pattern::quote_lines(&lines) {
        lines if lines.is_empty() => "no text on the screen".into(),
        lines => format!("on the screen:{lines}"),
    }
}

#[cfg(test)]
mod tests {
    use super::picture_name;

    #[test]
    fn a_picture_has_a_suffix() {
        for (given, name) in [
            ("login", "login.png"),
            ("a/b", "a/b.png"),
            ("a/", "a.png"),
            ("a/.", "a.png"),
            (".hidden", ".hidden.png"),
            ("x.jpeg", "x.jpeg"),
            ("", ""),
            ("a/..", "a/.."),
        ] {
            assert_eq!(picture_name(given), name);
        }
    }
}
