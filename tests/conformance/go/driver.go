package main

import (
	"strconv"
	"strings"
	"time"

	"proctor"
)

func driverTests() {
	proctor.Test("lookups", lookups)
	proctor.Test("metadata", func(*proctor.T) {},
		proctor.Description("What the list tells"), proctor.Tags("one", "two"), proctor.Timeout(time.Minute))
	proctor.Test("machine unknown", func(t *proctor.T) {
		t.Machine("gamma") // HERE
	})
	proctor.Test("vlan unknown", func(t *proctor.T) {
		t.VLAN(9) // HERE
	})
	proctor.Test("only machine of two", func(t *proctor.T) {
		t.OnlyMachine() // HERE
	})
	proctor.Test("output file", func(t *proctor.T) {
		t.WriteOutputFile("notes/a.txt", []byte("text"))
		t.Log("written")
	})
	proctor.Test("output file outside", func(t *proctor.T) {
		t.WriteOutputFile("../a.txt", []byte("text")) // HERE
	})
	proctor.Test("start all", func(t *proctor.T) {
		t.StartAll()
		alpha, beta := t.Machine("alpha"), t.Machine("beta")
		alpha.MustConnect()
		beta.MustConnect()
		t.Log(alpha.IsUp(), beta.IsUp())
	})
}

func lookups(t *proctor.T) {
	var machines, vlans []string
	for _, machine := range t.Machines() {
		machines = append(machines, machine.Name())
	}
	for _, vlan := range t.VLANs() {
		vlans = append(vlans, strconv.Itoa(vlan.Number()))
	}
	t.Log("machines:", strings.Join(machines, " "))
	t.Log("vlans:", strings.Join(vlans, " "))
	t.Log("vlan 1 is up:", t.VLAN(1).IsUp())
	for _, name := range []string{"colour", "shape"} {
		value, ok := t.Parameter(name)
		if !ok {
			value = "none"
		}
		t.Logf("%s: %s", name, value)
	}
}
