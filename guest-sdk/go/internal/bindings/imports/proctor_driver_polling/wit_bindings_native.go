//go:build !wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_polling

func resourceDropCondition(handle int32) { panic("there is no host") }
func wasm_import_constructor_condition(arg0 uintptr, arg1 uint32, arg2 int32, arg3 int32) int32 {
	panic("there is no host")
}
func wasm_import_method_condition_number(arg0 int32) int32        { panic("there is no host") }
func wasm_import_method_condition_enter(arg0 int32, arg1 uintptr) { panic("there is no host") }
func wasm_import_method_condition_exit(arg0 int32, arg1 uintptr)  { panic("there is no host") }
func wasm_import_method_condition_begin_evaluation(arg0 int32, arg1 uintptr) {
	panic("there is no host")
}
func wasm_import_method_condition_end_evaluation(arg0 int32, arg1 int32, arg2 uintptr, arg3 uint32, arg4 uintptr) {
	panic("there is no host")
}
