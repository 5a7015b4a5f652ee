//go:build wasm

// Made by generate.go. DO NOT EDIT!

package proctor_driver_monitor

//go:wasmimport proctor:driver/monitor@0.1.0 send-monitor-command
func wasm_import_send_monitor_command(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 int32, arg5 uintptr)

//go:wasmimport proctor:driver/monitor@0.1.0 send-qmp-command
func wasm_import_send_qmp_command(arg0 int32, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32, arg6 int32, arg7 int32, arg8 uintptr)

//go:wasmimport proctor:driver/monitor@0.1.0 wait-for-qmp-event
func wasm_import_wait_for_qmp_event(arg0 int32, arg1 int32, arg2 uintptr, arg3 uint32, arg4 int32, arg5 uintptr, arg6 uint32, arg7 int32, arg8 int32, arg9 uintptr)
