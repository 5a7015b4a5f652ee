//! A gigabyte, through a host whose memory does not grow with it.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, bytes, granted_as_data, separate_process};
use sha2::{Digest as _, Sha256};

const GIGABYTE: u64 = 1 << 30;
/// How much the host's memory may grow by at the most while it copies that, in KiB. It keeps some pieces on their way:
/// three megabytes, and of a directory's archive 24.
const MEMORY_KIB: u64 = 64 << 10;
/// What is not a hole in the file, and between two such pieces.
const PIECE: usize = 64 << 10;
const DISTANCE: u64 = 16 << 20;
/// A directory's size, several times what may be kept of it, and the files that it is in.
const TREE: u64 = 256 << 20;
const PARTS: u64 = 4;
/// A copy takes seconds.
const LONG: Duration = Duration::from_secs(60);

/// Writes a file that is mostly holes, which costs the disk little: each piece that is none has content of its own.
fn write_sparse(path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    let content = bytes(2 * PIECE);
    for (number, at) in (0..GIGABYTE).step_by(DISTANCE as usize).enumerate() {
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&content[number..number + PIECE]).unwrap();
    }
    file.set_len(GIGABYTE).unwrap();
}

fn digest(path: &Path) -> Vec<u8> {
    let (mut file, mut hasher) = (std::fs::File::open(path).unwrap(), Sha256::new());
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => return hasher.finalize().to_vec(),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// What this process's memory is now (`VmRSS`), or was at the most (`VmHWM`), in KiB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// By how much this process's memory grew at the most while it worked, in KiB.
async fn growth(work: impl Future<Output = ()>) -> u64 {
    // The highest so far is forgotten.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");
    work.await;
    memory("VmHWM").saturating_sub(before)
}

#[test]
fn a_gigabyte_goes_there_and_back_in_little_memory() {
    let name = "files_large::a_gigabyte_goes_there_and_back_in_little_memory";
    if let Some(mut process) = separate_process(name) {
        let ended = process.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(
            ended.status.success(),
            "{said}\n{}",
            String::from_utf8_lossy(&ended.stderr)
        );
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.unwrap().block_on(copy_a_gigabyte());
}

async fn copy_a_gigabyte() {
    let (bench, data) = (Bench::fake(""), tempfile::tempdir().unwrap());
    let (machine, output) = (&bench.machine, OutputDirectory::open(data.path()).unwrap());
    let grants = granted_as_data(data.path());
    let file = data.path().join("file");
    write_sparse(&file);
    let sum = digest(&file);
    let hexadecimal: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    // What has been used once is not growth.
    machine.connect(None).await.unwrap();

    // Into a pipe with a reader: a machine with so large a disk is not needed.
    bench
        .text("mkfifo pipe; (sha256sum < pipe > sum) > /dev/null 2>&1 &")
        .await;
    let there = growth(async {
        machine
            .copy_from_host(&grants, "data/file", "pipe", Some(LONG))
            .await
            .unwrap();
    });
    let there = there.await;
    bench.text("until [[ -s sum ]]; do sleep 0.1; done").await;
    assert!(bench.text("cat sum").await.starts_with(&hexadecimal));

    let source = file.to_str().unwrap();
    let back = growth(async {
        machine
            .copy_from_machine(&output, source, "back", Some(LONG))
            .await
            .unwrap();
    });
    let back = back.await;
    let copy = data.path().join("back/file");
    assert_eq!(digest(&copy), sum);
    std::fs::remove_file(copy).unwrap();

    // A directory goes as an archive, of which larger pieces are kept.
    std::fs::create_dir(data.path().join("tree")).unwrap();
    for number in 0..PARTS {
        let part = std::fs::File::create(data.path().join(format!("tree/{number}"))).unwrap();
        part.set_len(TREE / PARTS).unwrap();
        (&part).write_all(&bytes(PIECE)).unwrap();
    }
    let tree = growth(async {
        machine
            .copy_from_host(&grants, "data/tree", "tree", Some(LONG))
            .await
            .unwrap();
    });
    let tree = tree.await;
    let same = format!("diff -r tree '{}' && rm -r tree", data.path().join("tree").display());
    bench.text(&same).await;
    println!("memory grew by {there} KiB there, {back} KiB back, {tree} KiB for a directory");
    for growth in [there, back, tree] {
        assert!(
            growth < MEMORY_KIB,
            "{there} KiB there, {back} KiB back, {tree} KiB for a directory"
        );
    }
    bench.check_usable().await;
}
