package proctor

// The functions that the host calls. On the author's machine there is no host.
import _ "proctor/internal/bindings/exports/wit_exports"
