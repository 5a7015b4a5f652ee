"""Two machines on one network: `server` (192.168.1.1) and `client` (192.168.1.2), both on VLAN 1."""

import proctor

PAGE = "Hello from the server."
FETCH = "timeout 2 busybox wget -q -O - http://192.168.1.1/"


@proctor.test(tags=["network"], timeout=120)
def web_server(driver: proctor.Driver, server: proctor.Machine, client: proctor.Machine) -> None:
    """A client fetches a page, the network goes away and comes back."""
    driver.start_all()

    with proctor.subtest("the server offers a page"):
        server.succeed(f"mkdir -p /tmp/www && echo '{PAGE}' > /tmp/www/index.html")
        # A daemon that kept the command's standard output would get a warning.
        server.succeed("busybox httpd -h /tmp/www > /dev/null")
        server.wait_until_succeeds("busybox wget -q -O - http://127.0.0.1/")

    with proctor.subtest("the client fetches the page"):
        page = client.wait_until_succeeds(FETCH, timeout=30)
        assert page.strip() == PAGE
        proctor.log.info(f"the client got {len(page.bytes)} bytes from {server.name}")

    with proctor.subtest("without a network the client fetches nothing"):
        server.block()
        client.fail(FETCH)

    with proctor.subtest("with the network back the client fetches the page again"):
        server.unblock()
        page = client.wait_until_succeeds(FETCH, timeout=30)
        assert page.strip() == PAGE
