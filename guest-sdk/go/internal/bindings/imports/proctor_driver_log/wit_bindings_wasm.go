//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_log

//go:wasmimport proctor:driver/log@0.1.0 [resource-drop]span
func resourceDropSpan(handle int32)

//go:wasmimport proctor:driver/log@0.1.0 write
func wasm_import_write(arg0 int32, arg1 uintptr, arg2 uint32)

//go:wasmimport proctor:driver/log@0.1.0 [constructor]span
func wasm_import_constructor_span(arg0 int32, arg1 uintptr, arg2 uint32) int32

//go:wasmimport proctor:driver/log@0.1.0 [method]span.fail
func wasm_import_method_span_fail(arg0 uintptr)

//go:wasmimport proctor:driver/log@0.1.0 show-serial
func wasm_import_show_serial(arg0 int32)

//go:wasmimport proctor:driver/log@0.1.0 panicked
func wasm_import_panicked(arg0 uintptr)
