/* Polling conditions. */
#include "conformance.h"

/* So rarely that a condition is looked at when its scope begins and when it ends. */
#define RARELY .interval_ms = 3600000

/* A command that has to succeed. */
typedef struct {
  proctor_machine machine;
  const char *command;
} wanted_command;

static proctor_result succeeds(void *context) {
  wanted_command *wanted = context;
  return PROCTOR_RESULT(proctor_succeed(wanted->machine, wanted->command));
}

static proctor_result says(void *context) {
  proctor_log_info("%s", (const char *)context);
  return proctor_holds(true);
}

static proctor_result is_true(void *context) { return proctor_holds(*(bool *)context); }

static proctor_result is_never_true(void *context) {
  (void)context;
  return proctor_holds(false);
}

PROCTOR_TEST(condition_holds, .name = "condition holds") {
  proctor_machine alpha = ALPHA;
  wanted_command look = {alpha, "echo looked"};
  PROCTOR_HOLD(proctor_new_condition("alpha answers", succeeds, &look, RARELY)) {
    PROCTOR_TRY(proctor_succeed(alpha, "echo inside"));
  }
  proctor_log_info("done");
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_is_true, .name = "condition is true") {
  proctor_machine alpha = ALPHA;
  PROCTOR_HOLD(proctor_new_condition("one is one", says, "looked", RARELY)) {
    PROCTOR_TRY(proctor_succeed(alpha, "true"));
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_is_false, .name = "condition is false") {
  proctor_machine alpha = ALPHA;
  PROCTOR_HOLD(proctor_new_condition("nothing burns", is_never_true, NULL, RARELY)) {
    PROCTOR_TRY(proctor_succeed(alpha, "true")); /* HERE */
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_raises, .name = "condition raises") {
  proctor_machine alpha = ALPHA;
  wanted_command look = {alpha, "exit 5"};
  PROCTOR_HOLD(proctor_new_condition("alpha is well", succeeds, &look, RARELY)) {
    PROCTOR_TRY(proctor_succeed(alpha, "true")); /* HERE */
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_breaks_at_the_end, .name = "condition breaks at the end") {
  proctor_machine alpha = ALPHA;
  bool fine = true;
  PROCTOR_HOLD(proctor_new_condition("all is fine", is_true, &fine, RARELY)) { /* HERE */
    PROCTOR_TRY(proctor_succeed(alpha, "true"));
    fine = false;
    PROCTOR_TRY(proctor_succeed(alpha, "true"));
  }
  return PROCTOR_OK;
}

static proctor_result fewer_than_four_looks(void *context) {
  int *looks = context;
  return proctor_holds(++*looks < 4);
}

PROCTOR_TEST(condition_breaks_in_a_wait, .name = "condition breaks in a wait") {
  proctor_machine alpha = ALPHA;
  int looks = 0;
  PROCTOR_HOLD(proctor_new_condition("it goes on", fewer_than_four_looks, &looks, .interval_ms = 50)) {
    PROCTOR_TRY(proctor_wait_until_succeeds(alpha, "false")); /* HERE */
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(conditions_nested, .name = "conditions nested") {
  proctor_machine alpha = ALPHA;
  proctor_condition *outer = proctor_new_condition("outer", says, "outer", RARELY);
  proctor_condition *inner = proctor_new_condition("inner", says, "inner", RARELY);
  PROCTOR_HOLD(outer) {
    PROCTOR_HOLD(inner) { PROCTOR_TRY(proctor_succeed(alpha, "true")); }
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_calls_under_another, .name = "condition calls under another") {
  proctor_machine alpha = ALPHA, beta = BETA;
  wanted_command outer_look = {alpha, "echo outer"}, inner_look = {alpha, "echo inner"};
  proctor_condition *outer = proctor_new_condition("outer", succeeds, &outer_look, RARELY);
  proctor_condition *inner = proctor_new_condition("inner", succeeds, &inner_look, RARELY);
  PROCTOR_HOLD(outer) {
    PROCTOR_HOLD(inner) { PROCTOR_TRY(proctor_succeed(beta, "true")); }
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_entered, .name = "condition entered") {
  proctor_machine alpha = ALPHA;
  proctor_condition *looked = proctor_new_condition("one is one", says, "looked", RARELY);
  PROCTOR_TRY(proctor_enter(looked));
  PROCTOR_TRY(proctor_succeed(alpha, "true"));
  PROCTOR_TRY(proctor_exit(looked));
  proctor_log_info("left");
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_entered_and_broken, .name = "condition entered and broken") {
  proctor_machine alpha = ALPHA;
  bool fine = true;
  proctor_condition *condition = proctor_new_condition("all is fine", is_true, &fine, RARELY);
  PROCTOR_TRY(proctor_enter(condition));
  PROCTOR_TRY(proctor_succeed(alpha, "true"));
  fine = false;
  PROCTOR_TRY(proctor_succeed(alpha, "true"));
  return proctor_exit(condition); /* HERE */
}

PROCTOR_TEST(condition_never_left, .name = "condition never left") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_enter(proctor_new_condition("one is one", says, "looked", RARELY)));
  PROCTOR_TRY(proctor_succeed(alpha, "true"));
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_never_left_and_broken, .name = "condition never left and broken") {
  static bool fine = true;
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_enter(proctor_new_condition("all is fine", is_true, &fine, RARELY))); /* HERE */
  PROCTOR_TRY(proctor_succeed(alpha, "true"));
  fine = false;
  PROCTOR_TRY(proctor_succeed(alpha, "true"));
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_evaluated, .name = "condition evaluated") {
  PROCTOR_TRY(proctor_evaluate(proctor_new_condition("one is one", says, "looked", RARELY)));
  proctor_log_info("held");
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_evaluated_and_false, .name = "condition evaluated and false") {
  return proctor_evaluate(proctor_new_condition("nothing burns", is_never_true, NULL, RARELY)); /* HERE */
}

static proctor_result third_look(void *context) {
  int *looks = context;
  return proctor_holds(++*looks == 3);
}

PROCTOR_TEST(condition_awaited, .name = "condition awaited") {
  int looks = 0;
  PROCTOR_TRY(proctor_wait(proctor_new_condition("third time", third_look, &looks, RARELY), 10000));
  proctor_log_info("%d", looks);
  return PROCTOR_OK;
}

PROCTOR_TEST(condition_awaited_in_vain, .name = "condition awaited in vain") {
  return proctor_wait(proctor_new_condition("never", is_never_true, NULL, RARELY), SHORT_MS); /* HERE */
}

PROCTOR_TEST(error_of_the_body, .name = "error of the body") {
  proctor_machine alpha = ALPHA;
  bool truth = true;
  PROCTOR_HOLD(proctor_new_condition("one is one", is_true, &truth, RARELY)) {
    PROCTOR_TRY(proctor_succeed(alpha, "exit 6")); /* HERE */
  }
  return PROCTOR_OK;
}
