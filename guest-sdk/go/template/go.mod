module tests/{{name}}

go 1.24

require proctor v0.0.0

// Every `proctor build` writes the SDK there.
replace proctor => ./.proctor/sdk/go
