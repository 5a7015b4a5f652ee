// Package export_proctor_driver_tests is where the generated exports look for what they call.
package export_proctor_driver_tests

import (
	"proctor/internal/bindings/imports/proctor_driver_tests"
	"proctor/internal/bindings/imports/proctor_driver_types"
	"proctor/internal/wit/types"
)

// What the host calls. The package proctor sets them before the host can.
var (
	List func() []proctor_driver_tests.Test
	Run  func(name string) wit_types.Result[wit_types.Unit, proctor_driver_types.Failure]
)
