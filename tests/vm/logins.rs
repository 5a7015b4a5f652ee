//! Terminals on which a real system asks who is there.

use std::time::Duration;

use proctor::machine::Unit;
use proctor_tests::Bench;

/// What takes some seconds on a machine, and longer on a busy computer.
const SOON: Option<Duration> = Some(Duration::from_secs(120));

#[tokio::test(flavor = "multi_thread")]
async fn users_log_in_and_what_they_type_is_what_programs_read() {
    let bench = Bench::systemd("");
    let machine = &bench.machine;
    for (tty, key, user, prompt) in [
        ("1", "alt-f1", "alice", r"^alice@machine:~\$$"),
        ("2", "alt-f2", "root", r"^root@machine:~#$"),
    ] {
        let getty = format!("getty@tty{tty}.service");
        machine.wait_for_unit(Unit::of(&getty, None), SOON).await.unwrap();
        // What is typed goes to the terminal that a screen would show.
        machine.send_key(key, None, None).await.unwrap();
        machine
            .wait_until_tty_matches(tty, "^machine login:$", SOON)
            .await
            .unwrap();
        let (typed, expected) = (format!("{user}\n"), format!("^machine login: {user}$"));
        machine.send_chars(&typed, None, None).await.unwrap();
        machine.wait_until_tty_matches(tty, "^Password:$", SOON).await.unwrap();
        machine.send_chars(&typed, None, None).await.unwrap();
        machine.wait_until_tty_matches(tty, prompt, SOON).await.unwrap();
        // A password is not echoed.
        let shown = machine.tty_text(tty, None).await.unwrap();
        assert_eq!(shown.matches(user).count(), 2, "{shown}");
        machine.wait_until_tty_matches(tty, &expected, SOON).await.unwrap();
    }
    let text: String = (' '..='~').collect();
    machine.send_chars("cat > typed\n", None, None).await.unwrap();
    machine.wait_for_file("/root/typed", SOON).await.unwrap();
    machine.send_chars(&format!("{text}\n"), None, None).await.unwrap();
    machine.send_key("ctrl-d", None, None).await.unwrap();
    machine.send_chars("tty > where\n", None, None).await.unwrap();
    machine
        .wait_until_succeeds("test -s /root/where", SOON, None)
        .await
        .unwrap();
    assert_eq!(bench.text("cat /root/where").await, "/dev/tty2");
    let (_, typed) = bench.run("cat /root/typed").await;
    assert_eq!(String::from_utf8(typed).unwrap(), format!("{text}\n"));
    // The terminal has echoed it, in two of its lines.
    let shown = machine.tty_text("2", None).await.unwrap();
    let (first, second) = text.split_at(80);
    assert!(shown.contains(&format!("\n{first}\n{second}\n")), "{shown}");
    // The other terminal has seen nothing of it.
    let shown = machine.tty_text("1", None).await.unwrap();
    assert_eq!(shown.trim_end().lines().last(), Some("alice@machine:~$"), "{shown}");
    let error = machine
        .wait_until_tty_matches("2", "never shown", Some(Duration::from_secs(2)))
        .await
        .unwrap_err();
    assert!(error.to_string().contains(second), "{error}");
}
