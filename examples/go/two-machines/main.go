// Two machines on one network: `server` (192.168.1.1) and `client` (192.168.1.2), both on VLAN 1.
package main

import (
	"strings"
	"time"

	"proctor"
)

const page = "Hello from the server."

func main() {
	proctor.Test("web_server", webServer,
		proctor.Description("A client fetches a page, the network goes away and comes back."),
		proctor.Tags("network"), proctor.Timeout(2*time.Minute))
}

func webServer(t *proctor.T) {
	server, client := t.Machine("server"), t.Machine("client")
	t.StartAll()
	fetch := client.Command("timeout 2 busybox wget -q -O - http://192.168.1.1/").Timeout(30 * time.Second)

	offered := t.Run("the server offers a page", func(t *proctor.T) {
		server.MustSucceed("mkdir -p /tmp/www && echo '" + page + "' > /tmp/www/index.html")
		// A daemon that kept the command's standard output would get a warning.
		server.MustSucceed("busybox httpd -h /tmp/www > /dev/null")
		server.MustWaitUntilSucceeds("busybox wget -q -O - http://127.0.0.1/")
	})
	if !offered {
		return
	}

	t.Run("the client fetches the page", func(t *proctor.T) {
		got := fetch.MustWaitUntilSucceeds()
		if strings.TrimSpace(got) != page {
			t.Fatalf("the client got %q", got)
		}
		t.Logf("the client got %d bytes from %s", len(got), server.Name())
	})

	t.Run("without a network the client fetches nothing", func(t *proctor.T) {
		server.MustBlock()
		fetch.MustFail()
	})

	t.Run("with the network back the client fetches the page again", func(t *proctor.T) {
		server.MustUnblock()
		if got := fetch.MustWaitUntilSucceeds(); strings.TrimSpace(got) != page {
			t.Fatalf("the client got %q", got)
		}
	})
}
