//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_driver

func wasm_import_machines(arg0 uintptr)                               { panic("there is no host") }
func wasm_import_get_machine(arg0 uintptr, arg1 uint32, arg2 uintptr) { panic("there is no host") }
func wasm_import_create_machine(arg0 uintptr, arg1 uintptr)           { panic("there is no host") }
func wasm_import_vlans(arg0 uintptr)                                  { panic("there is no host") }
func wasm_import_start_all(arg0 uintptr)                              { panic("there is no host") }
func wasm_import_join_all(arg0 int32, arg1 int32, arg2 uintptr)       { panic("there is no host") }
func wasm_import_parameters(arg0 uintptr)                             { panic("there is no host") }
func wasm_import_write_output_file(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 uintptr) {
	panic("there is no host")
}
