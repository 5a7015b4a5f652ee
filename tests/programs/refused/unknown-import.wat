;; A component that wants an interface which no host has.
(component
  (import "proctor:driver/teleport@0.1.0" (instance
    (export "go" (func)))))
