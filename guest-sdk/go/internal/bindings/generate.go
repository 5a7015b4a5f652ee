//go:build ignore

// Makes the bindings of the interface anew: go generate ./internal/bindings
//
// It wants wit-bindgen 0.63.0 (cargo install wit-bindgen-cli --version 0.63.0 --no-default-features --features go),
// whose path WIT_BINDGEN may tell.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// The version whose runtime package is kept in internal/wit.
const version = "wit-bindgen-cli 0.63.0"

// A function of the host: its directive and its declaration without a body.
var declaration = regexp.MustCompile(`(?m)^(//go:wasmimport .*)\n(func (\w+)\((.*)\)(.*))$`)

func main() {
	log.SetFlags(0)
	tool := cmp.Or(os.Getenv("WIT_BINDGEN"), "wit-bindgen")
	said, err := exec.Command(tool, "--version").Output()
	if err != nil {
		log.Fatalf("%s: %v", tool, err)
	}
	if strings.TrimSpace(string(said)) != version {
		log.Fatalf("%s is %swanted is %s", tool, said, version)
	}
	// What stands beside exports/wit_exports is ours.
	generated := []string{"imports", "exports/wit_exports"}
	for _, directory := range generated {
		if err := os.RemoveAll(directory); err != nil {
			log.Fatal(err)
		}
	}
	command := exec.Command(tool, "go", "--world", "test", "--pkg-name", "proctor/internal/bindings", "--quiet", "../../../../wit")
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		log.Fatal(err)
	}
	for _, directory := range generated {
		if err := filepath.WalkDir(directory, mend); err != nil {
			log.Fatal(err)
		}
	}
}

// Has a generated file import our copy of the runtime package, and moves the functions of the host into files of their
// own: only for WebAssembly are they the host's. So tests and tools on the author's machine have something to link.
func mend(path string, entry fs.DirEntry, err error) error {
	if err != nil || entry.IsDir() {
		return err
	}
	if entry.Name() == "empty.s" {
		return os.Remove(path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte(`"go.bytecodealliance.org/pkg/wit/`), []byte(`"proctor/internal/wit/`))
	functions := declaration.FindAllSubmatch(text, -1)
	if err := write(path, declaration.ReplaceAll(text, nil)); err != nil || functions == nil {
		return err
	}
	var host, native bytes.Buffer
	header := fmt.Sprintf("// Made by generate.go. DO NOT EDIT!\n\npackage %s\n\n", filepath.Base(filepath.Dir(path)))
	fmt.Fprintf(&host, "//go:build wasm\n\n%s", header)
	fmt.Fprintf(&native, "//go:build !wasm\n\n%s", header)
	for _, function := range functions {
		fmt.Fprintf(&host, "%s\n%s\n\n", function[1], function[2])
		fmt.Fprintf(&native, "%s { panic(\"there is no host\") }\n", function[2])
	}
	if err := write(strings.TrimSuffix(path, ".go")+"_wasm.go", host.Bytes()); err != nil {
		return err
	}
	return write(strings.TrimSuffix(path, ".go")+"_native.go", native.Bytes())
}

func write(path string, text []byte) error {
	text, err := format.Source(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o644)
}
