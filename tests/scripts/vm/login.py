# A login on a terminal.
start_all()
machine.wait_for_unit("getty@tty1.service")
machine.send_key("alt-f1")
machine.wait_until_tty_matches("1", "machine login: ")
machine.send_chars("alice\n")
machine.wait_until_tty_matches("1", "login: alice")
machine.wait_until_tty_matches("1", "Password: ?")
machine.send_chars("alice\n")
machine.wait_until_tty_matches("1", r"alice@machine")
machine.send_chars("touch done && echo 'it was: '$((6 * 7))\n")
machine.wait_for_file("/home/alice/done")
# What only Python's expressions have.
machine.wait_until_tty_matches("1", r"(?<=it was: )42", timeout=30)
text = machine.get_tty_text("1")
assert "it was: 42 " in text, text
machine.dump_tty_contents("1")
machine.send_chars("exit\n")
machine.wait_until_tty_matches("1", "machine login: $")
