//! Units, told by a `systemctl` of the test's own: what a real one does is tested on a real machine.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::machine::Unit;
use proctor_tests::{Bench, LATE, ROOM};

/// A `systemctl` whose units' states stand in files, a `journalctl` and a `su` that show what they are asked.
const PROGRAMS: &str = r##"
mkdir -p states
bin=${PATH%%:*}
cat > $bin/systemctl <<'END'
#!/bin/bash
echo "$@" >> asked
[ "$1" != --user ] || shift
[ "$1" != --no-pager ] || shift
unit=${!#}
case $1 in
    show)
        [ -e "states/$unit" ] || { echo "Failed to connect to bus: No such file or directory" >&2; exit 1; }
        cat "states/$unit" ;;
    is-active)
        [ -e "states/$unit" ] && [ "$unit" != blind ] || exit 1
        sed -n 's/^ActiveState=//p' "states/$unit"
        grep -q ActiveState=active "states/$unit" || exit 3 ;;
    list-jobs) cat states/jobs ;;
    start) echo ActiveState=active > "states/$unit"; echo started ;;
    stop) echo "no such unit" >&2; exit 5 ;;
    *) echo "Unknown command verb '$1'." >&2; exit 1 ;;
esac
END
cat > $bin/journalctl <<'END'
#!/bin/bash
echo "$@" >> asked
for number in {1..30}; do echo "journal line $number"; done | tail -n 10
END
cat > $bin/su <<'END'
#!/bin/bash
echo "$2: ${!#}" >> users
[ "$2" != stranger ] || { echo "su: user stranger does not exist" >&2; exit 1; }
exec bash -c "${!#}"
END
chmod +x $bin/*
echo "No jobs running." > states/jobs
printf 'ActiveState=%s\nSubState=dead\nLoadState=loaded\n' inactive > states/inactive
printf 'ActiveState=%s\nSubState=failed\nLoadState=loaded\nDescription=with = and\n' failed > states/failed
printf 'ActiveState=%s\nSubState=start\nLoadState=loaded\n' activating | tee states/slow > states/blind
printf 'ActiveState=%s\nSubState=running\nLoadState=loaded\n' active > "states/it's \$(touch evil) ; \"up\""
"##;

/// A name that a shell must not read.
const ODD: &str = "it's $(touch evil) ; \"up\"";

async fn bench() -> Bench {
    let bench = Bench::fake("");
    bench.text(PROGRAMS).await;
    bench
}

fn unit(name: &str) -> Unit<'_> {
    Unit { name, user: None }
}

#[tokio::test]
async fn a_unit_that_is_active_or_becomes_so_is_waited_for() {
    let bench = bench().await;
    bench.machine.wait_for_unit(unit(ODD), None).await.unwrap();
    assert_eq!(bench.run("test -e evil").await.0, 1);
    // Of one the quick look tells nothing.
    for name in ["slow", "blind"] {
        bench
            .text(&format!(
                "(sleep 0.5; cp \"states/it's\"* states/{name}) > /dev/null 2>&1 &"
            ))
            .await;
        let start = Instant::now();
        bench.machine.wait_for_unit(unit(name), None).await.unwrap();
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    }
    let asked = bench.text("cat asked").await;
    assert!(asked.contains("is-active -- slow"), "{asked}");
}

#[tokio::test]
async fn what_is_no_unit_and_no_user_is_told_at_once() {
    let bench = bench().await;
    let long = "u".repeat(256);
    for (name, user) in [
        ("", None),
        (&long, None),
        ("--help", None),
        ("a\nb", None),
        ("slow", Some("")),
        ("slow", Some("--help")),
        ("slow", Some(&long)),
        ("slow", Some("stranger")),
    ] {
        let error = bench
            .machine
            .wait_for_unit(Unit { name, user }, None)
            .await
            .unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    for error in [
        bench.machine.start_job(unit("--help"), None).await.unwrap_err(),
        bench.machine.get_unit_info(unit(""), None).await.unwrap_err(),
        bench
            .machine
            .systemctl("status", Some("--help"), None)
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    assert!(!bench.text("cat users").await.contains("help"));
}

#[tokio::test]
async fn a_unit_that_will_never_be_active_is_told_at_once_with_its_journal() {
    let bench = bench().await;
    for (name, state, says) in [
        ("failed", "failed", "unit \"failed\" reached state \"failed\""),
        (
            "inactive",
            "inactive",
            "unit \"inactive\" is inactive and there are no pending jobs",
        ),
    ] {
        let start = Instant::now();
        let error = bench.machine.wait_for_unit(unit(name), None).await.unwrap_err();
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
        let text = error.to_string();
        assert!(text.contains(says) && text.contains("\n    journal line 30"), "{text}");
        let Cause::UnitFailed {
            unit,
            state: seen,
            journal,
            ..
        } = error.cause
        else {
            panic!("{text}")
        };
        assert_eq!((unit.as_str(), seen.as_str(), journal.len()), (name, state, 10));
    }
    // With a job pending it may yet become active.
    bench.text("echo '1 x.service start waiting' > states/jobs").await;
    let limit = Some(ROOM);
    let error = bench.machine.wait_for_unit(unit("inactive"), limit).await.unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    assert!(error.to_string().contains("inactive (dead, loaded)"), "{error}");
}

#[tokio::test]
async fn a_wait_in_vain_ends_in_time_and_tells_the_state_and_the_journal() {
    let bench = bench().await;
    // The journal is looked for in the last quarter.
    let limit = 2 * ROOM;
    let start = Instant::now();
    let error = bench
        .machine
        .wait_for_unit(unit("slow"), Some(limit))
        .await
        .unwrap_err();
    assert!(
        start.elapsed() >= limit && start.elapsed() < limit + LATE,
        "{:?}",
        start.elapsed()
    );
    let text = error.to_string();
    for part in [
        "unit \"slow\": activating (start, loaded)",
        "last lines of its journal",
        "journal line 30",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // A service manager that does not answer may come up.
    let limit = Some(Duration::from_secs(1));
    let error = bench.machine.wait_for_unit(unit("unknown"), limit).await.unwrap_err();
    assert!(error.to_string().contains("Failed to connect to bus"), "{error}");
    // And one that hangs hangs nobody.
    bench
        .text("printf '#!/bin/sh\\nsleep 1000\\n' > ${PATH%%:*}/systemctl")
        .await;
    let start = Instant::now();
    let error = bench.machine.wait_for_unit(unit("slow"), limit).await.unwrap_err();
    assert!(error.to_string().contains("systemctl was still running"), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn any_state_can_be_waited_for() {
    let bench = bench().await;
    for (name, state) in [("failed", "failed"), ("inactive", "inactive"), ("slow", "activating")] {
        bench
            .machine
            .wait_for_unit_state(unit(name), state, None)
            .await
            .unwrap();
        bench.machine.require_unit_state(unit(name), state, None).await.unwrap();
    }
    let limit = Some(Duration::from_millis(300));
    let error = bench
        .machine
        .wait_for_unit_state(unit("failed"), "active", limit)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    for error in [
        bench
            .machine
            .wait_for_unit_state(unit("slow"), "up", None)
            .await
            .unwrap_err(),
        bench
            .machine
            .require_unit_state(unit("slow"), "", None)
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    let error = bench
        .machine
        .require_unit_state(unit("slow"), "active", None)
        .await
        .unwrap_err();
    let says = "Expected unit ‘slow’ to to be in state 'active' but it is in state ‘activating’";
    assert!(error.to_string().contains(says), "{error}");
}

#[tokio::test]
async fn properties_are_told_and_missing_ones_missed() {
    let bench = bench().await;
    let properties = bench.machine.get_unit_info(unit("failed"), None).await.unwrap();
    assert_eq!(properties[3], ("Description".to_owned(), "with = and".to_owned()));
    let found = bench
        .machine
        .get_unit_property(unit("failed"), "SubState", None)
        .await
        .unwrap();
    assert_eq!(found, "failed");
    let error = bench
        .machine
        .get_unit_property(unit("failed"), "X; touch evil", None)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    assert_eq!(bench.run("test -e evil").await.0, 1);
    let error = bench.machine.get_unit_info(unit("unknown"), None).await.unwrap_err();
    let Cause::CommandFailed(result) = error.cause else {
        panic!("{error}")
    };
    assert_eq!(result.status, 1);
    assert!(String::from_utf8_lossy(&result.stdout).contains("Failed to connect to bus"));
}

#[tokio::test]
async fn jobs_and_systemctl_tell_how_they_ended() {
    let bench = bench().await;
    let started = bench.machine.start_job(unit("slow"), None).await.unwrap();
    assert_eq!((started.status, started.stdout.as_slice()), (0, &b"started\n"[..]));
    assert_eq!(bench.machine.stop_job(unit("slow"), None).await.unwrap().status, 5);
    // What it is given is a piece of a command line.
    let ended = bench
        .machine
        .systemctl("frobnicate 'a b' 2>&1 | tr a-z A-Z", None, None)
        .await
        .unwrap();
    assert_eq!(ended.stdout, b"UNKNOWN COMMAND VERB 'FROBNICATE'.\n");
    let limit = Some(Duration::from_millis(200));
    let ended = bench
        .machine
        .systemctl("list-jobs; sleep 100", None, limit)
        .await
        .unwrap();
    assert_eq!(ended.status, 124);
}

#[tokio::test]
async fn a_users_units_are_asked_of_the_users_manager() {
    let bench = bench().await;
    let user = |name| Unit {
        name,
        user: Some("alice"),
    };
    bench.machine.wait_for_unit(user(ODD), None).await.unwrap();
    let error = bench.machine.wait_for_unit(user("failed"), None).await.unwrap_err();
    assert!(
        matches!(&error.cause, Cause::UnitFailed { user: Some(user), .. } if user == "alice"),
        "{error}"
    );
    let become_active = "(sleep 0.5; cp \"states/it's\"* states/slow) > /dev/null 2>&1 &";
    bench.text(become_active).await;
    bench.machine.wait_for_unit(user("slow"), None).await.unwrap();
    assert_eq!(bench.machine.start_job(user("slow"), None).await.unwrap().status, 0);
    let asked = bench.text("cat users asked").await;
    for part in [
        "alice: XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user --no-pager show",
        "--user is-active -- slow",
        "--user start -- slow",
        "_SYSTEMD_USER_UNIT=failed.service + ",
    ] {
        assert!(asked.contains(part), "{part}\n{asked}");
    }
    assert_eq!(bench.run("test -e evil").await.0, 1);
}

#[tokio::test]
async fn a_machine_without_systemd_is_told() {
    let bench = Bench::fake("");
    bench
        .text("printf '#!/bin/sh\\nexit 127\\n' > ${PATH%%:*}/systemctl; chmod +x ${PATH%%:*}/systemctl")
        .await;
    let error = bench.machine.wait_for_unit(unit("x"), None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
    assert!(error.to_string().contains("no program `systemctl`"), "{error}");
}
