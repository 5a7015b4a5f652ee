//! Machines that go on to another system, or to the same once more.

use std::time::Duration;

use proctor::machine::Unit;
use proctor_tests::Bench;

/// Far above what anything here takes.
const AMPLE: Option<Duration> = Some(Duration::from_secs(120));

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_reboots() {
    let bench = Bench::systemd("");
    let machine = &bench.machine;
    machine.start(true, None).await.unwrap();
    machine
        .wait_for_unit(Unit::of("multi-user.target", None), AMPLE)
        .await
        .unwrap();
    let boot = bench
        .text("cat /proc/sys/kernel/random/boot_id; touch /root/kept")
        .await;
    machine.reboot(AMPLE).await.unwrap();
    assert_ne!(
        bench
            .text("cat /proc/sys/kernel/random/boot_id; test -e /root/kept")
            .await,
        boot
    );
    machine
        .wait_for_unit(Unit::of("multi-user.target", None), AMPLE)
        .await
        .unwrap();
    machine.shutdown(AMPLE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_goes_on_from_its_initial_file_system() {
    let bench = Bench::systemd("--initrd");
    let machine = &bench.machine;
    machine
        .wait_for_unit(Unit::of("initrd.target", None), AMPLE)
        .await
        .unwrap();
    let look = "stat --file-system --format=%T /; ls -d /etc/initrd-release /sysroot/home/alice 2>&1";
    assert_eq!(
        bench.text(look).await,
        "tmpfs\n/etc/initrd-release\n/sysroot/home/alice"
    );
    let process = bench.text("touch /sysroot/root/seen; echo $$").await;
    machine.switch_root(AMPLE).await.unwrap();
    assert_eq!(
        bench.text("stat --file-system --format=%T /; ls /root/seen").await,
        "ext2/ext3\n/root/seen"
    );
    assert_eq!(bench.run("test -e /etc/initrd-release").await.0, 1);
    assert_ne!(bench.text("echo $$").await, process);
    machine
        .wait_for_unit(Unit::of("multi-user.target", None), AMPLE)
        .await
        .unwrap();
}
