# Three machines, of which the one in the middle decides what gets through. Client on VLAN 1, server on VLAN 2.
start_all()

client.succeed("ip route add 192.168.2.0/24 via 192.168.1.2")
server.succeed("ip route add 192.168.1.0/24 via 192.168.2.2")
router.succeed("echo 1 > /proc/sys/net/ipv4/ip_forward")
server.succeed("mkdir -p /srv && echo 'from the server' > /srv/index.html && busybox httpd -h /srv")
server.wait_for_open_port(80)

FETCH = "timeout 5 busybox wget -q -O - http://192.168.2.3/"

with subtest("what is allowed gets through"):
    assert client.wait_until_succeeds(FETCH, timeout=60) == "from the server\n"
    client.wait_for_open_port(80, "192.168.2.3", timeout=30)

@polling_condition
def router_is_up():
    "the router answers the client"
    client.succeed("ping -c 1 -W 5 192.168.1.2")

with subtest("what is forbidden does not"), router_is_up:
    router.succeed("ip route add prohibit 192.168.2.3/32")
    client.wait_until_fails(FETCH, timeout=60)
    client.fail(FETCH)
    router.succeed("ip route del prohibit 192.168.2.3/32")
    client.wait_until_succeeds(FETCH, timeout=60)

with subtest("an unplugged router forwards nothing"):
    router.block()
    client.wait_until_fails(FETCH, timeout=60)
    # It can be commanded all the same.
    router.succeed("true")
    router.unblock()
    client.wait_until_succeeds(FETCH, timeout=60)

server.shutdown()
client.wait_until_fails(FETCH)
for other in (client, router):
    other.shutdown()
join_all()
