/* Why a call, or a test, failed. */
#ifndef PROCTOR_ERROR_H
#define PROCTOR_ERROR_H

/* The compiler warns where what a call returns is not looked at: an error would be lost. */
#define PROCTOR_MUST_USE __attribute__((warn_unused_result))

/* A place in the source text. */
typedef struct {
  const char *file;
  uint32_t line;
} proctor_place;

/* The place of the line on which it stands. */
#define PROCTOR_HERE ((proctor_place){__FILE__, __LINE__})

/* What went wrong. Beside each cause, what is set in the error. */
typedef enum {
  PROCTOR_TEXT,                           /* The test said so: text. */
  PROCTOR_TIMED_OUT,                      /* A limit passed: limit, budget_ms, last_seen. */
  PROCTOR_COMMAND_FAILED,                 /* It should have succeeded: command, status, output, output_size. */
  PROCTOR_COMMAND_UNEXPECTEDLY_SUCCEEDED, /* It should have failed: the same. */
  PROCTOR_OUTPUT_TOO_LARGE,               /* It printed more than one may: command, limit_bytes. */
  PROCTOR_SHELL_LOST,                     /* Its shell was killed: command, reason, restored. */
  PROCTOR_MACHINE_DOWN,                   /* The machine is not running: machine_status, lines (of its console). */
  PROCTOR_UNIT_FAILED,                    /* A unit is not in the state that was wanted: unit, user, state, text,
                                             lines (of its journal). */
  PROCTOR_DENIED,                         /* The run does not grant this: capability, what. */
  PROCTOR_MONITOR_ERROR,                  /* The machine answered that it could not: text. */
  PROCTOR_UNSUPPORTED,                    /* The machine has no means to do this: text. */
  PROCTOR_INVALID_ARGUMENT,               /* An argument that cannot be meant: text. */
  PROCTOR_POLLING_CONDITION_FAILED,       /* A condition does not hold: description, text (may be empty). */
  PROCTOR_HOST_FAILURE,                   /* The fault is the host's: text. */
} proctor_cause;

/* An error. What its cause does not set is NULL or 0. */
typedef struct {
  const char *machine; /* The machine concerned; NULL where there is none. */
  const char *action;  /* What was in progress, `succeed("true")`; NULL where no call of the host failed. */
  uint32_t elapsed_ms; /* How long the call had taken. */
  proctor_place place; /* Where in the test. */
  proctor_cause cause;
  const char *text;
  const char *limit; /* The name of the limit, as `proctor run --help` has it. */
  uint32_t budget_ms;
  const char *last_seen; /* A status, a line, a state; may be NULL. */
  const char *command;   /* As it was given. */
  int status;            /* 128 + N after signal N, 124 after a passed timeout. */
  const char *output;    /* Exactly what was printed, and a NUL. */
  size_t output_size;
  uint32_t limit_bytes;
  const char *reason;
  bool restored;
  const char *machine_status; /* `exit status: 1`, `not started`. */
  const char *unit, *user, *state;
  const char *capability; /* The flag of `proctor run` that would grant it. */
  const char *what;
  const char *description;
  const char *const *lines; /* Oldest first, with a NULL at the end; NULL where there are none. */
} proctor_error;

/* What returns nothing else, tests included. */
typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
} proctor_result;

/* Ends the function with the error of a struct, where it has one; otherwise the struct. */
#define PROCTOR_TRY(call)                                                                                              \
  __extension__({                                                                                                      \
    __auto_type proctor_tried_ = (call);                                                                               \
    if (proctor_tried_.error)                                                                                          \
      return proctor_return_(proctor_tried_.error);                                                                    \
    proctor_tried_;                                                                                                    \
  })

/* What a test or another function returns that has not failed. */
#define PROCTOR_OK (proctor_return_(NULL))

/* An error that is a text, formatted as printf does: return proctor_fail("it got %s", page); */
#define proctor_fail(...) (proctor_fail_(PROCTOR_HERE, __VA_ARGS__))

/* Ends the function with an error unless the condition holds: PROCTOR_ENSURE(count == 3, "%d lines instead of 3",
 * count); */
#define PROCTOR_ENSURE(condition, ...)                                                                                 \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      return proctor_return_(proctor_fail(__VA_ARGS__).error);                                                         \
  } while (0)

/* The error with which a struct would end the function: for conditions and the like. */
#define PROCTOR_RESULT(call) (proctor_return_((call).error))

/* The cause's name in the interface, `timed-out`; empty for a text of the test's own. */
const char *proctor_error_code(const proctor_error *error);

/* The error in one sentence. */
const char *proctor_error_message(const proctor_error *error);

/* The sentence, the command's output or the machine's last lines, and the place. */
const char *proctor_error_details(const proctor_error *error);

/* A text of the form that printf takes, and one without the white space at both ends. Both live as long as the test. */
char *proctor_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *proctor_trim(const char *text);

/* Gives back what a call returned and what is large, such as an output, before the test ends. */
void proctor_release(const void *returned);

/* For the macros. */
proctor_result proctor_return_(const proctor_error *error);
proctor_result proctor_fail_(proctor_place place, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
