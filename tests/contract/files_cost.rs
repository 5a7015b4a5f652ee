//! What copies cost a machine, in commands.

use proctor::limits::SMALL_FILE_BYTES;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, bytes, granted_as_data};

/// How many commands the guest had run when it ran this one, by the number that its shell keeps.
async fn count(bench: &Bench) -> u64 {
    bench.text("echo $__proctor_number").await.parse().unwrap()
}

/// How many commands the guest runs for some work, the one that asks not counted.
async fn commands(bench: &Bench, work: impl Future<Output = ()>) -> u64 {
    let before = count(bench).await;
    work.await;
    count(bench).await - before - 1
}

#[tokio::test]
async fn a_file_of_any_size_and_a_directory_cost_one_command() {
    let (bench, data) = (Bench::fake(""), tempfile::tempdir().unwrap());
    let (machine, output) = (&bench.machine, OutputDirectory::open(data.path()).unwrap());
    let grants = granted_as_data(data.path());
    std::fs::create_dir_all(data.path().join("tree/deep")).unwrap();
    std::fs::write(data.path().join("tree/deep/file"), bytes(1_000)).unwrap();
    bench.text("true").await;
    // The number tells what it should.
    assert_eq!(commands(&bench, async {}).await, 0);
    let twice = async {
        bench.text("true").await;
        bench.text("true").await;
    };
    assert_eq!(commands(&bench, twice).await, 2);
    let small = usize::try_from(SMALL_FILE_BYTES).unwrap();
    for size in [0, 1, 1_000, small, small + 1, 3_000_000] {
        std::fs::write(data.path().join("source"), bytes(size)).unwrap();
        // There, anew where there is one already, and back.
        for _ in 0..2 {
            let there = async {
                let copy = machine.copy_from_host(&grants, "data/source", "new/target", None);
                copy.await.unwrap();
            };
            assert_eq!(commands(&bench, there).await, 1, "{size}");
        }
        let back = async {
            let copy = machine.copy_from_machine(&output, "new/target", "back", None);
            copy.await.unwrap();
        };
        assert_eq!(commands(&bench, back).await, 1, "{size}");
        assert!(std::fs::read(data.path().join("back/target")).unwrap() == bytes(size));
    }
    let tree = async {
        machine
            .copy_from_host(&grants, "data/tree", "tree", None)
            .await
            .unwrap();
    };
    assert_eq!(commands(&bench, tree).await, 1);
    let tree = async {
        let copy = machine.copy_from_machine(&output, "tree", "back", None);
        copy.await.unwrap();
    };
    assert_eq!(commands(&bench, tree).await, 1);
}
