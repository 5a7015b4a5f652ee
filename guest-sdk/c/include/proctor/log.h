/* The log, and its subtests and groups. */
#ifndef PROCTOR_LOG_H
#define PROCTOR_LOG_H

/* Writes a line, formatted as printf does: for those who look closely, about what happens, about what may explain a
 * later failure, about what is wrong (which does not fail the test). */
void proctor_log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void proctor_log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void proctor_log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void proctor_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether the serial consoles' lines are shown as they come. They are recorded in any case. On at first. */
void proctor_show_serial(bool enabled);

/* A part of the test that passes or fails under a name of its own: PROCTOR_SUBTEST("it serves") { ... }
 * Where the block ends the function with an error, the subtest has failed, too. `continue` ends the block early. */
#define PROCTOR_SUBTEST(name) PROCTOR_SPAN_(true, name)

/* Puts the lines that the block causes together under a name: PROCTOR_GROUP("set-up") { ... } */
#define PROCTOR_GROUP(name) PROCTOR_SPAN_(false, name)

/* A subtest whose error the test wants to judge itself: it is that of the body, logged as the subtest's failure. */
proctor_result proctor_subtest(const char *name, proctor_result (*body)(void *context), void *context);

/* For the macros. */
#define PROCTOR_SPAN_(subtest, name)                                                                                   \
  for (proctor_span_ proctor_span_here_                                                                                \
       __attribute__((cleanup(proctor_leave_span_))) = proctor_enter_span_(subtest, name);                             \
       !proctor_span_here_.done; proctor_span_here_.done = true)
typedef struct {
  int32_t handle;
  bool subtest, done;
} proctor_span_;
proctor_span_ proctor_enter_span_(bool subtest, const char *name);
void proctor_leave_span_(proctor_span_ *span);

#endif
