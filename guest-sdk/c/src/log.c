/* The log, and its subtests and groups. */
#include <stdarg.h>

#include "internal.h"

/* The subtests that are open: a fault ends them without leaving their blocks. */
static struct {
  int32_t *handles;
  size_t count, room;
} open_subtests;

static proctor_driver_log_borrow_span_t borrowed_span(int32_t handle) {
  return proctor_driver_log_borrow_span((proctor_driver_log_own_span_t){handle});
}

static void write_line(proctor_driver_log_level_t level, const char *format, va_list values) {
  char *text = NULL;
  if (vasprintf(&text, format, values) < 0)
    return;
  test_string_t message = host_text(text, strlen(text));
  proctor_driver_log_write(level, &message);
  if ((char *)message.ptr != text)
    free(message.ptr);
  free(text);
}

#define WRITE(name, level)                                                                                             \
  void name(const char *format, ...) {                                                                                 \
    va_list values;                                                                                                    \
    va_start(values, format);                                                                                          \
    write_line(level, format, values);                                                                                 \
    va_end(values);                                                                                                    \
  }

WRITE(proctor_log_debug, PROCTOR_DRIVER_LOG_LEVEL_DEBUG)
WRITE(proctor_log_info, PROCTOR_DRIVER_LOG_LEVEL_INFO)
WRITE(proctor_log_warning, PROCTOR_DRIVER_LOG_LEVEL_WARNING)
WRITE(proctor_log_error, PROCTOR_DRIVER_LOG_LEVEL_ERROR)

void proctor_show_serial(bool enabled) { proctor_driver_log_show_serial(enabled); }

proctor_span_ proctor_enter_span_(bool subtest, const char *name) {
  test_string_t text = host_text(name, strlen(name));
  proctor_driver_log_span_kind_t kind =
      subtest ? PROCTOR_DRIVER_LOG_SPAN_KIND_SUBTEST : PROCTOR_DRIVER_LOG_SPAN_KIND_GROUP;
  int32_t handle = proctor_driver_log_constructor_span(kind, &text).__handle;
  if (subtest) {
    if (open_subtests.count == open_subtests.room) {
      open_subtests.room = 2 * open_subtests.room + 8;
      open_subtests.handles = realloc(open_subtests.handles, open_subtests.room * sizeof *open_subtests.handles);
      if (!open_subtests.handles)
        proctor_panic_((proctor_place){0}, "there is no memory left");
    }
    open_subtests.handles[open_subtests.count++] = handle;
  }
  return (proctor_span_){handle, subtest, false};
}

void proctor_leave_span_(proctor_span_ *span) {
  if (span->subtest) {
    open_subtests.count--;
    if (!span->done && failing) {
      host_failure failure = failure_of(failing);
      proctor_driver_log_method_span_fail(borrowed_span(span->handle), &failure);
    }
  }
  proctor_driver_log_span_drop_own((proctor_driver_log_own_span_t){span->handle});
}

proctor_result proctor_subtest(const char *name, proctor_result (*body)(void *context), void *context) {
  PROCTOR_SUBTEST(name) { PROCTOR_TRY(body(context)); }
  return PROCTOR_OK;
}

void fail_open_subtests(host_failure *failure) {
  for (size_t index = open_subtests.count; index > 0; index--)
    proctor_driver_log_method_span_fail(borrowed_span(open_subtests.handles[index - 1]), failure);
}
