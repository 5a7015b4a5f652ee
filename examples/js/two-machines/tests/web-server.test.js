// Two machines on one network: `server` (192.168.1.1) and `client` (192.168.1.2), both on VLAN 1.

import { assert, log, subtest, test } from "proctor";

const PAGE = "Hello from the server.";
const FETCH = "timeout 2 busybox wget -q -O - http://192.168.1.1/";

const options = {
  description: "A client fetches a page, the network goes away and comes back.",
  tags: ["network"],
  timeout: 120_000,
};

test("web server", options, ({ driver, machines: { server, client } }) => {
  driver.startAll();

  subtest("the server offers a page", () => {
    server.succeed(`mkdir -p /tmp/www && echo '${PAGE}' > /tmp/www/index.html`);
    // A daemon that kept the command's standard output would get a warning.
    server.succeed("busybox httpd -h /tmp/www > /dev/null");
    server.waitUntilSucceeds("busybox wget -q -O - http://127.0.0.1/");
  });

  subtest("the client fetches the page", () => {
    const page = client.waitUntilSucceeds(FETCH, { timeout: 30_000 });
    assert.equal(page.trim(), PAGE);
    log.info(`the client got ${page.length} bytes from ${server.name}`);
  });

  subtest("without a network the client fetches nothing", () => {
    server.block();
    client.fail(FETCH);
  });

  subtest("with the network back the client fetches the page again", () => {
    server.unblock();
    const page = client.waitUntilSucceeds(FETCH, { timeout: 30_000 });
    assert.equal(page.trim(), PAGE);
  });
});
