package proctor

import (
	vlan "proctor/internal/bindings/imports/proctor_driver_vlan"
)

// VLAN is a switch that machines are connected to.
type VLAN struct {
	resource *vlan.Vlan
	number   int
}

// The VLANs by their numbers. They are kept: their handles must not be dropped while the host writes a result.
var vlans = map[int]*vlan.Vlan{}

func newVLAN(resource *vlan.Vlan) *VLAN {
	defer enterHost()()
	number := int(resource.Number())
	if known := vlans[number]; known != nil {
		resource.Drop()
		resource = known
	}
	vlans[number] = resource
	return &VLAN{resource, number}
}

// Number is the number under which start scripts know it.
func (v *VLAN) Number() int { return v.number }

// IsUp is whether its switch runs.
func (v *VLAN) IsUp() bool {
	defer enterHost()()
	return v.resource.IsUp()
}
