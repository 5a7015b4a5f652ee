//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_vlan

//go:wasmimport proctor:driver/vlan@0.1.0 [resource-drop]vlan
func resourceDropVlan(handle int32)

//go:wasmimport proctor:driver/vlan@0.1.0 [method]vlan.number
func wasm_import_method_vlan_number(arg0 int32) int32

//go:wasmimport proctor:driver/vlan@0.1.0 [method]vlan.is-up
func wasm_import_method_vlan_is_up(arg0 int32) int32
