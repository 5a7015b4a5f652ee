//! Tests of real machines.

use proctor_tests::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn smoke() {
    let bench = Bench::mini();
    let start = std::time::Instant::now();
    let r = bench.machine.connect().await;
    println!("connect {:?} {r:?}", start.elapsed());
    if r.is_err() { println!("{:#?} {:#?}", bench.record.messages(), bench.record.console()); return; }
    for c in ["true", "echo hi; exit 3", ")", "echo $-; set -o | grep -c on", "printf '\\0\\377'; tty; ps"] {
        let s = std::time::Instant::now();
        let r = bench.machine.execute(c, Some(std::time::Duration::from_secs(3))).await;
        println!("{c}: {:?} {:?}", s.elapsed(), r.map(|r| (r.status, String::from_utf8_lossy(&r.stdout).into_owned())));
    }
    println!("{:#?} {:#?}", bench.record.messages(), bench.record.console());
    let mut t: Vec<_> = Vec::new();
    for _ in 0..50 { let s = std::time::Instant::now(); bench.machine.succeed("true", None).await.unwrap(); t.push(s.elapsed()); }
    t.sort(); println!("median true {:?}", t[25]);
    let s = std::time::Instant::now();
    let r = bench.machine.succeed("head -c 64000000 /dev/zero", None).await;
    println!("64 MB {:?} {:?}", s.elapsed(), r.map(|r| r.stdout.len()));
    let s = std::time::Instant::now();
    let r = bench.machine.execute("trap '' TERM INT; sleep 100 & sleep 1000", Some(std::time::Duration::from_secs(1))).await;
    println!("timeout {:?} {:?}", s.elapsed(), r.map(|r| r.status));
    let s = std::time::Instant::now();
    let r = bench.machine.execute("echo a; kill -9 $$; echo b", Some(std::time::Duration::from_secs(5))).await;
    println!("suicide {:?} {}", s.elapsed(), r.unwrap_err());
    let s = std::time::Instant::now();
    let r = bench.machine.execute("sleep 2 & echo x", Some(std::time::Duration::from_secs(5))).await;
    println!("background {:?} {:?}", s.elapsed(), r);
    let r = bench.machine.succeed("ps; uptime", Some(std::time::Duration::from_secs(5))).await;
    println!("{}", String::from_utf8_lossy(&r.unwrap().stdout));
    println!("{:#?}", bench.record.messages());
    println!("{:#?}", bench.record.console());
}
