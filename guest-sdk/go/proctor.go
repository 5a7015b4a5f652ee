// Package proctor is for tests of whole machines.
//
// A test is a function that gets a [T], which has the machines. A module with a package main that registers tests in its
// function main is built to one WebAssembly component by `proctor build` and run by `proctor run`.
//
//	package main
//
//	import "proctor"
//
//	func main() {
//		proctor.Test("download", download, proctor.Timeout(2*time.Minute))
//	}
//
//	// A file that the server offers reaches the client.
//	func download(t *proctor.T) {
//		server, client := t.Machine("server"), t.Machine("client")
//		t.StartAll()
//
//		t.Run("the server offers a file", func(t *proctor.T) {
//			server.MustSucceed("mkdir -p /srv && echo hello > /srv/index.html && busybox httpd -h /srv")
//		})
//		t.Run("the client fetches it", func(t *proctor.T) {
//			fetch := client.Command("busybox wget -q -O - http://192.168.1.1/")
//			page := fetch.Timeout(30 * time.Second).MustWaitUntilSucceeds()
//			if strings.TrimSpace(page) != "hello" {
//				t.Fatalf("the client got %q", page)
//			}
//		})
//	}
//
// # Failing
//
// Methods of [Machine] return errors, which are of type *[Error] and tell more through [errors.As]; those of the same name
// with Must, and the methods of [T], end the test, or the subtest, instead. So do [T.Fatal] and the like. A panic fails
// the test with its message and its place, whatever the panic is of; so does [os.Exit], which ends the component at once.
//
// What a function calls from a goroutine of its own is made one after the other: a call holds up the whole test. Such a
// goroutine belongs to the test, or the subtest, that started it, which fails where something in it does. A panic in it
// cannot be caught: it ends the component, as a deadlock does; the test fails with the text and the place, and the trace is
// in the log.
package proctor
