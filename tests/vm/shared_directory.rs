//! The directories that old tests share with their machines.

use std::time::Duration;

use proctor_tests::Bench;

/// What takes some seconds on a machine, and longer on a busy computer.
const SOON: Option<Duration> = Some(Duration::from_secs(60));

#[tokio::test(flavor = "multi_thread")]
async fn shared_directories_are_mounted_and_can_be_written_on_both_sides() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.wait_for_file("/run/machine-ready", SOON).await.unwrap();
    for (mounted, here) in [
        ("/tmp/shared", bench.run.shared()),
        ("/tmp/xchg", bench.state().join("xchg")),
    ] {
        bench.text(&format!("grep ' {mounted} 9p ' /proc/mounts")).await;
        std::fs::write(here.join("from the host"), "the host's\n").unwrap();
        assert_eq!(
            bench.text(&format!("cat '{mounted}/from the host'")).await,
            "the host's"
        );
        bench
            .text(&format!(
                "mkdir {mounted}/new; echo \"the machine's\" > {mounted}/new/file"
            ))
            .await;
        let read = std::fs::read_to_string(here.join("new/file")).unwrap();
        assert_eq!(read, "the machine's\n");
        // Each sees the other's changes, not only its new files.
        std::fs::write(here.join("new/file"), "the host's once more\n").unwrap();
        assert_eq!(
            bench.text(&format!("cat {mounted}/new/file")).await,
            "the host's once more"
        );
        bench.text(&format!("rm '{mounted}/from the host'")).await;
        assert!(!here.join("from the host").exists());
    }
    // Waits look there as anywhere else.
    let (waited, ()) = tokio::join!(machine.wait_for_file("/tmp/shared/late", SOON), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        std::fs::write(bench.run.shared().join("late"), "").unwrap();
    });
    waited.unwrap();
}
