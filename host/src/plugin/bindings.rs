//! What `wit/` says, as Rust.

// Generated code is documented by the WIT.
#![allow(missing_docs, clippy::all, clippy::unwrap_used)]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "interpreter",
    imports: { default: async | trappable },
    exports: { default: async },
    with: {
        "proctor:driver/machine.machine": crate::machine::Machine,
        "proctor:driver/vlan.vlan": crate::plugin::host::vlan::HostVlan,
        "proctor:driver/polling.condition": crate::plugin::host::polling::HostCondition,
        "proctor:driver/log.span": crate::plugin::host::log::HostSpan,
    },
});
