//! What a command means: its status, its output, its shell's settings.

use std::time::Instant;

use proctor::error::Cause;
use proctor_tests::{Bench, PATIENCE};

/// The last of these bytes stand in the way of every protocol that ever spoke over a console.
fn every_byte() -> Vec<u8> {
    (0..=u8::MAX)
        .chain((0..=u8::MAX).rev())
        .chain(*b"\x02\x03\x02\x02\x03\x03\x04\x11\x13\x1a\x7f\r\n\r\n\0\0")
        .collect()
}

fn octal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:03o}")).collect()
}

#[tokio::test]
async fn the_status_is_exact() {
    let bench = Bench::fake("");
    for status in [0, 1, 2, 3, 42, 124, 125, 126, 127, 128, 137, 254, 255] {
        assert_eq!(bench.run(&format!("exit {status}")).await, (status, Vec::new()));
        assert_eq!(bench.run(&format!("(exit {status})")).await, (status, Vec::new()));
    }
    assert_eq!(bench.run("/does/not/exist").await.0, 127);
    assert_eq!(bench.run("/dev/null").await.0, 126);
    assert_eq!(bench.run("kill -TERM $BASHPID").await.0, 143);
    assert_eq!(bench.run("echo x; kill -KILL $BASHPID").await, (137, b"x\n".to_vec()));
    assert_eq!(bench.run("kill -SEGV $BASHPID").await.0, 139);
    assert_eq!(bench.run("exec bash -c 'echo in; exit 9'").await, (9, b"in\n".to_vec()));
    assert_eq!(bench.run("trap 'echo bye' EXIT; exit 5").await, (5, b"bye\n".to_vec()));
}

#[tokio::test]
async fn a_stopped_command_has_not_ended() {
    for options in ["", "--fake-one-console"] {
        let bench = Bench::fake(options);
        let command = "me=$BASHPID; (sleep 0.3; kill -CONT $me) & kill -STOP $me; echo on; exit 200";
        assert_eq!(bench.run(command).await, (200, b"on\n".to_vec()), "{options}");
        let killed = "me=$BASHPID; (sleep 0.1; kill -KILL $me) & kill -STOP $me; echo on";
        assert_eq!(bench.run(killed).await, (137, Vec::new()), "{options}");
    }
}

#[tokio::test]
async fn every_byte_comes_back() {
    let bench = Bench::fake("");
    let bytes = every_byte();
    assert_eq!(
        bench.run(&format!("printf '{}'", octal(&bytes))).await,
        (0, bytes.clone())
    );
    let repeated = bytes.repeat(500);
    let command = format!("for i in {{1..500}}; do printf '{}'; done", octal(&bytes));
    assert!(bench.run(&command).await == (0, repeated), "bytes were changed");
}

#[tokio::test]
async fn output_is_neither_trimmed_nor_completed() {
    let bench = Bench::fake("");
    for output in [
        "", "\n", "\n\n\n", "x", "x\n", " x ", "\r\n", "\0", "x\0", "ü", "\x02", "\x03",
    ] {
        let command = format!("printf '{}'", octal(output.as_bytes()));
        assert_eq!(bench.run(&command).await, (0, output.as_bytes().to_vec()), "{output:?}");
    }
}

#[tokio::test]
async fn every_character_of_a_command_arrives() {
    let bench = Bench::fake("");
    let controls: String = (1..=0x7f)
        .map(char::from)
        .chain("\u{80}\u{9b}\u{a0}ü\u{202e}€\u{feff}😀".chars())
        .collect();
    // The quote would end the text, and bash itself changes nothing else within one.
    let text = format!("{}\x1f0\x1f1\x1f\x1f0\x1f\n\x1f", controls.replace('\'', ""));
    assert_eq!(
        bench.run(&format!("printf %s '{text}'")).await,
        (0, text.clone().into_bytes())
    );
    let long = text.repeat(100);
    assert_eq!(
        bench.run(&format!("printf %s '{long}'")).await,
        (0, long.clone().into_bytes())
    );
    assert_eq!(
        bench.run(&format!("cat <<'END'\n{long}\nEND")).await,
        (0, format!("{long}\n").into_bytes())
    );
}

#[tokio::test]
async fn commands_are_bytes_whatever_the_locale_and_find_it_as_it_was() {
    for (options, count, locale) in [("", 4, "none none"), ("--fake-locale C.UTF-8", 3, "C.UTF-8 C.UTF-8")] {
        let bench = Bench::fake(options);
        assert_eq!(bench.text("echo ${LC_ALL-none} ${LANG-none}").await, locale);
        // Two bytes that are a character, one that is, one that is none.
        let command = "x='\u{e9}a'; printf %s \"$x\"; x+=$'\\377'; exit ${#x}";
        assert_eq!(bench.run(command).await, (count, "\u{e9}a".into()));
        // Cut between characters, and in the middle of one.
        for beginning in ["", "x"] {
            let long = beginning.to_owned() + &"\u{e9}".repeat(3_000);
            assert_eq!(bench.text(&format!("printf %s '{long}'")).await, long);
        }
    }
}

#[tokio::test]
async fn a_command_of_a_megabyte_arrives() {
    let bench = Bench::fake("");
    let line = "a\x1f'\"\\`$(x)ü😀\t\x1f0\x1f1\n\n\n";
    let lines = (1 << 20) / line.len() + 1;
    let run = async |lines| {
        let text = line.repeat(lines);
        let start = Instant::now();
        let (status, output) = bench.run(&format!("cat <<'END'\n{text}\nEND")).await;
        assert_eq!(status, 0);
        assert!(
            output == format!("{text}\n").into_bytes(),
            "{} bytes came back",
            output.len()
        );
        start.elapsed()
    };
    // One round trip for each 2,000 bytes, and nothing that grows with the square of the length: that would take more than a
    // hundred times as long as a sixteenth. A busy computer is late, but not each time.
    let mut tries = 0..5;
    while run(lines).await > 48 * run(lines / 16).await {
        assert!(tries.next().is_some(), "it takes the square of the length");
    }
    for text in ["\n", "\x1f", "'"].map(|text| text.repeat(1 << 20)) {
        let (status, output) = bench.run(&format!("cat <<'END'\n{text}\nEND")).await;
        assert_eq!(status, 0);
        assert!(
            output == format!("{text}\n").into_bytes(),
            "{:?}: {} bytes came back",
            &text[..1],
            output.len()
        );
    }
}

#[tokio::test]
async fn broken_syntax_fails_and_leaves_the_shell_usable() {
    let bench = Bench::fake("");
    for command in [
        ")",
        "(",
        "((",
        "$(",
        "`",
        "'",
        "\"",
        "\\",
        "{",
        "}",
        "fi",
        "if true; then",
        "case x in",
        "for",
        "<<",
        "|",
        "&&",
        ";;",
        "echo 'x",
        "echo \"x",
        "echo $(",
        "echo ${",
        "f() {",
        ") ; echo no",
        "}; echo no",
        "'; echo no; '",
        "<<EOF",
        "cat <<EOF\nno end",
        "\n)",
        "true )",
        "# )\n)",
        "eval )",
        "echo $((1+))",
        "[[ x",
        "!",
        "${",
        "done",
        "\u{1}",
        "\u{7f}",
    ] {
        let (status, output) = bench.run(command).await;
        // A here-document that the command's end ends is a warning, and a backslash there nothing at all.
        let is_sound = matches!(command, "\\" | "<<EOF" | "cat <<EOF\nno end" | "!");
        assert!(is_sound || status != 0, "{command:?} ended with status 0");
        assert!(!output.starts_with(b"no\n"), "{command:?} printed {output:?}");
        bench.check_usable().await;
    }
    assert_eq!(bench.run(")").await.0, 2);
    bench.record.wait_for("syntax error near unexpected token `)'").await;
}

#[tokio::test]
async fn the_shells_settings_are_strict() {
    let bench = Bench::fake("");
    for (command, status, output) in [
        ("false; echo no", 1, ""),
        ("echo yes; false; echo no", 1, "yes\n"),
        ("set +e; false; echo yes", 0, "yes\n"),
        ("false || echo yes", 0, "yes\n"),
        ("if false; then echo no; fi; echo yes", 0, "yes\n"),
        ("f() { false; echo no; }; f", 1, ""),
        ("x=$(false); echo no", 1, ""),
        ("false | true; echo no", 1, ""),
        ("true | (exit 7) | true", 7, ""),
        ("set +o pipefail; false | true; echo yes", 0, "yes\n"),
        ("yes | head -n 1", 141, "y\n"),
        ("exit 3", 3, ""),
        ("echo yes; exit 3; echo no", 3, "yes\n"),
        ("(exit 3); echo no", 3, ""),
        ("set -e; set -e; true; false", 1, ""),
        ("true &&", 2, ""),
        ("echo yes\nfalse\necho no", 1, "yes\n"),
        ("return 4; echo no", 4, ""),
    ] {
        let result = bench.run(command).await;
        // Outside a function `return` is a mistake that bash tells by another status.
        if !command.starts_with("return") {
            assert_eq!(result, (status, output.into()), "{command:?}");
        }
        assert!(
            !String::from_utf8_lossy(&result.1).contains("no"),
            "{command:?} went on"
        );
    }
    let (status, output) = bench.run("echo yes; echo $not_set; echo no").await;
    assert!(status != 0 && output == b"yes\n", "{status} {output:?}");
    bench.record.wait_for("not_set: unbound variable").await;
    assert_eq!(
        bench.text("case $- in *m*) echo jobs;; *) echo none;; esac").await,
        "none"
    );
}

#[tokio::test]
async fn nothing_of_ours_is_in_a_commands_way() {
    for options in ["", "--fake-one-console"] {
        let bench = Bench::fake(options);
        bench.machine.connect(None).await.unwrap();
        let ours =
            "for name in $(compgen -v); do case $name in __proctor_* | name | [A-Z_]*) ;; *) echo $name ;; esac; done";
        assert_eq!(bench.text(ours).await, "", "{options}");
        assert_eq!(
            bench.text("echo $#; compgen -e | grep -i proctor_s || true").await,
            "0\nPROCTOR_SYS",
            "{options}"
        );
        // What the computer's own shell has left open is none of ours.
        let open = bench
            .text("sh -c 'for fd in /proc/$$/fd/*; do readlink $fd || true; done'")
            .await;
        let terminals = open.lines().filter(|link| link.contains("/pts/")).count();
        let wanted = if options.is_empty() { 2 } else { 1 };
        assert_eq!(terminals, wanted, "{options}: {open}");
    }
    // What `pkill -f` would find.
    let bench = Bench::fake("");
    let arguments = bench.text("tr '\\0' ' ' < /proc/$$/cmdline").await;
    let (program, session) = arguments.rsplit_once(' ').unwrap();
    assert!(
        program.ends_with("bash --norc -c eval \"$__proctor_source\" bash proctor-worker"),
        "{arguments}"
    );
    assert_eq!(session.len(), 16, "{arguments}");
}

#[tokio::test]
async fn here_documents_and_scripts_of_many_lines_work() {
    let bench = Bench::fake("");
    let script = "cat > file <<EOF\nfirst $((1 + 1))\nEOF\ncat >> file <<'EOF'\n$second\nEOF\n\n# a remark\ncat file\n";
    assert_eq!(bench.text(script).await, "first 2\n$second");
    assert_eq!(bench.text("echo a \\\n  b # a remark at the end").await, "a b");
    assert_eq!(bench.text("\n\n  echo x  \n\n").await, "x");
    for nothing in ["", " ", "\n", "\t\n ", "# a remark", ":"] {
        assert_eq!(bench.run(nothing).await, (0, Vec::new()), "{nothing:?}");
    }
}

#[tokio::test]
async fn a_command_may_begin_with_anything() {
    let bench = Bench::fake("");
    // What the protocol itself says, and what builtins take for options.
    for command in ["-x", "-n", "--", "run 1 1 1:echo no", "__proctor_none", "pong", "="] {
        assert_eq!(bench.run(command).await.0, 127, "{command:?}");
    }
    assert_eq!(bench.run("*").await.1, b"");
    assert_eq!(bench.text("~/../bin/true || echo none").await, "none");
    bench.check_usable().await;
}

#[tokio::test]
async fn commands_do_not_touch_one_another() {
    let bench = Bench::fake("");
    let home = bench.text("pwd").await;
    bench
        .run("cd /; x=1; export y=2; f() { :; }; set +e; trap 'echo trapped' EXIT; umask 777; ulimit -n 20")
        .await;
    bench
        .run("exec 0<&- 1>&- 2>&-; set -x; shopt -s extglob; alias ls=false; readonly z=3; exec 9>&1")
        .await;
    bench.run("kill -STOP $BASHPID & sleep 0.01; kill -KILL $!").await;
    let probe = "echo \"${x-none} ${y-none} ${z-none} $(type -t f) $(ulimit -n)\"; trap -p; pwd";
    let limit = bench.text("ulimit -n").await;
    assert_ne!(limit, "20");
    assert_eq!(bench.text(probe).await, format!("none none none  {limit}\n{home}"));
}

#[tokio::test]
async fn a_command_finds_the_contracts_environment() {
    let bench = Bench::fake("");
    let home = bench.state().join("home");
    let seen = bench
        .text("echo \"$USER,$HOME,$DISPLAY,${PAGER-unset},${LC_ALL-unset},$#,$-\"")
        .await;
    let (most, settings) = seen.rsplit_once(',').unwrap();
    assert_eq!(most, format!("root,{},:0.0,,unset,0", home.display()));
    assert!(settings.contains('e') && settings.contains('u'), "{settings}");
    // Nothing to read, no signal ignored, no variable of ours exported, no console or port of ours open.
    assert_eq!(bench.run("cat; read -r line").await, (1, Vec::new()));
    assert_eq!(bench.run("trap -p").await, (0, Vec::new()));
    assert_eq!(bench.text("env | grep -i -c '^__proctor' || :").await, "0");
    let open = bench
        .text("for fd in {0..300}; do [ -t $fd ] && echo $fd || :; done")
        .await;
    assert_eq!(open, "1\n2");
    assert_eq!(bench.text("sleep 0.01 & wait $! && echo waited").await, "waited");
}

#[tokio::test]
async fn a_closed_standard_output_is_no_harm() {
    let bench = Bench::fake("");
    assert_eq!(bench.run("exec 1>&-").await, (0, Vec::new()));
    assert_eq!(bench.run("echo yes; exec 1>&-; exit 4").await, (4, b"yes\n".to_vec()));
    assert_eq!(bench.run("exec 1>&-; echo no").await.0, 1);
    assert_eq!(
        bench.run("exec 0<&- 1>&- 2>&-; sleep 0.05; exit 5").await,
        (5, Vec::new())
    );
    assert_eq!(
        bench
            .run("echo yes; for fd in {0..300}; do eval \"exec $fd>&-\"; done")
            .await,
        (0, b"yes\n".to_vec())
    );
    bench.check_usable().await;
}

#[tokio::test]
async fn standard_error_goes_to_the_console() {
    let bench = Bench::fake("");
    assert_eq!(bench.run("echo out; echo to the log >&2").await, (0, b"out\n".to_vec()));
    bench.record.wait_for("to the log").await;
    assert_eq!(bench.run("echo lost >&2 2>/dev/null").await, (0, Vec::new()));
    assert_eq!(bench.run("{ echo joined >&2; } 2>&1").await, (0, b"joined\n".to_vec()));
    assert!(!bench.record.console().iter().any(|line| line.contains("joined")));
}

#[tokio::test]
async fn concurrent_commands_take_turns() {
    let bench = Bench::fake("");
    // Were two of them to run at a time, one would find the directory there.
    let commands = (0..40).map(|number| {
        let machine = bench.machine.clone();
        tokio::spawn(async move {
            let command = format!(
                "mkdir turn; echo {number}; sleep 0.00{}; rmdir turn; exit {number}",
                number % 3
            );
            (number, machine.execute(&command, Some(PATIENCE)).await)
        })
    });
    for task in commands.collect::<Vec<_>>() {
        let (number, result) = task.await.unwrap();
        let result = result.unwrap();
        assert_eq!(
            (result.status, result.stdout),
            (number, format!("{number}\n").into_bytes())
        );
    }
}

#[tokio::test]
async fn outcomes_that_were_not_wanted_are_errors() {
    let bench = Bench::fake("");
    let error = bench.machine.succeed("echo out; exit 124", None).await.unwrap_err();
    let Cause::CommandFailed(result) = &error.cause else {
        panic!("{error}")
    };
    assert_eq!((result.status, result.stdout.as_slice()), (124, b"out\n".as_slice()));
    let text = error.to_string();
    assert!(
        text.starts_with("machine `machine`: succeed(\"echo out; exit 124\"): command `echo out; exit 124` failed")
    );
    assert!(text.contains("exit code 124"), "{text}");
    let error = bench.machine.fail("echo out", None).await.unwrap_err();
    let Cause::CommandUnexpectedlySucceeded(result) = &error.cause else {
        panic!("{error}")
    };
    assert_eq!((result.status, result.stdout.as_slice()), (0, b"out\n".as_slice()));
    assert_eq!(bench.machine.fail("exit 9", None).await.unwrap().status, 9);
    assert_eq!(
        bench.machine.succeed("echo fine", None).await.unwrap().stdout,
        b"fine\n"
    );
    // A message must not become two lines, nor colour a terminal.
    let error = bench
        .machine
        .succeed("\x1b[31mred\nfalse", None)
        .await
        .unwrap_err()
        .to_string();
    assert!(!error.contains(['\x1b', '\n']), "{error:?}");
}
