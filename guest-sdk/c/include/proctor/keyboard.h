/* A machine's keyboard, with an American layout. A key is held for 10 ms. */
#ifndef PROCTOR_KEYBOARD_H
#define PROCTOR_KEYBOARD_H

/* Presses keys together and releases them: a character that can be typed, or names joined by `-`, such as `ret`, `ctrl-
 * alt-delete`, `f1`, `0x1c`. PROCTOR_INVALID_ARGUMENT where there is no such key. Options: timeout_ms, delay_ms. */
#define proctor_send_key(machine_, key_, ...)                                                                          \
  (proctor_send_key_(PROCTOR_HERE, machine_, key_, (proctor_options){__VA_ARGS__}))

/* Types text: printable ASCII, line feeds (Enter) and tabs. PROCTOR_INVALID_ARGUMENT before anything is typed, where it
 * holds something else. Options: timeout_ms, delay_ms. */
#define proctor_send_chars(machine_, text_, ...)                                                                       \
  (proctor_send_chars_(PROCTOR_HERE, machine_, text_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
proctor_result proctor_send_key_(proctor_place place, proctor_machine machine, const char *key,
                                 proctor_options options);
proctor_result proctor_send_chars_(proctor_place place, proctor_machine machine, const char *text,
                                   proctor_options options);

#endif
