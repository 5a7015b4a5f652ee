//! What `proctor list` prints, read back.

use std::collections::BTreeSet;

use crate::scene::{Scene, program};

/// A listed test.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its tags.
    pub tags: BTreeSet<String>,
}

impl Listed {
    /// Whether it has a tag.
    pub fn is(&self, tag: &str) -> bool {
        self.tags.contains(tag)
    }
}

/// The tests of a program.
pub fn tests_of(program_name: &str) -> Vec<Listed> {
    let scene = Scene::new();
    let arguments = ["list".into(), program(program_name)];
    let ended = scene.run(arguments).expect(0);
    ended.stdout.lines().map(listed).collect()
}

/// `name  description #tag #tag`, the description and the tags where there are any.
fn listed(line: &str) -> Listed {
    let mut rest = line;
    let mut tags = BTreeSet::new();
    while let Some((before, tag)) = rest.rsplit_once(" #").filter(|(_, tag)| !tag.contains(' ')) {
        tags.insert(tag.to_owned());
        rest = before;
    }
    let name = rest.split("  ").next().unwrap_or_default();
    Listed {
        name: name.into(),
        tags,
    }
}
