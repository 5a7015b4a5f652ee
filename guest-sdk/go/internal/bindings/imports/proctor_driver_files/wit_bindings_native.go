//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_files

func wasm_import_wait_for_file(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_copy_from_host(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
func wasm_import_copy_from_host_via_shell(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
func wasm_import_copy_from_machine(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
