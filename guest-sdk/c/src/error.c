/* Errors as texts. */
#include <stdarg.h>

#include "internal.h"

/* Longer commands and actions are cut in messages: a line of a log should be readable. */
static const size_t SHOWN_CHARACTERS = 300;

/* As many bytes of a command's output are shown in details, the last ones. */
static const size_t SHOWN_OUTPUT_BYTES = 4096;

const proctor_error *failing, *leaving;

proctor_result proctor_return_(const proctor_error *error) {
  leaving = error;
  return result_of(error);
}

proctor_result result_of(const proctor_error *error) {
  failing = error;
  return (proctor_result){error};
}

proctor_error *new_error(proctor_place place, proctor_cause cause) {
  proctor_error *error = zeroed(1, sizeof *error);
  error->place = place;
  error->cause = cause;
  return error;
}

const proctor_error *text_error(proctor_place place, proctor_cause cause, const char *text) {
  proctor_error *error = new_error(place, cause);
  error->text = text;
  return error;
}

proctor_result proctor_fail_(proctor_place place, const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *text = NULL;
  if (vasprintf(&text, format, values) < 0)
    text = "a text cannot be formatted";
  va_end(values);
  return result_of(text_error(place, PROCTOR_TEXT, text));
}

const char *proctor_error_code(const proctor_error *error) {
  static const char *const CODES[] = {
      "",
      "timed-out",
      "command-failed",
      "command-unexpectedly-succeeded",
      "output-too-large",
      "shell-lost",
      "machine-down",
      "unit-failed",
      "denied",
      "monitor-error",
      "unsupported",
      "invalid-argument",
      "polling-condition-failed",
      "host-failure",
  };
  return CODES[error->cause];
}

static const char *shortened(const char *text) {
  size_t count = 0;
  for (const char *at = text; *at; at++) {
    bool begins = (*at & 0xc0) != 0x80;
    if (begins && count++ == SHOWN_CHARACTERS)
      return proctor_format("%.*s... (%zu bytes)", (int)(at - text), text, strlen(text));
  }
  return text;
}

static const char *seconds(uint32_t milliseconds) {
  return proctor_format(milliseconds < 10000 ? "%.2f s" : "%.1f s", milliseconds / 1000.0);
}

static const char *cause_message(const proctor_error *error) {
  const char *command = error->command ? shortened(error->command) : "";
  switch (error->cause) {
  case PROCTOR_TIMED_OUT:
    return proctor_format("timed out: %s of %s passed%s%s", error->limit, seconds(error->budget_ms),
                          error->last_seen ? "; last seen: " : "", error->last_seen ? error->last_seen : "");
  case PROCTOR_COMMAND_FAILED:
    return proctor_format("command `%s` failed (exit code %d)", command, error->status);
  case PROCTOR_COMMAND_UNEXPECTEDLY_SUCCEEDED:
    return proctor_format("command `%s` unexpectedly succeeded", command);
  case PROCTOR_OUTPUT_TOO_LARGE:
    return proctor_format("command `%s` printed more than the %u bytes that one command may", command,
                          (unsigned)error->limit_bytes);
  case PROCTOR_SHELL_LOST:
    return proctor_format("command `%s` lost its shell (%s); %s", command, error->reason,
                          error->restored ? "a new one answers" : "there is no new one");
  case PROCTOR_MACHINE_DOWN:
    return proctor_format("the machine is not running (%s)", error->machine_status);
  case PROCTOR_DENIED:
    return proctor_format("denied: %s; to allow it, run with --%s", error->what, error->capability);
  case PROCTOR_MONITOR_ERROR:
    return proctor_format("the machine's monitor answered: %s", error->text);
  case PROCTOR_UNSUPPORTED:
    return proctor_format("not supported: %s", error->text);
  case PROCTOR_POLLING_CONDITION_FAILED:
    return proctor_format("Polling condition failed: %s%s%s", error->description, *error->text ? ": " : "",
                          error->text);
  case PROCTOR_HOST_FAILURE:
    return proctor_format("the test host failed: %s", error->text);
  case PROCTOR_TEXT:
  case PROCTOR_UNIT_FAILED:
  case PROCTOR_INVALID_ARGUMENT:
    break;
  }
  return error->text;
}

const char *proctor_error_message(const proctor_error *error) {
  const char *cause = cause_message(error);
  if (!error->action)
    return cause;
  const char *call =
      proctor_format("%s failed after %s: %s", shortened(error->action), seconds(error->elapsed_ms), cause);
  return error->machine ? proctor_format("machine `%s`: %s", error->machine, call) : call;
}

const char *proctor_error_details(const proctor_error *error) {
  char *text = proctor_format("%s", proctor_error_message(error));
  if (error->output) {
    bool cut = error->output_size > SHOWN_OUTPUT_BYTES;
    const char *shown = error->output + (cut ? error->output_size - SHOWN_OUTPUT_BYTES : 0);
    size_t size = strlen(shown);
    while (size > 0 && strchr(" \t\r\n", shown[size - 1]))
      size--;
    const char *note = cut ? proctor_format(" (the last %zu bytes)", SHOWN_OUTPUT_BYTES) : "";
    text = proctor_format("%s\noutput%s: %.*s", text, note, (int)size, shown);
  }
  for (const char *const *line = error->lines; line && *line; line++)
    text = proctor_format("%s\n  %s", text, *line);
  return proctor_format("%s\nat %s:%u", text, error->place.file, (unsigned)error->place.line);
}
