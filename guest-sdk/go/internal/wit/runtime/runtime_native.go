//go:build !wasm

package runtime

// Unpin has nothing to do where there is no host.
func Unpin() {}
