//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_vlan

func resourceDropVlan(handle int32)                   { panic("there is no host") }
func wasm_import_method_vlan_number(arg0 int32) int32 { panic("there is no host") }
func wasm_import_method_vlan_is_up(arg0 int32) int32  { panic("there is no host") }
