//! From a core module, as compilers of languages with WASI's first version make it, to a component of the interface.

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::error::{BuildError, Result};
use crate::plugin::interface;

/// Makes a component of a core module. Errors: it does not fit the interface.
pub(super) fn from_module(mut module: Vec<u8>) -> Result<Vec<u8>> {
    let invalid = |error| {
        BuildError::Invalid(format!(
            "what was compiled offers no tests; does it use the SDK? In detail: {error:#}"
        ))
    };
    let mut resolve = Resolve::default();
    let world = resolve
        .push_str("proctor.wit", &interface::package())
        .and_then(|package| resolve.select_world(&[package], Some(interface::WORLD)))
        .map_err(invalid)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .and_then(|()| {
            ComponentEncoder::default()
                .module(&module)?
                .adapter(
                    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
                    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
                )?
                .validate(true)
                .encode()
        })
        .map_err(invalid)
}
