//! What tests that copy files are granted.

use std::path::Path;

use proctor::grants::{Grants, ReadGrant};

/// A directory of the host, granted as `data`, and nothing else.
pub fn granted_as_data(directory: &Path) -> Grants {
    let grant = ReadGrant {
        name: Some("data".into()),
        directory: directory.into(),
    };
    Grants {
        read: vec![grant],
        ..Grants::default()
    }
}
