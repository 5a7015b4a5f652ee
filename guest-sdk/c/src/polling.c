/* Conditions that have to hold while a part of the test runs. */
#include "internal.h"

struct proctor_condition {
  int32_t handle;
  uint32_t number;
  const char *description;
  proctor_check check;
  void *context;
  bool is_evaluated;
  size_t entered; /* How often the test is in its scope. */
  proctor_condition *next;
};

/* All that there are. */
static proctor_condition *conditions;

/* The scopes in which the test is, the innermost last, and where they begin. */
static struct {
  struct {
    proctor_condition *condition;
    proctor_place place;
  } *all;
  size_t count, room;
} scopes;

/* What a scope's end found whose error no function could return; the next call tells it, or the test's end. */
static struct {
  bool is_set;
  proctor_place place;
  host_error error;
} pending;

static bool evaluates;

static void require_condition(proctor_place place, const proctor_condition *condition) {
  if (!condition)
    proctor_panic_(place, "a condition is NULL");
}

static proctor_driver_polling_borrow_condition_t borrowed_condition(const proctor_condition *condition) {
  return proctor_driver_polling_borrow_condition((proctor_driver_polling_own_condition_t){condition->handle});
}

proctor_condition *proctor_new_condition_(proctor_place place, const char *description, proctor_check check,
                                          void *context, proctor_options options) {
  if (!description || !check)
    proctor_panic_(place, "a condition has no %s: it is NULL", check ? "description" : "function");
  proctor_condition *condition = zeroed(1, sizeof *condition);
  limit interval = after(options.interval_ms);
  test_string_t text = host_text(description, strlen(description));
  condition->handle = proctor_driver_polling_constructor_condition(&text, given(&interval)).__handle;
  condition->number = proctor_driver_polling_method_condition_number(borrowed_condition(condition));
  condition->description = proctor_format("%s", description);
  condition->check = check;
  condition->context = context;
  condition->next = conditions;
  conditions = condition;
  return condition;
}

proctor_result proctor_holds_(proctor_place place, bool truth) {
  return result_of(truth ? NULL : text_error(place, PROCTOR_TEXT, ""));
}

/* Calls the condition's function and tells the host what came of it. */
static bool evaluate(proctor_condition *condition, host_error *error) {
  if (!proctor_driver_polling_method_condition_begin_evaluation(borrowed_condition(condition), error))
    return false;
  const char *said = NULL;
  if (condition->is_evaluated) {
    said = "it is being evaluated already";
  } else {
    bool evaluated = evaluates;
    const proctor_error *failing_before = failing, *leaving_before = leaving;
    condition->is_evaluated = evaluates = true;
    proctor_result result = condition->check(condition->context);
    condition->is_evaluated = false;
    evaluates = evaluated;
    failing = failing_before;
    leaving = leaving_before;
    said = result.error ? bounded(proctor_error_message(result.error)) : NULL;
  }
  proctor_driver_polling_result_void_string_t outcome = {.is_err = said != NULL};
  if (said)
    outcome.val.err = host_text(said, strlen(said));
  return proctor_driver_polling_method_condition_end_evaluation(borrowed_condition(condition), &outcome, error);
}

bool take_pending(proctor_call *call) {
  if (evaluates || !pending.is_set)
    return false;
  pending.is_set = false;
  call->ok = false;
  call->error = pending.error;
  return true;
}

bool conditions_were_due(proctor_call *call, limit *timeout) {
  if (call->error.cause.tag != PROCTOR_DRIVER_TYPES_ERROR_CAUSE_CONDITIONS_DUE)
    return false;
  proctor_driver_types_conditions_due_t due = call->error.cause.val.conditions_due;
  for (size_t index = 0; index < due.conditions.len; index++) {
    for (proctor_condition *condition = conditions; condition; condition = condition->next) {
      host_error told = {0};
      /* The host tells the outcome, by the call that is made again. */
      if (condition->entered > 0 && condition->number == due.conditions.ptr[index])
        (void)evaluate(condition, &told);
    }
  }
  if (due.remaining.is_some)
    *timeout = (limit){true, due.remaining.val};
  return true;
}

proctor_result proctor_enter_(proctor_place place, proctor_condition *condition) {
  require_condition(place, condition);
  proctor_call call = begin(place);
  ASK(call, proctor_driver_polling_method_condition_enter(borrowed_condition(condition), &call.error));
  if (!call.ok)
    return nothing_of(&call);
  if (scopes.count == scopes.room) {
    scopes.room = 2 * scopes.room + 8;
    scopes.all = realloc(scopes.all, scopes.room * sizeof *scopes.all);
    if (!scopes.all)
      proctor_panic_(place, "there is no memory left");
  }
  scopes.all[scopes.count].condition = condition;
  scopes.all[scopes.count++].place = place;
  condition->entered++;
  return nothing_of(&call);
}

/* The test is no longer in the condition's innermost scope. */
static void forget(proctor_condition *condition) {
  for (size_t index = scopes.count; index > 0; index--) {
    if (scopes.all[index - 1].condition != condition)
      continue;
    memmove(&scopes.all[index - 1], &scopes.all[index], (scopes.count - index) * sizeof *scopes.all);
    scopes.count--;
    condition->entered--;
    return;
  }
}

/* What another scope's end found is not told here: this one is to end in any case. */
static proctor_call leave(proctor_place place, proctor_condition *condition) {
  proctor_call call = begin(place);
  limit none = {0};
  do
    ASK(call, proctor_driver_polling_method_condition_exit(borrowed_condition(condition), &call.error));
  while (!call.ok && conditions_were_due(&call, &none));
  forget(condition);
  return call;
}

proctor_result proctor_exit_(proctor_place place, proctor_condition *condition) {
  require_condition(place, condition);
  proctor_call call = leave(place, condition);
  return nothing_of(&call);
}

proctor_result proctor_evaluate_(proctor_place place, proctor_condition *condition) {
  require_condition(place, condition);
  proctor_call call = begin(place);
  ASK(call, evaluate(condition, &call.error));
  return nothing_of(&call);
}

typedef struct {
  proctor_place place;
  proctor_condition *condition;
  const proctor_error *last;
} awaited;

static proctor_result look(void *context, bool *done) {
  awaited *wait = context;
  proctor_result looked = proctor_evaluate_(wait->place, wait->condition);
  *done = !looked.error;
  if (looked.error && looked.error->cause != PROCTOR_POLLING_CONDITION_FAILED) {
    proctor_error *other = new_error(wait->place, looked.error->cause);
    *other = *looked.error;
    other->machine = other->action = NULL;
    return result_of(other);
  }
  wait->last = looked.error;
  return result_of(NULL);
}

proctor_result proctor_wait_(proctor_place place, proctor_condition *condition, uint32_t timeout_ms) {
  require_condition(place, condition);
  awaited wait = {place, condition, NULL};
  proctor_result waited = proctor_retry_(place, timeout_ms, look, &wait);
  if (!waited.error || !wait.last || waited.error->cause != PROCTOR_TEXT)
    return waited;
  proctor_error *error = new_error(place, PROCTOR_POLLING_CONDITION_FAILED);
  error->description = wait.last->description;
  error->text = proctor_format("it did not hold within %.2f s%s%s", timeout_ms / 1000.0,
                               *wait.last->text ? "; in the end: " : "", wait.last->text);
  return result_of(error);
}

proctor_hold_ proctor_enter_hold_(proctor_place place, proctor_condition *condition) {
  const proctor_error *error = proctor_enter_(place, condition).error;
  return (proctor_hold_){error, condition, place, error != NULL};
}

void proctor_end_hold_(proctor_hold_ *hold) {
  hold->ended = true;
  hold->error = proctor_exit_(hold->place, hold->condition).error;
}

/* No function can return it: the next call does, or the test fails with it in the end. The first is told. */
static void keep_pending(proctor_call *call) {
  host_failure failure = failure_of(error_of(call->place, &call->error));
  proctor_driver_log_write(PROCTOR_DRIVER_LOG_LEVEL_ERROR, &failure.message);
  if (pending.is_set)
    return;
  pending.is_set = true;
  pending.place = call->place;
  pending.error = call->error;
}

void proctor_leave_hold_(proctor_hold_ *hold) {
  if (hold->ended)
    return;
  /* The block may have ignored the error of a call and be left by `break`: that error is nobody's. */
  const proctor_error *last = failing, *left_with = leaving;
  if (left_with && left_with->cause == PROCTOR_POLLING_CONDITION_FAILED &&
      strcmp(left_with->description, hold->condition->description) == 0) {
    /* It is known that it does not hold. The first is answered that it is due, the second that it was not looked at. */
    host_error told = {0};
    (void)proctor_driver_polling_method_condition_exit(borrowed_condition(hold->condition), &told);
    (void)proctor_driver_polling_method_condition_exit(borrowed_condition(hold->condition), &told);
    forget(hold->condition);
    return;
  }
  proctor_call call = leave(hold->place, hold->condition);
  if (!call.ok && left_with) {
    /* The block's error is the test's, and this may be its reason. */
    proctor_log_error("the scope ended with an error, and: %s",
                      proctor_error_message(error_of(hold->place, &call.error)));
  } else if (!call.ok) {
    keep_pending(&call);
  }
  failing = last;
  leaving = left_with;
}

void leave_all(void) {
  while (scopes.count > 0) {
    proctor_call call = leave(scopes.all[scopes.count - 1].place, scopes.all[scopes.count - 1].condition);
    if (!call.ok)
      keep_pending(&call);
  }
}

const proctor_error *proctor_internal_pending(void) {
  if (!pending.is_set)
    return NULL;
  pending.is_set = false;
  return error_of(pending.place, &pending.error);
}
