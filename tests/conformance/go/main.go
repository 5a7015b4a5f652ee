// What every SDK does alike, in Go: see tests/conformance/README.md.
package main

import "time"

// The limit of waits that are in vain.
const short = 300 * time.Millisecond

func main() {
	driverTests()
	commandTests()
	machineTests()
	interfaceTests()
	logTests()
	failureTests()
	pollingTests()
}
