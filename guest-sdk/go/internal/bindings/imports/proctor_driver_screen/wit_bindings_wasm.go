//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_screen

//go:wasmimport proctor:driver/screen@0.1.0 screenshot
func wasm_import_screenshot(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)

//go:wasmimport proctor:driver/screen@0.1.0 get-screen-text
func wasm_import_get_screen_text(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/screen@0.1.0 get-screen-text-variants
func wasm_import_get_screen_text_variants(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/screen@0.1.0 wait-for-text
func wasm_import_wait_for_text(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)

//go:wasmimport proctor:driver/screen@0.1.0 wait-for-x
func wasm_import_wait_for_x(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/screen@0.1.0 get-window-names
func wasm_import_get_window_names(arg0 int32, arg1 int32, arg2 int32, arg3 uintptr)

//go:wasmimport proctor:driver/screen@0.1.0 wait-for-window
func wasm_import_wait_for_window(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)
