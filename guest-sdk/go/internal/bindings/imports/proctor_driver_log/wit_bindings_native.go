//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_log

func resourceDropSpan(handle int32)                           { panic("there is no host") }
func wasm_import_write(arg0 int32, arg1 uintptr, arg2 uint32) { panic("there is no host") }
func wasm_import_constructor_span(arg0 int32, arg1 uintptr, arg2 uint32) int32 {
	panic("there is no host")
}
func wasm_import_method_span_fail(arg0 uintptr) { panic("there is no host") }
func wasm_import_show_serial(arg0 int32)        { panic("there is no host") }
func wasm_import_panicked(arg0 uintptr)         { panic("there is no host") }
