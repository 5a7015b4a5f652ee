/* Commands on a machine.
 *
 * Every command is run by bash as root in /tmp under `set -euo pipefail`, with nothing on its standard input and its
 * standard error on the serial console. Besides what is named, all can fail with PROCTOR_SHELL_LOST,
 * PROCTOR_OUTPUT_TOO_LARGE and PROCTOR_INVALID_ARGUMENT (a NUL, which no command can have). */
#ifndef PROCTOR_SHELL_H
#define PROCTOR_SHELL_H

/* What a command printed, or another text: exactly the bytes, and a NUL. */
typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
  const char *text;
  size_t size;
} proctor_output;

/* How a command ended. */
typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
  const char *command; /* As it was given. */
  int status;          /* 128 + N after signal N, 124 after a passed timeout. */
  const char *output;  /* Exactly what it printed to standard output, and a NUL. */
  size_t output_size;
} proctor_command_result;

/* Runs a command and returns its status and output, whatever they are. After a passed timeout the status is 124 and the
 * output what it had printed. Options: timeout_ms, command_size. */
#define proctor_execute(machine_, command_, ...)                                                                       \
  (proctor_execute_(PROCTOR_HERE, machine_, command_, (proctor_options){__VA_ARGS__}))

/* Runs a command, which must succeed, and returns its output. PROCTOR_COMMAND_FAILED where it does not. Options:
 * timeout_ms, command_size. */
#define proctor_succeed(machine_, command_, ...)                                                                       \
  (proctor_succeed_(PROCTOR_HERE, machine_, command_, (proctor_options){__VA_ARGS__}))

/* Runs a command, which must fail, and returns its output. PROCTOR_COMMAND_UNEXPECTEDLY_SUCCEEDED where it does not.
 * Options: timeout_ms, command_size. */
#define proctor_fail_command(machine_, command_, ...)                                                                  \
  (proctor_fail_command_(PROCTOR_HERE, machine_, command_, (proctor_options){__VA_ARGS__}))

/* Repeats a command until it succeeds and returns its output. PROCTOR_TIMED_OUT tells the last attempt's status and
 * output. Options: timeout_ms, attempt_timeout_ms, command_size. */
#define proctor_wait_until_succeeds(machine_, command_, ...)                                                           \
  (proctor_wait_until_succeeds_(PROCTOR_HERE, machine_, command_, (proctor_options){__VA_ARGS__}))

/* Repeats a command until it fails and returns its output. PROCTOR_TIMED_OUT tells the last attempt's status and
 * output. Options: timeout_ms, attempt_timeout_ms, command_size. */
#define proctor_wait_until_fails(machine_, command_, ...)                                                              \
  (proctor_wait_until_fails_(PROCTOR_HERE, machine_, command_, (proctor_options){__VA_ARGS__}))

/* Lets time pass on the machine's clock. */
#define proctor_sleep(machine_, duration_ms_) (proctor_sleep_(PROCTOR_HERE, machine_, duration_ms_))

/* For the macros. */
proctor_command_result proctor_execute_(proctor_place place, proctor_machine machine, const char *command,
                                        proctor_options options);
proctor_output proctor_succeed_(proctor_place place, proctor_machine machine, const char *command,
                                proctor_options options);
proctor_output proctor_fail_command_(proctor_place place, proctor_machine machine, const char *command,
                                     proctor_options options);
proctor_output proctor_wait_until_succeeds_(proctor_place place, proctor_machine machine, const char *command,
                                            proctor_options options);
proctor_output proctor_wait_until_fails_(proctor_place place, proctor_machine machine, const char *command,
                                         proctor_options options);
proctor_result proctor_sleep_(proctor_place place, proctor_machine machine, uint32_t duration_ms);

#endif
