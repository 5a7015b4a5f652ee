//! A test host for whole machines: boots virtual machines, wires them together and supervises the WebAssembly tests
//! that drive them.
//!
//! Arrows point one way: [`cli`] -> [`runner`] -> [`plugin`] -> [`driver`], [`machine`], [`vlan`] -> [`event`].

pub mod error;
pub mod event;
pub mod limits;
pub mod report;
pub mod text;
