;; A component that is valid, wants nothing and offers no tests.
(component
  (core module $nothing)
  (core instance (instantiate $nothing)))
