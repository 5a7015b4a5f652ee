# A desktop, by its windows and by what is read from its screen.
start_all()
machine.start_job("display.service")
machine.wait_for_x()
machine.wait_for_window("probe")
names = machine.get_window_names()
assert any("probe" in name for name in names), names
machine.wait_for_text(r"[Ss]earch|[Tt]ext|\w{4,}", timeout=300)
text = machine.get_screen_text()
assert text.strip(), "nothing is read"
assert len(machine.get_screen_text_variants()) >= 1
machine.screenshot("desktop")
machine.screenshot("desktop.of.machine.png")
machine.screenshot("/tmp/own.png")
machine.screenshot(f"{driver.out_dir}/deep.png")
for picture in (driver.out_dir / "desktop.png", driver.out_dir / "desktop.of.machine.png", "/tmp/own.png", driver.out_dir / "deep.png"):
    with open(picture, "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n", picture
# With what only Python's expressions have.
machine.wait_for_window(r"(?<!x)(probe|alice@)", timeout=60)
