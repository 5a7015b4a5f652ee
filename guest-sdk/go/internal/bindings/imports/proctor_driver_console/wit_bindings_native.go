//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_console

func wasm_import_wait_for_console_text(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_get_console_log(arg0 int32, arg1 uintptr) { panic("there is no host") }
func wasm_import_send_console(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_get_tty_text(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
func wasm_import_wait_until_tty_matches(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr) {
	panic("there is no host")
}
func wasm_import_dump_tty_contents(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr) {
	panic("there is no host")
}
