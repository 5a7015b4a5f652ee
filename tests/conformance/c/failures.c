/* Failures of the test's own. */
#include "conformance.h"

/* After the SDK, as authors do: it must not take the text and the place of `assert` away. */
#include <assert.h>

PROCTOR_TEST(own_failure, .name = "own failure") { return proctor_fail("three is not four"); /* HERE */ }

PROCTOR_TEST(own_failure_in_a_subtest, .name = "own failure in a subtest") {
  PROCTOR_SUBTEST("sums") { return proctor_fail("three is not four"); /* HERE */ }
  return PROCTOR_OK;
}

/* The compiler does not see that it is too large. */
static volatile int seven = 7;

PROCTOR_TEST(fault) {
  const char *names[] = {"alpha", "beta"};
  proctor_log_info("%s", names[seven]); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(fault_in_a_subtest, .name = "fault in a subtest") {
  const char *names[] = {"alpha", "beta"};
  PROCTOR_SUBTEST("reading") { proctor_log_info("%s", names[seven]); /* HERE */ }
  return PROCTOR_OK;
}

PROCTOR_TEST(assertion) {
  assert(1 + 1 == 3); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(endless, .timeout_ms = 500) {
  PROCTOR_TRY(proctor_connect(ALPHA));
  for (volatile unsigned count = 0;; count++)
    ;
}

PROCTOR_TEST(endless_waiting, .name = "endless waiting", .timeout_ms = 500) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_connect(alpha));
  return proctor_sleep(alpha, 60000);
}

typedef struct {
  int tries;
  const char *value;
} third_time;

static proctor_result third(void *context, bool *done) {
  third_time *wanted = context;
  *done = ++wanted->tries == 3;
  wanted->value = "third";
  return PROCTOR_OK;
}

PROCTOR_TEST(retry) {
  third_time wanted = {0};
  PROCTOR_TRY(proctor_retry(10000, third, &wanted));
  proctor_log_info("%s", wanted.value);
  return PROCTOR_OK;
}

static proctor_result too_early(void *context, bool *done) {
  (void)context;
  *done = false;
  return PROCTOR_OK;
}

PROCTOR_TEST(retry_in_vain, .name = "retry in vain") { return proctor_retry(100, too_early, NULL); /* HERE */ }

static proctor_result raising(void *context, bool *done) {
  *done = true;
  PROCTOR_TRY(proctor_succeed(*(proctor_machine *)context, "exit 4")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(retry_of_an_error, .name = "retry of an error") {
  proctor_machine alpha = ALPHA;
  return proctor_retry(10000, raising, &alpha);
}
