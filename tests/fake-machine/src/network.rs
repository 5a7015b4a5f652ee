//! The machine's NICs, as far as a monitor can see them.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;

use crate::gate::lock;

/// The prefix of the environment variables that name the switches of the VLANs.
const SWITCH_VARIABLE: &str = "QEMU_VDE_SOCKET_";

/// A NIC on a VLAN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct VlanInterface {
    vlan: u8,
    socket: String,
}

/// One NIC on the user network, then one for each VLAN.
#[derive(Debug)]
pub(crate) struct Network {
    vlans: Vec<VlanInterface>,
    node: u8,
    record: Mutex<PathBuf>,
}

impl Network {
    /// NICs for the VLANs of the environment and for those of `more`. Link changes are recorded in the file `record`.
    pub(crate) fn new(
        environment: impl Iterator<Item = (OsString, OsString)>,
        more: &[u8],
        node: u8,
        record: PathBuf,
    ) -> Self {
        let mut vlans: Vec<_> = environment
            .filter_map(|(name, value)| {
                let vlan = name.to_str()?.strip_prefix(SWITCH_VARIABLE)?.parse().ok()?;
                Some(VlanInterface {
                    vlan,
                    socket: value.to_string_lossy().into_owned(),
                })
            })
            .collect();
        vlans.extend(more.iter().map(|vlan| VlanInterface {
            vlan: *vlan,
            socket: format!("vde{vlan}.ctl"),
        }));
        vlans.sort();
        vlans.dedup_by_key(|interface| interface.vlan);
        Self {
            vlans,
            node,
            record: Mutex::new(record),
        }
    }

    /// What `info network` prints.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::from(
            "virtio-net-pci.0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\r\n \\ user.0: \
             index=0,type=user,net=10.0.2.0,restrict=off\r\n",
        );
        for (index, VlanInterface { vlan, socket }) in self.vlans.iter().enumerate() {
            let (number, descriptor, node) = (index + 1, 9 + 2 * index, self.node);
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "virtio-net-pci.{number}: \
                 index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:{vlan:02x}:{node:02x}\r\n \\ vlan{vlan}: \
                 index=0,type=vde,sock={socket},fd={descriptor}\r\n"
            );
        }
        text
    }

    /// Whether there is a NIC or a network end of that name: links can be set by both.
    pub(crate) fn knows(&self, name: &str) -> bool {
        let on_vlan = |(index, interface): (usize, &VlanInterface)| {
            name == format!("virtio-net-pci.{}", index + 1) || name == format!("vlan{}", interface.vlan)
        };
        name == "virtio-net-pci.0" || name == "user.0" || self.vlans.iter().enumerate().any(on_vlan)
    }

    /// Records a link change.
    pub(crate) fn set_link(&self, name: &str, up: bool) -> io::Result<()> {
        let path = lock(&self.record);
        let mut file = OpenOptions::new().create(true).append(true).open(path.as_path())?;
        file.write_all(format!("{name} {}\n", if up { "on" } else { "off" }).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_described_like_those_of_qemu() {
        let environment = [
            ("QEMU_VDE_SOCKET_2", "/r/vde2.ctl"),
            ("QEMU_VDE_SOCKET_x", "no"),
            ("HOME", "/root"),
        ];
        let environment = environment.into_iter().map(|(name, value)| (name.into(), value.into()));
        let network = Network::new(environment, &[1, 2], 17, "links".into());
        assert_eq!(
            network.describe(),
            "virtio-net-pci.0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\r\n \
             \\ user.0: index=0,type=user,net=10.0.2.0,restrict=off\r\n\
             virtio-net-pci.1: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:01:11\r\n \
             \\ vlan1: index=0,type=vde,sock=vde1.ctl,fd=9\r\n\
             virtio-net-pci.2: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:02:11\r\n \
             \\ vlan2: index=0,type=vde,sock=/r/vde2.ctl,fd=11\r\n"
        );
        assert!(network.knows("virtio-net-pci.2") && network.knows("vlan2") && !network.knows("virtio-net-pci.3"));
    }
}
