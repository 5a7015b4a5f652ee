/* Errors and failures between the host's records and ours. */
#include "internal.h"

/* Of a command's output in a failure only as many bytes go back to the host, the last ones. The host has seen the
 * output before, and limits how much a test may hand to it at a time. */
static const size_t RETURNED_OUTPUT_BYTES = 64 * 1024;

static const char *ours(test_string_t text) { return own_text(text.ptr, text.len); }

static const char *ours_or_null(test_option_string_t text) { return text.is_some ? ours(text.val) : NULL; }

static const char *const *lines(test_list_string_t told) {
  const char **all = zeroed(told.len + 1, sizeof *all);
  for (size_t index = 0; index < told.len; index++)
    all[index] = ours(told.ptr[index]);
  return all;
}

static void set_result(proctor_error *error, proctor_driver_types_command_result_t told) {
  error->command = ours(told.command);
  error->status = told.status;
  error->output_size = told.stdout_.len;
  error->output = own_text(told.stdout_.ptr, told.stdout_.len);
}

static void set_cause(proctor_error *error, proctor_driver_types_error_cause_t told) {
  switch (told.tag) {
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_TIMED_OUT:
    error->cause = PROCTOR_TIMED_OUT;
    error->limit = ours(told.val.timed_out.limit);
    error->budget_ms = told.val.timed_out.budget;
    error->last_seen = ours_or_null(told.val.timed_out.last_seen);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_COMMAND_FAILED:
    error->cause = PROCTOR_COMMAND_FAILED;
    set_result(error, told.val.command_failed);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_COMMAND_UNEXPECTEDLY_SUCCEEDED:
    error->cause = PROCTOR_COMMAND_UNEXPECTEDLY_SUCCEEDED;
    set_result(error, told.val.command_unexpectedly_succeeded);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_OUTPUT_TOO_LARGE:
    error->cause = PROCTOR_OUTPUT_TOO_LARGE;
    error->command = ours(told.val.output_too_large.command);
    error->limit_bytes = told.val.output_too_large.limit_bytes;
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_SHELL_LOST:
    error->cause = PROCTOR_SHELL_LOST;
    error->command = ours(told.val.shell_lost.command);
    error->reason = ours(told.val.shell_lost.reason);
    error->restored = told.val.shell_lost.restored;
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_MACHINE_DOWN:
    error->cause = PROCTOR_MACHINE_DOWN;
    error->machine_status = ours(told.val.machine_down.status);
    error->lines = lines(told.val.machine_down.console);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_UNIT_FAILED:
    error->cause = PROCTOR_UNIT_FAILED;
    error->unit = ours(told.val.unit_failed.unit);
    error->user = ours_or_null(told.val.unit_failed.user);
    error->state = ours(told.val.unit_failed.state);
    error->text = ours(told.val.unit_failed.message);
    error->lines = lines(told.val.unit_failed.journal);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_DENIED:
    error->cause = PROCTOR_DENIED;
    error->capability = ours(told.val.denied.capability);
    error->what = ours(told.val.denied.what);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_MONITOR_ERROR:
    error->cause = PROCTOR_MONITOR_ERROR;
    error->text = ours(told.val.monitor_error);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_UNSUPPORTED:
    error->cause = PROCTOR_UNSUPPORTED;
    error->text = ours(told.val.unsupported);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_INVALID_ARGUMENT:
    error->cause = PROCTOR_INVALID_ARGUMENT;
    error->text = ours(told.val.invalid_argument);
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_CONDITIONS_DUE:
    /* It is answered before an error becomes ours. */
    error->cause = PROCTOR_POLLING_CONDITION_FAILED;
    error->description = "";
    error->text = "conditions are due and could not be evaluated";
    break;
  case PROCTOR_DRIVER_TYPES_ERROR_CAUSE_POLLING_CONDITION_FAILED:
    error->cause = PROCTOR_POLLING_CONDITION_FAILED;
    error->description = ours(told.val.polling_condition_failed.description);
    error->text = ours(told.val.polling_condition_failed.message);
    break;
  default:
    error->cause = PROCTOR_HOST_FAILURE;
    error->text = ours(told.val.host_failure);
  }
}

const proctor_error *error_of(proctor_place place, const host_error *told) {
  proctor_error *error = new_error(place, PROCTOR_TEXT);
  error->machine = ours_or_null(told->machine);
  error->action = ours(told->action);
  error->elapsed_ms = told->elapsed;
  set_cause(error, told->cause);
  return error;
}

static test_string_t theirs(const char *text) { return host_copy(text ? text : ""); }

static test_option_string_t theirs_or_none(const char *text) {
  return (test_option_string_t){text != NULL, theirs(text)};
}

static test_list_string_t their_lines(const char *const *ours) {
  size_t count = 0;
  while (ours && ours[count])
    count++;
  test_list_string_t all = {zeroed(count, sizeof *all.ptr), count};
  for (size_t index = 0; index < count; index++)
    all.ptr[index] = theirs(ours[index]);
  return all;
}

static proctor_driver_types_command_result_t their_result(const proctor_error *error) {
  size_t cut = error->output_size > RETURNED_OUTPUT_BYTES ? error->output_size - RETURNED_OUTPUT_BYTES : 0;
  test_list_u8_t stdout_ = {zeroed(error->output_size - cut, 1), error->output_size - cut};
  memcpy(stdout_.ptr, error->output + cut, stdout_.len);
  return (proctor_driver_types_command_result_t){theirs(error->command), error->status, stdout_};
}

static proctor_driver_types_error_cause_t their_cause(const proctor_error *error) {
  /* The interface has no texts of the test's own; its other causes are in this order, but for this one. */
  uint8_t tag = (uint8_t)(error->cause - 1);
  if (error->cause >= PROCTOR_POLLING_CONDITION_FAILED)
    tag++;
  proctor_driver_types_error_cause_t cause = {.tag = tag};
  switch (error->cause) {
  case PROCTOR_TIMED_OUT:
    cause.val.timed_out =
        (proctor_driver_types_timed_out_t){theirs(error->limit), error->budget_ms, theirs_or_none(error->last_seen)};
    break;
  case PROCTOR_COMMAND_FAILED:
  case PROCTOR_COMMAND_UNEXPECTEDLY_SUCCEEDED:
    cause.val.command_failed = their_result(error);
    break;
  case PROCTOR_OUTPUT_TOO_LARGE:
    cause.val.output_too_large = (proctor_driver_types_output_too_large_t){theirs(error->command), error->limit_bytes};
    break;
  case PROCTOR_SHELL_LOST:
    cause.val.shell_lost =
        (proctor_driver_types_shell_lost_t){theirs(error->command), theirs(error->reason), error->restored};
    break;
  case PROCTOR_MACHINE_DOWN:
    cause.val.machine_down =
        (proctor_driver_types_machine_down_t){theirs(error->machine_status), their_lines(error->lines)};
    break;
  case PROCTOR_UNIT_FAILED:
    cause.val.unit_failed =
        (proctor_driver_types_unit_failed_t){theirs(error->unit), theirs_or_none(error->user), theirs(error->state),
                                             theirs(error->text), their_lines(error->lines)};
    break;
  case PROCTOR_DENIED:
    cause.val.denied = (proctor_driver_types_denied_t){theirs(error->capability), theirs(error->what)};
    break;
  case PROCTOR_POLLING_CONDITION_FAILED:
    cause.val.polling_condition_failed =
        (proctor_driver_types_polling_condition_failed_t){theirs(error->description), theirs(error->text)};
    break;
  default:
    cause.val.host_failure = theirs(error->text);
  }
  return cause;
}

host_failure failure_of(const proctor_error *error) {
  host_failure failure = {.message = theirs(bounded(proctor_error_message(error)))};
  if (error->place.file) {
    failure.place.is_some = true;
    failure.place.val = (proctor_driver_types_place_t){theirs(error->place.file), error->place.line, 0};
  }
  if (error->action && error->cause != PROCTOR_TEXT) {
    failure.cause.is_some = true;
    failure.cause.val =
        (host_error){theirs_or_none(error->machine), theirs(error->action), error->elapsed_ms, their_cause(error)};
  }
  return failure;
}
