//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_driver

//go:wasmimport proctor:driver/driver@0.1.0 machines
func wasm_import_machines(arg0 uintptr)

//go:wasmimport proctor:driver/driver@0.1.0 get-machine
func wasm_import_get_machine(arg0 uintptr, arg1 uint32, arg2 uintptr)

//go:wasmimport proctor:driver/driver@0.1.0 create-machine
func wasm_import_create_machine(arg0 uintptr, arg1 uintptr)

//go:wasmimport proctor:driver/driver@0.1.0 vlans
func wasm_import_vlans(arg0 uintptr)

//go:wasmimport proctor:driver/driver@0.1.0 start-all
func wasm_import_start_all(arg0 uintptr)

//go:wasmimport proctor:driver/driver@0.1.0 join-all
func wasm_import_join_all(arg0 int32, arg1 int32, arg2 uintptr)

//go:wasmimport proctor:driver/driver@0.1.0 parameters
func wasm_import_parameters(arg0 uintptr)

//go:wasmimport proctor:driver/driver@0.1.0 write-output-file
func wasm_import_write_output_file(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 uintptr)
