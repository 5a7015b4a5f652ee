# A web server that is started, reloaded and stopped.
machine.start()
machine.wait_for_unit("multi-user.target")

def get(path="/"):
    request = f"GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n"
    return machine.succeed(f"exec 3<> /dev/tcp/localhost/80; printf '{request}' >&3; cat <&3")

with subtest("nothing listens at first"):
    machine.require_unit_state("nginx.service", "inactive")
    machine.wait_for_closed_port(80)

with subtest("nginx serves a page"):
    status, out = machine.start_job("nginx.service")
    assert status == 0, out
    machine.wait_for_unit("nginx.service")
    machine.wait_for_open_port(80)
    assert "200 OK" in get(), get()
    assert "404 Not Found" in get("/missing")

with subtest("it survives a reload with the same main process"):
    before = machine.get_unit_property("nginx.service", "MainPID")
    machine.succeed("systemctl reload nginx")
    assert machine.get_unit_property("nginx.service", "MainPID") == before
    t.assertIn("200 OK", get())

with subtest("it logs"):
    log_text = machine.succeed("journalctl --unit nginx --no-pager")
    assert "Start" in log_text, log_text
    machine.copy_from_machine("/var/log/nginx/access.log", "logs")
    lines = (driver.out_dir / "logs" / "access.log").read_text().splitlines()
    assert sum('"GET / HTTP/1.0" 200' in line for line in lines) >= 2, lines

with subtest("it stops"):
    machine.stop_job("nginx.service")
    machine.wait_for_closed_port(80)
    info = machine.get_unit_info("nginx.service")
    assert info["ActiveState"] == "inactive" and info["Id"] == "nginx.service", info
machine.shutdown()
