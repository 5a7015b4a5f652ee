/* The tests of the component, and what the host calls. */
#include <ctype.h>
#include <stdarg.h>
#include <time.h>

#include "internal.h"

const proctor_error *proctor_internal_pending(void);

/* The first pause between two tries, and the longest. */
static const double PAUSES[] = {0.02, 1};

static proctor_registration *registered;
static bool may_exit;

static const char *name_of(const proctor_registration *test) {
  return test->options.name ? test->options.name : test->identifier;
}

/* In the order of the source text. */
void proctor_register_(proctor_registration *test) {
  proctor_registration **at = &registered;
  for (; *at; at = &(*at)->next) {
    int order = strcmp((*at)->place.file, test->place.file);
    if (order > 0 || (order == 0 && (*at)->place.line > test->place.line))
      break;
  }
  test->next = *at;
  *at = test;
}

static void exited(void) {
  if (!may_exit)
    proctor_panic_((proctor_place){0}, "the test exited");
}

static void prepare(void) { (void)atexit(exited); }

_Noreturn void proctor_panic_(proctor_place place, const char *format, ...) {
  static bool panics;
  if (panics)
    __builtin_trap();
  panics = true;
  char text[1024];
  va_list values;
  va_start(values, format);
  (void)vsnprintf(text, sizeof text, format, values);
  va_end(values);
  (void)fflush(NULL);
  host_failure failure = failure_of(text_error(place, PROCTOR_TEXT, text));
  fail_open_subtests(&failure);
  proctor_driver_log_panicked(&failure);
  may_exit = true;
  __builtin_trap();
}

static void check_line(const proctor_registration *test, const char *what, const char *text) {
  bool is_blank = true;
  for (const char *at = text; *at; at++) {
    is_blank = is_blank && isspace((unsigned char)*at);
    if (iscntrl((unsigned char)*at))
      proctor_panic_(test->place, "%s must be one line without control characters", what);
  }
  if (is_blank)
    proctor_panic_(test->place, "%s must not be empty", what);
}

static size_t check(const proctor_registration *test) {
  check_line(test, "a test's name", name_of(test));
  if (test->options.description)
    check_line(test, "a description", test->options.description);
  size_t tags = 0;
  while (tags < sizeof test->options.tags / sizeof *test->options.tags && test->options.tags[tags])
    check_line(test, "a tag", test->options.tags[tags++]);
  for (const proctor_registration *first = registered; first != test; first = first->next) {
    if (strcmp(name_of(first), name_of(test)) == 0)
      proctor_panic_(test->place, "two tests are named `%s`: at %s:%u and at %s:%u; give one another name with `.name`",
                     name_of(test), first->place.file, (unsigned)first->place.line, test->place.file,
                     (unsigned)test->place.line);
  }
  return tags;
}

void exports_proctor_driver_tests_list(exports_proctor_driver_tests_list_test_t *ret) {
  prepare();
  size_t count = 0;
  for (proctor_registration *test = registered; test; test = test->next)
    count++;
  ret->ptr = zeroed(count, sizeof *ret->ptr);
  ret->len = count;
  exports_proctor_driver_tests_test_t *described = ret->ptr;
  for (proctor_registration *test = registered; test; test = test->next, described++) {
    size_t tags = check(test);
    described->name = host_copy(name_of(test));
    if (test->options.description)
      described->description = (test_option_string_t){true, host_copy(test->options.description)};
    described->tags = (test_list_string_t){zeroed(tags, sizeof(test_string_t)), tags};
    for (size_t index = 0; index < tags; index++)
      described->tags.ptr[index] = host_copy(test->options.tags[index]);
    described->timeout.is_some = test->options.timeout_ms != 0;
    described->timeout.val = test->options.timeout_ms;
    described->place.is_some = true;
    described->place.val = (exports_proctor_driver_tests_place_t){host_copy(test->place.file), test->place.line, 0};
  }
}

static const proctor_error *run(const char *name) {
  const char *names = "";
  for (proctor_registration *test = registered; test; test = test->next) {
    if (strcmp(name_of(test), name) == 0) {
      const proctor_error *error = test->body().error;
      leave_all();
      const proctor_error *later = proctor_internal_pending();
      return error ? error : later;
    }
    names = proctor_format("%s%s`%s`", names, *names ? ", " : "", name_of(test));
  }
  return text_error((proctor_place){0}, PROCTOR_TEXT,
                    *names ? proctor_format("no test is named `%s`; there are %s", name, names)
                           : proctor_format("no test is named `%s`; the component has none", name));
}

bool exports_proctor_driver_tests_run(test_string_t *name, exports_proctor_driver_tests_failure_t *err) {
  prepare();
  const proctor_error *error = run(own_text(name->ptr, name->len));
  /* A line that a test began would stay in the buffer. */
  (void)fflush(NULL);
  if (!error)
    return true;
  *err = failure_of(error);
  return false;
}

static double now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A number of seconds with at least one decimal: `60.0`, `0.25`. */
static const char *decimal(uint32_t milliseconds) {
  char *text = proctor_format("%.3f", milliseconds / 1000.0);
  for (size_t end = strlen(text) - 1; text[end] == '0' && text[end - 1] != '.'; end--)
    text[end] = 0;
  return text;
}

proctor_result proctor_retry_(proctor_place place, uint32_t timeout_ms, proctor_action action, void *context) {
  if (!action)
    return result_of(text_error(place, PROCTOR_INVALID_ARGUMENT, "an argument is NULL"));
  double start = now(), timeout = timeout_ms / 1000.0;
  for (;;) {
    double began = now();
    bool done = false;
    proctor_result result = action(context, &done);
    if (result.error || done)
      return result_of(result.error);
    double elapsed = now() - start;
    if (elapsed >= timeout) {
      const char *text =
          proctor_format("action timed out after %.2f seconds (timeout=%s)", elapsed, decimal(timeout_ms));
      return result_of(text_error(place, PROCTOR_TEXT, text));
    }
    /* The longer it lasts, the less often. */
    double pause = now() - began;
    if (pause < elapsed / 20)
      pause = elapsed / 20;
    if (pause < PAUSES[0])
      pause = PAUSES[0];
    if (pause > PAUSES[1])
      pause = PAUSES[1];
    if (pause > timeout - elapsed)
      pause = timeout - elapsed;
    struct timespec time = {(time_t)pause, (long)((pause - (double)(time_t)pause) * 1e9)};
    (void)nanosleep(&time, NULL);
  }
}
