/* Two machines on one network: `server` (192.168.1.1) and `client` (192.168.1.2), both on VLAN 1. */
#include <proctor.h>

#define PAGE "Hello from the server."
#define FETCH "timeout 2 busybox wget -q -O - http://192.168.1.1/"

PROCTOR_TEST(web_server, .description = "A client fetches a page, the network goes away and comes back.",
             .tags = {"network"}, .timeout_ms = 120000) {
  proctor_machine server = PROCTOR_TRY(proctor_get_machine("server"));
  proctor_machine client = PROCTOR_TRY(proctor_get_machine("client"));
  PROCTOR_TRY(proctor_start_all());

  PROCTOR_SUBTEST("the server offers a page") {
    PROCTOR_TRY(proctor_succeed(server, "mkdir -p /tmp/www && echo '" PAGE "' > /tmp/www/index.html"));
    /* A daemon that kept the command's standard output would get a warning. */
    PROCTOR_TRY(proctor_succeed(server, "busybox httpd -h /tmp/www > /dev/null"));
    PROCTOR_TRY(proctor_wait_until_succeeds(server, "busybox wget -q -O - http://127.0.0.1/"));
  }

  PROCTOR_SUBTEST("the client fetches the page") {
    proctor_output page = PROCTOR_TRY(proctor_wait_until_succeeds(client, FETCH, .timeout_ms = 30000));
    PROCTOR_ENSURE(strcmp(proctor_trim(page.text), PAGE) == 0, "the client got \"%s\"", page.text);
    proctor_log_info("the client got %zu bytes from %s", page.size, server.name);
  }

  PROCTOR_SUBTEST("without a network the client fetches nothing") {
    PROCTOR_TRY(proctor_block(server));
    PROCTOR_TRY(proctor_fail_command(client, FETCH));
  }

  PROCTOR_SUBTEST("with the network back the client fetches the page again") {
    PROCTOR_TRY(proctor_unblock(server));
    proctor_output page = PROCTOR_TRY(proctor_wait_until_succeeds(client, FETCH, .timeout_ms = 30000));
    PROCTOR_ENSURE(strcmp(proctor_trim(page.text), PAGE) == 0, "the client got \"%s\"", page.text);
  }
  return PROCTOR_OK;
}
