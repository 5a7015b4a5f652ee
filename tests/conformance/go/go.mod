module conformance

go 1.24

require proctor v0.0.0

replace proctor => ./.proctor/sdk/go
