#include <proctor.h>

/* The machine runs commands. It may have any name. */
PROCTOR_TEST(hello, .timeout_ms = 120000) {
  proctor_machine machine = PROCTOR_TRY(proctor_only_machine());

  PROCTOR_SUBTEST("it says hello") {
    proctor_output output = PROCTOR_TRY(proctor_succeed(machine, "echo hello"));
    PROCTOR_ENSURE(strcmp(proctor_trim(output.text), "hello") == 0, "it said \"%s\"", output.text);
  }
  proctor_log_info("a test of %s", machine.name);
  return PROCTOR_OK;
}
