// Package bindings holds the interface of wit/ as wit-bindgen writes it for Go. generate.go says how.
package bindings

//go:generate go run generate.go
