//! Machines made of parts: what is asked for is there, as the guest sees it, and the host's files stay as they are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use proctor::driver::Driver;
use proctor::event::Reporter;
use proctor::grants::Grants;
use proctor::limits::Limits;
use proctor::machine::{DISK_OVERLAY, Machine, MachineDescription, MachineFactory, MachineParts};
use proctor::polling::Polling;
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor_tests::{bytes, path_from_environment};

/// What takes some seconds on a machine, and longer on a busy computer.
const SOON: Option<Duration> = Some(Duration::from_secs(60));
/// Of each disk and CD, a whole number of their blocks.
const IMAGE_BYTES: usize = 1 << 20;
/// What the guest writes over the first bytes of its disk.
const WRITTEN: &str = "written by the guest";

struct Scene {
    driver: Driver,
    run: RunDirectory,
    images: tempfile::TempDir,
    _reporter: Reporter,
}

impl Scene {
    fn new() -> Self {
        let (reporter, events) = Reporter::start(Vec::new()).unwrap();
        let run = RunDirectory::create(false, None).unwrap();
        let factory = MachineFactory {
            run: run.clone(),
            vlans: Vec::new(),
            limits: Limits::default(),
            events,
            setup: SetupClock::default(),
            polling: Polling::default(),
        };
        let grants = Grants {
            create_machine: true,
            ..Grants::default()
        };
        Self {
            driver: Driver::new(Vec::new(), &[]).with_factory(factory).with_grants(grants),
            run,
            images: tempfile::tempdir().unwrap(),
            _reporter: reporter,
        }
    }

    /// Writes an image, different for each number, and returns its path.
    fn image(&self, name: &str, number: usize) -> PathBuf {
        let path = self.images.path().join(name);
        let content = bytes(IMAGE_BYTES + number);
        std::fs::write(&path, &content[number..]).unwrap();
        path
    }

    /// Boots a machine of these parts and inserts the modules for its drives.
    async fn boot(&self, parts: MachineParts) -> Machine {
        let machine = self.driver.create_machine(&MachineDescription::Parts(parts)).unwrap();
        run(&machine, "/sbin/insert-drives").await;
        machine
    }
}

/// Parts with the kernel of `mini`, as arguments of QEMU.
fn parts(name: &str) -> MachineParts {
    let image = path_from_environment("PROCTOR_MINI");
    let file = |name: &str| image.join(name).to_str().unwrap().to_owned();
    let kernel = "console=ttyS0 panic=-1 loglevel=4 mitigations=off no_timer_check net.ifnames=0 random.trust_cpu=on";
    let arguments = [
        "-accel",
        "tcg,tb-size=256",
        "-kernel",
        &file("vmlinux"),
        "-initrd",
        &file("initramfs"),
        "-append",
        &format!("{kernel} proctor.name={name}"),
    ];
    MachineParts {
        name: name.into(),
        arguments: arguments.map(str::to_owned).to_vec(),
        ..MachineParts::default()
    }
}

fn text(path: &Path) -> Option<String> {
    Some(path.to_str().unwrap().to_owned())
}

async fn run(machine: &Machine, command: &str) -> String {
    match machine.succeed(command, SOON).await {
        Ok(result) => String::from_utf8(result.stdout).unwrap().trim_end().to_owned(),
        Err(error) => panic!("{error}"),
    }
}

/// Waits for a drive, and returns the checksum of all that is on it.
async fn checksum(machine: &Machine, drive: &str) -> String {
    let read = format!("head -c 1 /dev/{drive}");
    let readable = machine.wait_until_succeeds(&read, SOON, None).await;
    readable.unwrap_or_else(|error| panic!("{error}"));
    run(machine, &format!("sha256sum < /dev/{drive}")).await
}

/// The checksum of a file of the host, as `sha256sum` of the guest writes it.
fn checksum_here(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap();
    let output = Command::new("sha256sum").stdin(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

async fn overwrite(machine: &Machine, drive: &str) {
    let write = format!("printf '{WRITTEN}' | dd of=/dev/{drive} conv=notrunc,fsync");
    run(machine, &write).await;
}

async fn beginning(machine: &Machine, drive: &str) -> String {
    let read = format!("head -c {} /dev/{drive}", WRITTEN.len());
    let readable = machine.wait_until_succeeds(&read, SOON, None).await;
    readable.unwrap_or_else(|error| panic!("{error}"));
    run(machine, &read).await
}

/// The firmware that QEMU has itself.
fn firmware() -> Vec<u8> {
    let directories = Command::new("qemu-system-x86_64")
        .args(["-L", "help"])
        .output()
        .unwrap();
    let directories = String::from_utf8(directories.stdout).unwrap();
    let mut files = directories
        .lines()
        .map(|directory| Path::new(directory).join("bios-256k.bin"));
    std::fs::read(files.find(|file| file.exists()).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_parts_are_there_and_the_hosts_images_stay_as_they_are() {
    let scene = Scene::new();
    let disk = scene.image("a disk, it's raw", 1);
    let cdrom = scene.image("cd.iso", 2);
    let usb = scene.image("a stick, too", 3);
    // The last 16 bytes of the firmware, from which it starts, hold its date.
    let mut bios = firmware();
    let date = bios.len() - 11;
    bios[date..date + 8].copy_from_slice(b"11/22/33");
    let bios_file = scene.images.path().join("bios.bin");
    std::fs::write(&bios_file, bios).unwrap();
    let images = [&disk, &cdrom, &usb];
    let before = images.map(|image| checksum_here(image));

    let machine = scene
        .boot(MachineParts {
            disk: text(&disk),
            cdrom: text(&cdrom),
            usb: text(&usb),
            bios: text(&bios_file),
            netdev_arguments: Some("net=10.9.8.0/24,host=10.9.8.7".into()),
            net_device_arguments: Some("mac=52:54:00:00:ab:cd,romfile=".into()),
            ..parts("virtio")
        })
        .await;
    assert_eq!(run(&machine, "cat /proc/sys/kernel/hostname").await, "virtio");
    for (drive, checksum_before) in ["vda", "sr0", "sda"].into_iter().zip(&before) {
        assert_eq!(&checksum(&machine, drive).await, checksum_before, "{drive}");
    }
    let bus = run(&machine, "readlink -f /sys/block/sda/device").await;
    assert!(bus.contains("/usb"), "{bus}");
    // What the machine has at the address of the firmware's date.
    assert_eq!(
        run(&machine, "dd if=/dev/mem bs=1 skip=$((0xffff5)) count=8").await,
        "11/22/33"
    );
    run(
        &machine,
        "test -e /run/machine-ready || sleep 5; ip address add 10.9.8.15/24 dev eth0",
    )
    .await;
    assert_eq!(
        run(&machine, "cat /sys/class/net/eth0/address").await,
        "52:54:00:00:ab:cd"
    );
    run(&machine, "ping -c 1 -W 5 10.9.8.7").await;

    overwrite(&machine, "vda").await;
    assert_eq!(beginning(&machine, "vda").await, WRITTEN);
    let error = machine
        .succeed("printf x | dd of=/dev/sda conv=notrunc,fsync", SOON)
        .await;
    error.expect_err("the stick cannot be written to");
    machine.shutdown(SOON).await.unwrap();
    // A machine that is started again has what it wrote.
    run(&machine, "/sbin/insert-drives").await;
    assert_eq!(beginning(&machine, "vda").await, WRITTEN);
    machine.shutdown(SOON).await.unwrap();

    // So has another machine that is given its disk, which it does not change either.
    let written = scene.run.machine("virtio").join(DISK_OVERLAY);
    let before_next = checksum_here(&written);
    let machine = scene
        .boot(MachineParts {
            disk: Some(format!("../vm-state-virtio/{DISK_OVERLAY}")),
            disk_interface: Some("scsi".into()),
            ..parts("scsi")
        })
        .await;
    assert_eq!(beginning(&machine, "sda").await, WRITTEN);
    let bus = run(
        &machine,
        "readlink -f /sys/block/sda/device; cat /sys/block/sda/device/vendor",
    )
    .await;
    assert!(bus.contains("/virtio") && bus.contains("QEMU"), "{bus}");
    run(
        &machine,
        "dd if=/dev/zero of=/dev/sda bs=4096 count=1 conv=notrunc,fsync",
    )
    .await;
    machine.shutdown(SOON).await.unwrap();
    assert_eq!(checksum_here(&written), before_next);
    assert_eq!(images.map(|image| checksum_here(image)), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ide_disk_in_a_format_of_its_own_is_there_and_stays_as_it_is() {
    let scene = Scene::new();
    let raw = scene.image("raw", 0);
    let disk = scene.images.path().join("disk.qcow2");
    let mut convert = Command::new("qemu-img");
    convert.args(["convert", "-O", "qcow2"]).arg(&raw).arg(&disk);
    assert!(convert.status().unwrap().success());
    let before = checksum_here(&disk);
    let machine = scene
        .boot(MachineParts {
            disk: text(&disk),
            disk_interface: Some("ide".into()),
            ..parts("ide")
        })
        .await;
    // As the disk's format has it, not as its file does.
    assert_eq!(checksum(&machine, "sda").await, checksum_here(&raw));
    let bus = run(&machine, "readlink -f /sys/block/sda/device").await;
    assert!(bus.contains("/ata"), "{bus}");
    overwrite(&machine, "sda").await;
    machine.shutdown(SOON).await.unwrap();
    assert_eq!(checksum_here(&disk), before);

    let missing = MachineParts {
        disk: Some("/nonexistent/disk".into()),
        ..parts("missing")
    };
    let error = scene
        .driver
        .create_machine(&MachineDescription::Parts(missing))
        .unwrap()
        .start(false, None)
        .await
        .unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("an image that it can read") && error.contains("/nonexistent/disk"),
        "{error}"
    );
}
