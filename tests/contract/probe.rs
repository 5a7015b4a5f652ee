use proctor_tests::Bench;
#[tokio::test]
async fn probe() {
    let bench = Bench::fake("");
    let r = bench.machine.execute("trap '' TERM HUP; sleep 1000 & echo $! $BASHPID > processes; kill -9 $$; wait", None).await;
    println!("{r:?}");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    println!("{}", bench.text("cat processes; ps -o pid,ppid,pgid,sid,stat,args -p $(tr ' ' ',' < processes) || :").await);
    println!("{:?}", bench.record.messages());
}
