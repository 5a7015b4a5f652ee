//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_shell

func wasm_import_execute(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_succeed(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_fail(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_until_succeeds(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_until_fails(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
func wasm_import_sleep(arg0 int32, arg1 int32, arg2 uintptr) { panic("there is no host") }
