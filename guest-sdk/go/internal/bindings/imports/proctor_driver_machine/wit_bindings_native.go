//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_machine

func resourceDropMachine(handle int32)                         { panic("there is no host") }
func wasm_import_method_machine_name(arg0 int32, arg1 uintptr) { panic("there is no host") }
func wasm_import_method_machine_start(arg0 int32, arg1 int32, arg2 int32, arg3 int32, arg4 uintptr) {
	panic("there is no host")
}
func wasm_import_method_machine_connect(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr) {
	panic("there is no host")
}
func wasm_import_method_machine_is_up(arg0 int32) int32 { panic("there is no host") }
func wasm_import_method_machine_shutdown(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr) {
	panic("there is no host")
}
func wasm_import_method_machine_reboot(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr) {
	panic("there is no host")
}
func wasm_import_method_machine_switch_root(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr) {
	panic("there is no host")
}
func wasm_import_method_machine_crash(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr) {
	panic("there is no host")
}
func wasm_import_method_machine_wait_for_shutdown(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr) {
	panic("there is no host")
}
