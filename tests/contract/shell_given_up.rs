//! Commands that are given up because the guest's shells do not do what they are told.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proctor_tests::{Bench, ROOM, processes};

/// Prints the process of the guest's first shell: the parent of the worker's supervisor.
const FIRST: &str =
    "read -r _ _ _ supervisor _ < /proc/$$/stat; read -r _ _ _ first _ < /proc/$supervisor/stat; echo $first";

async fn process(bench: &Bench, command: &str) -> i32 {
    bench.text(command).await.parse().unwrap()
}

fn go_on(process: i32) {
    kill(Pid::from_raw(process), Signal::SIGCONT).unwrap();
}

#[tokio::test]
async fn what_it_has_printed_is_told() {
    let bench = Bench::fake("");
    let first = process(&bench, FIRST).await;
    // Nobody kills the command.
    processes::stop(first).await;
    let result = bench.machine.execute("echo half; sleep 600", Some(ROOM)).await.unwrap();
    assert_eq!((result.status, result.stdout), (124, b"half\n".to_vec()));
    go_on(first);
    bench.check_usable().await;
}

#[tokio::test]
async fn it_does_not_run_later() {
    let bench = Bench::fake("");
    let long = format!("touch ran-late; : {}", "x".repeat(100_000));
    for command in ["touch ran-late", &long] {
        let worker = process(&bench, "echo $$").await;
        processes::stop(worker).await;
        let result = bench.machine.execute(command, Some(ROOM)).await.unwrap();
        assert_eq!(result.status, 124);
        bench.check_usable().await;
        assert_ne!(process(&bench, "echo $$").await, worker);
        assert_eq!(bench.run("test -e ran-late").await.0, 1, "{} bytes", command.len());
    }
}

#[tokio::test]
async fn a_worker_is_not_taken_for_dead_when_an_earlier_one_was() {
    let bench = Bench::fake("");
    let told = "session=$(tr '\\0' '\\n' < /proc/$$/cmdline | tail -n 1); \
                printf '\\002%s down 137 1.1\\003' $session > $PROCTOR_DEV/hvc0; sleep 0.5; echo alive";
    assert_eq!(bench.text(told).await, "alive");
    bench.check_usable().await;
}

#[tokio::test]
async fn a_slow_relay_is_waited_for() {
    let bench = Bench::fake("--fake-one-console");
    let command = "sleep 1000 & until pkill -STOP -P $$ -x cat; do sleep 0.01; done; \
                   (sleep 1; pkill -CONT -P $$ -x cat) > /dev/null 2>&1 & echo answer; exit 3";
    assert_eq!(bench.run(command).await, (3, b"answer\n".to_vec()));
    // A holder that goes on to print holds nobody up for long.
    let command = "(while :; do echo yyyyyyy; done) & echo answer";
    let (status, output) = bench.run(command).await;
    assert_eq!(status, 0);
    assert!(output.starts_with(b"answer\n") || output.windows(8).any(|text| text == b"\nanswer\n"));
    bench.check_usable().await;
}
