//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_network

func wasm_import_block(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)   { panic("there is no host") }
func wasm_import_unblock(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr) { panic("there is no host") }
func wasm_import_forward_port(arg0 int32, arg1 int32, arg2 int32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_for_open_port(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_for_closed_port(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_for_open_unix_socket(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 int32, arg6 uintptr) {
	panic("there is no host")
}
