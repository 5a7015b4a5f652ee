//! One machine with systemd and a screen. Its web server gets a site from the host, and a person logs in on a terminal.
//!
//! Run with `--allow-read site=DIRECTORY`, which grants the directory `site` beside this file's, and
//! `--allow-forward-port`.

use std::time::Duration;

use proctor_sdk::{Driver, Result, ensure, log, subtest};

/// nginx serves a site that comes from the host, and its log goes back there.
#[proctor_sdk::test(tags = ["units", "files"], timeout = "5m")]
fn nginx_serves_a_site(driver: Driver) -> Result<()> {
    let server = driver.only_machine()?;

    subtest("nginx starts", || {
        server.copy_from_host("site", "/var/www/html")?;
        server.systemctl("start nginx")?;
        server.wait_for_unit("nginx")?;
        server.within(Duration::from_secs(10)).wait_for_open_port(80)
    })?;

    subtest("the site is there", || {
        let page = server.succeed("busybox wget -q -O - http://localhost/")?;
        ensure!(page.contains("Hello from nginx."), "the page is {page:?}");
        server.succeed("busybox wget -q -O - http://localhost/pictures/dot.svg")?;
        let port = server.forward_port(0, 80)?;
        log::info!("as long as this test runs, the site is at http://localhost:{port}/ of this computer, too");
        Ok(())
    })?;

    subtest("a reload keeps the process", || {
        let process = server.get_unit_property("nginx", "MainPID")?;
        ensure!(server.systemctl("reload nginx")?.success());
        server.wait_for_unit("nginx")?;
        ensure!(server.get_unit_property("nginx", "MainPID")? == process);
        Ok(())
    })?;

    subtest("with a broken configuration it does not start", || {
        server.succeed("echo nonsense > /etc/nginx/conf.d/broken.conf")?;
        ensure!(!server.systemctl("restart nginx")?.success());
        server.require_unit_state("nginx", "failed")?;
        server.wait_for_closed_port(80)
    })?;

    let path = server.copy_from_machine("/var/log/nginx/access.log", "logs")?;
    log::info!("the server's log is {path} in the output directory");
    Ok(())
}

/// Alice logs in on the first terminal and reads a letter.
#[proctor_sdk::test(tags = ["screen"], timeout = "5m")]
fn alice_reads_a_letter(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("echo 'The treasure is below the old oak.' > /home/alice/letter")?;

    // What stands on a terminal is known exactly, and at once.
    machine.wait_until_tty_matches("1", "login:$")?;
    machine.send_chars("alice\n")?;
    machine.wait_until_tty_matches("1", "Password:$")?;
    machine.send_chars("alice\n")?;
    machine.wait_until_tty_matches("1", r"alice@\w+:~\$$")?;
    machine.send_chars("clear; cat letter\n")?;

    // What the screen shows is read from a picture of it, as a person would.
    machine
        .within(Duration::from_secs(60))
        .wait_for_text("below the old oak")?;
    machine.screenshot("letter")?;
    machine.send_key("ctrl-d")?;
    machine.wait_until_tty_matches("1", "login:$")?;
    Ok(())
}
