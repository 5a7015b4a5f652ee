/* The log. */
#include "conformance.h"

PROCTOR_TEST(levels) {
  proctor_log_debug("one");
  proctor_log_info("two");
  proctor_log_warning("three");
  proctor_log_error("four");
  return PROCTOR_OK;
}

PROCTOR_TEST(odd_lines, .name = "odd lines") {
  proctor_log_info("tab\there bell\a escape\x1b[31m red");
  proctor_log_info("first\nsecond");
  proctor_log_info("%s", "");
  return PROCTOR_OK;
}

PROCTOR_TEST(printed) {
  printf("printed\n");
  return PROCTOR_OK;
}

PROCTOR_TEST(subtests) {
  int value = 0;
  PROCTOR_SUBTEST("outer") {
    proctor_log_info("a");
    PROCTOR_SUBTEST("inner") { PROCTOR_TRY(proctor_succeed(ALPHA, "true")); }
    proctor_log_info("b");
    value = 7;
  }
  proctor_log_info("%d", value);
  return PROCTOR_OK;
}

PROCTOR_TEST(subtest_fails, .name = "subtest fails") {
  PROCTOR_SUBTEST("outer") {
    PROCTOR_SUBTEST("inner") { PROCTOR_TRY(proctor_succeed(ALPHA, "exit 1")); /* HERE */ }
  }
  return PROCTOR_OK;
}

static proctor_result broken(void *context) {
  (void)context;
  return PROCTOR_RESULT(proctor_succeed(ALPHA, "exit 1"));
}

PROCTOR_TEST(subtest_fails_and_is_caught, .name = "subtest fails and is caught") {
  (void)proctor_subtest("broken", broken, NULL);
  proctor_log_info("went on");
  return PROCTOR_OK;
}

PROCTOR_TEST(group) {
  int value = 0;
  PROCTOR_GROUP("set-up") {
    proctor_log_info("in");
    value = 8;
  }
  proctor_log_info("%d", value);
  return PROCTOR_OK;
}
