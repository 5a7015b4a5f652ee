//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_machine

//go:wasmimport proctor:driver/machine@0.1.0 [resource-drop]machine
func resourceDropMachine(handle int32)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.name
func wasm_import_method_machine_name(arg0 int32, arg1 uintptr)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.start
func wasm_import_method_machine_start(arg0 int32, arg1 int32, arg2 int32, arg3 int32, arg4 uintptr)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.connect
func wasm_import_method_machine_connect(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.is-up
func wasm_import_method_machine_is_up(arg0 int32) int32

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.shutdown
func wasm_import_method_machine_shutdown(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.reboot
func wasm_import_method_machine_reboot(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.switch-root
func wasm_import_method_machine_switch_root(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.crash
func wasm_import_method_machine_crash(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/machine@0.1.0 [method]machine.wait-for-shutdown
func wasm_import_method_machine_wait_for_shutdown(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)
