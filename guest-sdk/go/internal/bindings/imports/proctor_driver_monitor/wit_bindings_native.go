//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_monitor

func wasm_import_send_monitor_command(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_send_qmp_command(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32, arg6 int32, arg7 int32, arg8 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_for_qmp_event(arg0 int32, arg1 int32, arg2 uintptr, arg3 uint32, arg4 int32, arg5 uintptr, arg6 uint32, arg7 int32, arg8 int32, arg9 uintptr) {
	panic("there is no host")
}
