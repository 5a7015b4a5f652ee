/* A machine's serial console and its virtual terminals.
 *
 * Patterns are regular expressions of Rust's crate `regex`, without look-around and back references; `^` and `$` match
 * at line ends. One that is wrong is PROCTOR_INVALID_ARGUMENT. */
#ifndef PROCTOR_CONSOLE_H
#define PROCTOR_CONSOLE_H

/* Waits until the serial console's text matches: all lines since where the last match of this function ended, at first
 * all since the machine's start, the last line perhaps not complete yet. Returns what matched. PROCTOR_MACHINE_DOWN as
 * soon as the machine stops. Options: timeout_ms. */
#define proctor_wait_for_console_text(machine_, pattern_, ...)                                                         \
  (proctor_wait_for_console_text_(PROCTOR_HERE, machine_, pattern_, (proctor_options){__VA_ARGS__}))

/* All lines of the serial console since the machine was last started; the last 16 MB of them. */
#define proctor_get_console_log(machine_) (proctor_get_console_log_(PROCTOR_HERE, machine_))

/* Types into the serial console. The machine may not have read it when this returns. Options: timeout_ms. */
#define proctor_send_console(machine_, text_, ...)                                                                     \
  (proctor_send_console_(PROCTOR_HERE, machine_, text_, (proctor_options){__VA_ARGS__}))

/* What a virtual terminal shows, `1` for /dev/tty1: its lines without their trailing blanks. Options: timeout_ms. */
#define proctor_get_tty_text(machine_, tty_, ...)                                                                      \
  (proctor_get_tty_text_(PROCTOR_HERE, machine_, tty_, (proctor_options){__VA_ARGS__}))

/* Waits until what a virtual terminal shows matches. Returns what matched. Options: timeout_ms. */
#define proctor_wait_until_tty_matches(machine_, tty_, pattern_, ...)                                                  \
  (proctor_wait_until_tty_matches_(PROCTOR_HERE, machine_, tty_, pattern_, (proctor_options){__VA_ARGS__}))

/* Writes what a virtual terminal shows to the log. Options: timeout_ms. */
#define proctor_dump_tty_contents(machine_, tty_, ...)                                                                 \
  (proctor_dump_tty_contents_(PROCTOR_HERE, machine_, tty_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
proctor_output proctor_wait_for_console_text_(proctor_place place, proctor_machine machine, const char *pattern,
                                              proctor_options options);
proctor_output proctor_get_console_log_(proctor_place place, proctor_machine machine);
proctor_result proctor_send_console_(proctor_place place, proctor_machine machine, const char *text,
                                     proctor_options options);
proctor_output proctor_get_tty_text_(proctor_place place, proctor_machine machine, const char *tty,
                                     proctor_options options);
proctor_output proctor_wait_until_tty_matches_(proctor_place place, proctor_machine machine, const char *tty,
                                               const char *pattern, proctor_options options);
proctor_result proctor_dump_tty_contents_(proctor_place place, proctor_machine machine, const char *tty,
                                          proctor_options options);

#endif
