//! What a run saved beside its record: pictures to show, files to link. Names come from the record, content from
//! machines: nothing is read or linked that is not beneath the output directory.

use std::io::{Cursor, Read as _};
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::bounds;
use crate::limits::PICTURE_PIXELS;

/// What stands for itself in a path's component, anywhere in a link.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// What a browser shows without running any of it. Everything else is offered for saving.
const HARMLESS: [&str; 7] = ["png", "txt", "log", "json", "jsonl", "csv", "jpg"];

/// The output directory, as seen from the report.
#[derive(Debug, Default)]
pub(super) struct SavedFiles {
    root: Option<Dir>,
    /// The way there from the report, as a link's beginning: empty, or with a slash at its end.
    way: Option<String>,
    /// What pictures may still take.
    room: u64,
}

/// A picture, to be shown as it is.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) data: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A link to a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) address: String,
    /// Whether the browser is to save it instead of showing it.
    pub(super) save: bool,
}

impl SavedFiles {
    /// The output directory of a run, and the directory in which its report will be. Where one of them is not there,
    /// files are named and not linked.
    pub(super) fn new(output: &Path, report: &Path) -> Self {
        let root = Dir::open_ambient_dir(output, ambient_authority()).ok();
        let way = match (report.canonicalize(), output.canonicalize()) {
            (Ok(report), Ok(output)) => way(&report, &output),
            _ => None,
        };
        let room = bounds::PICTURES_BYTES;
        Self { root, way, room }
    }

    /// The link to a file of the output directory; none where its name leads out of it.
    pub(super) fn link(&self, file: &str) -> Option<Link> {
        let path = encoded(Path::new(file))?;
        let name = path.rsplit('/').next().unwrap_or_default();
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let save = !ending.is_some_and(|ending| HARMLESS.contains(&ending.as_str()));
        let address = format!("{}{path}", self.way.as_deref()?);
        Some(Link { address, save })
    }

    /// A picture of the output directory; none where it is none, is not there, or is too large to stand in a page.
    pub(super) fn picture(&mut self, file: &str) -> Option<Picture> {
        encoded(Path::new(file))?;
        let root = self.root.as_ref()?;
        // A pipe would never end.
        let is_file = root.symlink_metadata(file).is_ok_and(|metadata| metadata.is_file());
        let most = bounds::PICTURE_BYTES.min(self.room);
        let mut bytes = Vec::new();
        if !is_file || root.open(file).ok()?.take(most + 1).read_to_end(&mut bytes).is_err() {
            return None;
        }
        let size = bytes.len() as u64;
        let reader = image::ImageReader::with_format(Cursor::new(&bytes), image::ImageFormat::Png);
        let (width, height) = reader.into_dimensions().ok()?;
        // A browser would unpack it, whatever that takes.
        if size > most || width.max(height) > PICTURE_PIXELS {
            return None;
        }
        self.room -= size;
        let data = format!("data:image/png;base64,{}", STANDARD.encode(&bytes));
        Some(Picture { data, width, height })
    }
}

/// A path below the output directory as a part of a link. None where it is none.
fn encoded(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => parts.push(utf8_percent_encode(name.to_str()?, PLAIN).to_string()),
            Component::CurDir => {}
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The way from one directory to another, both whole.
fn way(from: &Path, to: &Path) -> Option<String> {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(from, to)| from == to)
        .count();
    let up = from.components().skip(shared).map(|_| "../");
    let down: std::path::PathBuf = to.components().skip(shared).collect();
    let mut way: String = up.collect();
    if !down.as_os_str().is_empty() {
        way.push_str(&encoded(&down)?);
        way.push('/');
    }
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> (tempfile::TempDir, SavedFiles) {
        let scratch = tempfile::tempdir().unwrap();
        let output = scratch.path().join("a b/out");
        std::fs::create_dir_all(&output).unwrap();
        let files = SavedFiles::new(&output, &output);
        (scratch, files)
    }

    fn png(path: &Path) {
        image::RgbImage::new(3, 2).save(path).unwrap();
    }

    #[test]
    fn links_are_relative_and_encoded() {
        let (scratch, files) = scene();
        let address = |files: &SavedFiles, name: &str| files.link(name).map(|link| link.address);
        let from = |report: &str| SavedFiles::new(&scratch.path().join("a b/out"), &scratch.path().join(report));
        assert_eq!(
            address(&files, "t%20x/é \"<'>?#&:.log").unwrap(),
            "t%2520x/%C3%A9%20%22%3C%27%3E%3F%23%26%3A.log"
        );
        assert_eq!(
            address(&files, "javascript:alert(1)").unwrap(),
            "javascript%3Aalert%281%29"
        );
        assert_eq!(address(&from("."), "f").unwrap(), "a%20b/out/f");
        assert_eq!(address(&from("a b"), "f").unwrap(), "out/f");
        std::fs::create_dir(scratch.path().join("elsewhere")).unwrap();
        assert_eq!(address(&from("elsewhere"), "./f").unwrap(), "../a%20b/out/f");
        assert_eq!(address(&from("missing"), "f"), None);
        for name in ["", ".", "..", "../f", "a/../../f", "/etc/passwd", "//host/f"] {
            assert_eq!(address(&files, name), None, "{name}");
        }
    }

    #[test]
    fn what_a_browser_would_run_is_saved() {
        let (_scratch, files) = scene();
        let save = |name: &str| files.link(name).unwrap().save;
        let saved = ["a.html", "a.svg", "a.xml", "a", "png", "log.d/core"].map(save);
        assert_eq!(saved, [true; 6]);
        assert_eq!(["a.PNG", "b.log", "x/y.txt"].map(save), [false; 3]);
    }

    #[test]
    fn only_pictures_of_the_directory_are_shown() {
        let (scratch, mut files) = scene();
        let output = scratch.path().join("a b/out");
        png(&output.join("shot.png"));
        png(&scratch.path().join("outside.png"));
        std::fs::write(output.join("text.png"), "no picture").unwrap();
        std::os::unix::fs::symlink("../../outside.png", output.join("link.png")).unwrap();
        std::fs::create_dir(output.join("directory.png")).unwrap();
        nix::unistd::mkfifo(&output.join("pipe.png"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let picture = files.picture("shot.png").unwrap();
        assert_eq!((picture.width, picture.height), (3, 2));
        assert!(picture.data.starts_with("data:image/png;base64,iVBOR"));
        image::GrayImage::new(PICTURE_PIXELS + 1, 1)
            .save(output.join("wide.png"))
            .unwrap();
        for name in [
            "wide.png",
            "text.png",
            "link.png",
            "directory.png",
            "pipe.png",
            "missing.png",
            "../../outside.png",
            "",
        ] {
            assert!(files.picture(name).is_none(), "{name}");
        }
    }

    #[test]
    fn pictures_have_only_so_much_room() {
        let (scratch, mut files) = scene();
        let shot = scratch.path().join("a b/out/shot.png");
        png(&shot);
        files.room = 2 * shot.metadata().unwrap().len();
        let shown: Vec<bool> = (0..3).map(|_| files.picture("shot.png").is_some()).collect();
        assert_eq!(shown, [true, true, false]);
    }
}
