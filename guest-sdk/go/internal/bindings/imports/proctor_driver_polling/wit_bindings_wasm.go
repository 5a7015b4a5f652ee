//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_polling

//go:wasmimport proctor:driver/polling@0.1.0 [resource-drop]condition
func resourceDropCondition(handle int32)

//go:wasmimport proctor:driver/polling@0.1.0 [constructor]condition
func wasm_import_constructor_condition(arg0 uintptr, arg1 uint32, arg2 int32, arg3 int32) int32

//go:wasmimport proctor:driver/polling@0.1.0 [method]condition.number
func wasm_import_method_condition_number(arg0 int32) int32

//go:wasmimport proctor:driver/polling@0.1.0 [method]condition.enter
func wasm_import_method_condition_enter(arg0 int32, arg1 uintptr)

//go:wasmimport proctor:driver/polling@0.1.0 [method]condition.exit
func wasm_import_method_condition_exit(arg0 int32, arg1 uintptr)

//go:wasmimport proctor:driver/polling@0.1.0 [method]condition.begin-evaluation
func wasm_import_method_condition_begin_evaluation(arg0 int32, arg1 uintptr)

//go:wasmimport proctor:driver/polling@0.1.0 [method]condition.end-evaluation
func wasm_import_method_condition_end_evaluation(arg0 int32, arg1 int32, arg2 uintptr, arg3 uint32, arg4 uintptr)
