/* The other interfaces. */
#include "conformance.h"
#include "systemctl.h"

PROCTOR_TEST(units) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_succeed(alpha, SYSTEMCTL));
  PROCTOR_TRY(proctor_wait_for_unit(alpha, "up"));
  proctor_log_info("%s", PROCTOR_TRY(proctor_get_unit_property(alpha, "up", "SubState")).text);
  PROCTOR_TRY(proctor_wait_for_unit(alpha, "up", .user = "alice"));
  proctor_log_info("%d", PROCTOR_TRY(proctor_start_job(alpha, "up")).status);
  return PROCTOR_OK;
}

PROCTOR_TEST(unit_failed, .name = "unit failed") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_succeed(alpha, SYSTEMCTL));
  return proctor_wait_for_unit(alpha, "broken"); /* HERE */
}

PROCTOR_TEST(unit_failed_caught, .name = "unit failed caught") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_succeed(alpha, SYSTEMCTL));
  const proctor_error *error = proctor_wait_for_unit(alpha, "broken").error;
  PROCTOR_ENSURE(error && error->cause == PROCTOR_UNIT_FAILED, "it failed otherwise");
  const char *journal = "";
  for (const char *const *line = error->lines; *line; line++)
    journal = proctor_format("%s%s%s", journal, *journal ? "," : "", *line);
  proctor_log_info("%s %s %s %s", proctor_error_code(error), error->unit, error->state, journal);
  return PROCTOR_OK;
}

PROCTOR_TEST(console) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_succeed(alpha, "echo marker-7 >&2"));
  proctor_log_info("%s", PROCTOR_TRY(proctor_wait_for_console_text(alpha, "marker-[0-9]")).text);
  return PROCTOR_OK;
}

PROCTOR_TEST(wrong_pattern, .name = "wrong pattern") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_connect(alpha));
  PROCTOR_TRY(proctor_wait_for_console_text(alpha, "(")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(keyboard) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_connect(alpha));
  PROCTOR_TRY(proctor_send_chars(alpha, "ab"));
  return proctor_send_key(alpha, "ctrl-c");
}

PROCTOR_TEST(keyboard_without_the_letter, .name = "keyboard without the letter") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_connect(alpha));
  return proctor_send_chars(alpha, "ß"); /* HERE */
}

PROCTOR_TEST(files) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_copy_from_host(alpha, "site/hello.txt", "hello.txt"));
  proctor_log_info("%s", proctor_trim(PROCTOR_TRY(proctor_succeed(alpha, "cat hello.txt")).text));
  proctor_log_info("%s", PROCTOR_TRY(proctor_copy_from_machine(alpha, "hello.txt", "copies")).text);
  return proctor_wait_for_file(alpha, "hello.txt");
}

PROCTOR_TEST(reading_denied, .name = "reading denied") {
  return proctor_copy_from_host(ALPHA, "/etc/hostname", "hostname"); /* HERE */
}

PROCTOR_TEST(network) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_connect(alpha));
  PROCTOR_TRY(proctor_block(alpha));
  PROCTOR_TRY(proctor_unblock(alpha));
  return proctor_wait_for_closed_port(alpha, 1);
}

PROCTOR_TEST(forwarding_denied, .name = "forwarding denied") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_start(alpha));
  PROCTOR_TRY(proctor_forward_port(alpha, 0, 80)); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(denial_caught, .name = "denial caught") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_start(alpha));
  const proctor_error *error = proctor_forward_port(alpha, 0, 80).error;
  PROCTOR_ENSURE(error && error->cause == PROCTOR_DENIED, "it failed otherwise");
  proctor_log_info("%s %s", proctor_error_code(error), error->capability);
  return PROCTOR_OK;
}

PROCTOR_TEST(monitor) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_start(alpha));
  proctor_log_info("%s", proctor_trim(PROCTOR_TRY(proctor_send_monitor_command(alpha, "info status")).text));
  proctor_output answer = PROCTOR_TRY(proctor_send_qmp_command(alpha, "query-status"));
  proctor_log_info("%s", strstr(answer.text, "running") ? "true" : "false");
  return PROCTOR_OK;
}

PROCTOR_TEST(monitor_refuses, .name = "monitor refuses") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_start(alpha));
  PROCTOR_TRY(proctor_send_qmp_command(alpha, "no-such-command")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(screen_missing, .name = "screen missing") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_connect(alpha));
  PROCTOR_TRY(proctor_screenshot(alpha, "picture")); /* HERE */
  return PROCTOR_OK;
}
