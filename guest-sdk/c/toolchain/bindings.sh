#!/bin/sh
# Makes the bindings of the interface anew, with wit-bindgen 0.63.0
# (cargo install wit-bindgen-cli --version 0.63.0 --no-default-features --features c), whose path WIT_BINDGEN may tell.
set -eu
cd "$(dirname "$0")/.."
tool=${WIT_BINDGEN:-wit-bindgen}
[ "$("$tool" --version)" = "wit-bindgen-cli 0.63.0" ] || { echo "wanted is wit-bindgen-cli 0.63.0" >&2; exit 1; }
"$tool" c --world test --no-object-file --out-dir src/bindings ../../wit
# `proctor build` embeds the world itself; the object that this would link is not there.
sed -i '/^\/\/ Ensure that the \*_component_type.o object is linked in$/,$d' src/bindings/test.c
sed -i -e :a -e '/^\n*$/{$d;N;ba' -e '}' src/bindings/test.c
