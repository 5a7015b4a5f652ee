//! The virtual networks between the machines.

use std::fmt;

use crate::bindings::proctor::driver::vlan;

/// A switch that machines are connected to.
pub struct Vlan(vlan::Vlan);

impl Vlan {
    pub(crate) fn new(resource: vlan::Vlan) -> Self {
        Self(resource)
    }

    /// The number under which start scripts know it.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0.number()
    }

    /// Whether its switch runs.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.0.is_up()
    }
}

impl fmt::Debug for Vlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Vlan").field(&self.number()).finish()
    }
}
