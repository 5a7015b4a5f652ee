/* Commands. */
#include "conformance.h"

PROCTOR_TEST(output) {
  proctor_output out = PROCTOR_TRY(proctor_succeed(ALPHA, "echo hello"));
  proctor_log_info("%s", proctor_trim(out.text));
  return PROCTOR_OK;
}

PROCTOR_TEST(output_of_two_machines, .name = "output of two machines") {
  proctor_output out = PROCTOR_TRY(proctor_succeed(ALPHA, "echo alpha"));
  proctor_log_info("%s", proctor_trim(out.text));
  out = PROCTOR_TRY(proctor_succeed(BETA, "echo beta"));
  proctor_log_info("%s", proctor_trim(out.text));
  return PROCTOR_OK;
}

PROCTOR_TEST(status_and_output, .name = "status and output") {
  proctor_command_result result = PROCTOR_TRY(proctor_execute(ALPHA, "echo out; exit 7"));
  proctor_log_info("%d %s", result.status, proctor_trim(result.output));
  return PROCTOR_OK;
}

PROCTOR_TEST(failing_as_wanted, .name = "failing as wanted") {
  proctor_output out = PROCTOR_TRY(proctor_fail_command(ALPHA, "echo no; exit 3"));
  proctor_log_info("%s", proctor_trim(out.text));
  return PROCTOR_OK;
}

PROCTOR_TEST(command_failed, .name = "command failed") {
  PROCTOR_TRY(proctor_succeed(ALPHA, "echo out; exit 3")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(command_succeeded, .name = "command succeeded") {
  PROCTOR_TRY(proctor_fail_command(ALPHA, "echo yes")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(error_caught, .name = "error caught") {
  const proctor_error *error = proctor_succeed(ALPHA, "echo out; exit 3").error;
  PROCTOR_ENSURE(error && error->cause == PROCTOR_COMMAND_FAILED, "it failed otherwise");
  proctor_log_info("%s %s %d %s %s %s", proctor_error_code(error), error->command, error->status,
                   proctor_trim(error->output), error->machine, error->action);
  return PROCTOR_OK;
}

PROCTOR_TEST(until_it_succeeds, .name = "until it succeeds") {
  const char *command = "n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; echo \"try $n\"; [ $n -ge 2 ]";
  proctor_output out = PROCTOR_TRY(proctor_wait_until_succeeds(ALPHA, command));
  proctor_log_info("%s", proctor_trim(out.text));
  return PROCTOR_OK;
}

PROCTOR_TEST(until_it_fails, .name = "until it fails") {
  proctor_output out = PROCTOR_TRY(proctor_wait_until_fails(ALPHA, "[ ! -e failing ] && touch failing"));
  proctor_log_info("failed %zu", out.size);
  return PROCTOR_OK;
}

PROCTOR_TEST(timed_out, .name = "timed out") {
  PROCTOR_TRY(proctor_wait_until_succeeds(ALPHA, "echo seen; exit 9", .timeout_ms = SHORT_MS)); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(timed_out_caught, .name = "timed out caught") {
  const proctor_error *error = proctor_wait_until_succeeds(ALPHA, "exit 9", .timeout_ms = SHORT_MS).error;
  PROCTOR_ENSURE(error && error->cause == PROCTOR_TIMED_OUT, "it failed otherwise");
  proctor_log_info("%s %s %u", proctor_error_code(error), error->limit, (unsigned)error->budget_ms);
  return PROCTOR_OK;
}

PROCTOR_TEST(execute_in_time, .name = "execute in time") {
  proctor_command_result result = PROCTOR_TRY(proctor_execute(ALPHA, "sleep 60", .timeout_ms = SHORT_MS));
  proctor_log_info("%d", result.status);
  return PROCTOR_OK;
}

PROCTOR_TEST(succeed_in_time, .name = "succeed in time") {
  PROCTOR_TRY(proctor_succeed(ALPHA, "sleep 60", .timeout_ms = SHORT_MS)); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(bytes) {
  proctor_output out = PROCTOR_TRY(proctor_succeed(ALPHA, "printf '\\000\\377\\200ok'"));
  const char *digits = "";
  for (size_t index = 0; index < out.size; index++)
    digits = proctor_format("%s%02x", digits, (unsigned char)out.text[index]);
  proctor_log_info("%s", digits);
  return PROCTOR_OK;
}

PROCTOR_TEST(text_of_bytes, .name = "text of bytes") {
  proctor_output out = PROCTOR_TRY(proctor_succeed(ALPHA, "printf 'a\\377b'"));
  proctor_log_info("%s", out.text);
  return PROCTOR_OK;
}

PROCTOR_TEST(unicode) {
  PROCTOR_SUBTEST("grüße 🎉") {
    proctor_output out = PROCTOR_TRY(proctor_succeed(ALPHA, "echo 'grüß 日本 🎉'"));
    proctor_log_info("%s", proctor_trim(out.text));
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(nul) {
  PROCTOR_TRY(proctor_succeed(ALPHA, "echo a\0b", .command_size = 8)); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(long_command, .name = "long command") {
  char *letters = calloc(1000001, 1);
  memset(letters, 'x', 1000000);
  proctor_output out = PROCTOR_TRY(proctor_succeed(ALPHA, proctor_format("printf %%s %s | wc -c", letters)));
  proctor_log_info("%s", proctor_trim(out.text));
  return PROCTOR_OK;
}

PROCTOR_TEST(large_output, .name = "large output") {
  proctor_output out = PROCTOR_TRY(proctor_succeed(ALPHA, "head -c 8388608 /dev/zero"));
  proctor_log_info("%zu", out.size);
  return PROCTOR_OK;
}

PROCTOR_TEST(too_large_output, .name = "too large output") {
  PROCTOR_TRY(proctor_succeed(ALPHA, "head -c 20000000 /dev/zero")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(shell_killed, .name = "shell killed") {
  PROCTOR_TRY(proctor_succeed(ALPHA, "kill -9 $PPID $$; sleep 1")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(sleep) {
  PROCTOR_TRY(proctor_sleep(ALPHA, 50));
  proctor_log_info("slept");
  return PROCTOR_OK;
}
