//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_units

func wasm_import_systemctl(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32, arg6 int32, arg7 int32, arg8 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_for_unit(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32, arg6 int32, arg7 int32, arg8 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_for_unit_state(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 uintptr, arg7 uint32, arg8 int32, arg9 int32, arg10 uintptr) {
	panic("there is no host")
}
func wasm_import_get_unit_info(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32, arg6 int32, arg7 int32, arg8 uintptr) {
	panic("there is no host")
}
func wasm_import_get_unit_property(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 uintptr, arg7 uint32, arg8 int32, arg9 int32, arg10 uintptr) {
	panic("there is no host")
}
func wasm_import_require_unit_state(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 uintptr, arg7 uint32, arg8 int32, arg9 int32, arg10 uintptr) {
	panic("there is no host")
}
func wasm_import_start_job(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32, arg6 int32, arg7 int32, arg8 uintptr) {
	panic("there is no host")
}
func wasm_import_stop_job(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32, arg6 int32, arg7 int32, arg8 uintptr) {
	panic("there is no host")
}
