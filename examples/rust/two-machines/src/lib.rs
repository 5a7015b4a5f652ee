//! Two machines on one network: `server` (192.168.1.1) and `client` (192.168.1.2), both on VLAN 1.

use std::time::Duration;

use proctor_sdk::{Command, Driver, Machine, Result, ensure, log, subtest};

const PAGE: &str = "Hello from the server.";

/// A client fetches a page, the network goes away and comes back.
#[proctor_sdk::test(tags = ["network"], timeout = "2m")]
fn web_server(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    let client = driver.machine("client")?;
    driver.start_all()?;

    subtest("the server offers a page", || {
        server.succeed(format!("mkdir -p /tmp/www && echo '{PAGE}' > /tmp/www/index.html"))?;
        // A daemon that kept the command's standard output would get a warning.
        server.succeed("busybox httpd -h /tmp/www > /dev/null")?;
        server.wait_until_succeeds("busybox wget -q -O - http://127.0.0.1/")?;
        Ok(())
    })?;

    subtest("the client fetches the page", || {
        let page = fetch(&client).timeout(Duration::from_secs(30)).wait_until_succeeds()?;
        ensure!(page.trim() == PAGE, "the client got {page:?}");
        log::info!("the client got {} bytes from {}", page.len(), server.name());
        Ok(())
    })?;

    subtest("without a network the client fetches nothing", || {
        server.block()?;
        fetch(&client).fail()?;
        Ok(())
    })?;

    subtest("with the network back the client fetches the page again", || {
        server.unblock()?;
        let page = fetch(&client).timeout(Duration::from_secs(30)).wait_until_succeeds()?;
        ensure!(page.trim() == PAGE, "the client got {page:?}");
        Ok(())
    })
}

fn fetch(client: &Machine) -> Command<'_> {
    client.command("timeout 2 busybox wget -q -O - http://192.168.1.1/")
}
