//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_console

//go:wasmimport proctor:driver/console@0.1.0 wait-for-console-text
func wasm_import_wait_for_console_text(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)

//go:wasmimport proctor:driver/console@0.1.0 get-console-log
func wasm_import_get_console_log(arg0 int32, arg1 uintptr)

//go:wasmimport proctor:driver/console@0.1.0 send-console
func wasm_import_send_console(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)

//go:wasmimport proctor:driver/console@0.1.0 get-tty-text
func wasm_import_get_tty_text(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)

//go:wasmimport proctor:driver/console@0.1.0 wait-until-tty-matches
func wasm_import_wait_until_tty_matches(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr)

//go:wasmimport proctor:driver/console@0.1.0 dump-tty-contents
func wasm_import_dump_tty_contents(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)
