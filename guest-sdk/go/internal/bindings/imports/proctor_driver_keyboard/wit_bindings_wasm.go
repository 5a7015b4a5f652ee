//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_keyboard

//go:wasmimport proctor:driver/keyboard@0.1.0 send-key
func wasm_import_send_key(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 int32, arg6 int32, arg7 uintptr)

//go:wasmimport proctor:driver/keyboard@0.1.0 send-chars
func wasm_import_send_chars(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 int32, arg6 int32, arg7 uintptr)
