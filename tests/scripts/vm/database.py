# A database that is written to, copied and restored, on two machines.
import csv
import hashlib
import io
import tempfile

start_all()
RECORDS = [(number, f"name {number}", hashlib.sha256(str(number).encode()).hexdigest()) for number in range(500)]

with subtest("records are written"):
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(RECORDS)
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(table.getvalue())
        file.flush()
        client.copy_from_host(file.name, "/var/db/records.csv")
    assert client.succeed("wc -l < /var/db/records.csv").strip() == "500"

with subtest("one record is found"):
    found = client.succeed("grep '^42,' /var/db/records.csv")
    t.assertEqual(next(csv.reader([found])), [str(value) for value in RECORDS[42]])

with subtest("they are copied over the network"):
    # A bare `nc -l` passes the end of its own input on, at which the other side may end before it has sent.
    server.succeed("mkdir -p /var/db; (busybox nc -l -p 5432 -e sh -c 'cat > /var/db/records.csv') > /dev/null 2>&1 < /dev/null &")
    server.wait_until_succeeds("busybox netstat -ltn | grep -q :5432", timeout=30)
    client.succeed("busybox nc 192.168.1.2 5432 < /var/db/records.csv")
    sums = [m.wait_until_succeeds("busybox sha256sum /var/db/records.csv | cut -d ' ' -f 1 | grep .") for m in (client, server)]
    server.wait_until_succeeds(f"busybox sha256sum /var/db/records.csv | grep -q {sums[0].strip()}", timeout=30)

with subtest("a dump is kept for the reader of the results"):
    server.copy_from_machine("/var/db", "dump")
    with open(driver.out_dir / "dump" / "db" / "records.csv") as file:
        assert [tuple(row) for row in csv.reader(file)] == [tuple(map(str, record)) for record in RECORDS]

with subtest("a machine that dies tells so"):
    server.crash()
    assert not server.is_up()
    client.fail("busybox nc -w 2 192.168.1.2 5432 < /dev/null")
