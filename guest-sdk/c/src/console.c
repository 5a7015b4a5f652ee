/* A machine's serial console and its virtual terminals. */
#include "internal.h"

proctor_output proctor_wait_for_console_text_(proctor_place place, proctor_machine machine, const char *pattern,
                                              proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t pattern_text = argument(&call, pattern);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_console_wait_for_console_text(borrowed(machine), &pattern_text, given(&timeout), &told,
                                                    &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_get_console_log_(proctor_place place, proctor_machine machine) {
  proctor_call call = begin_on(place, machine);
  test_string_t told = {0};
  ASK(call, proctor_driver_console_get_console_log(borrowed(machine), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_result proctor_send_console_(proctor_place place, proctor_machine machine, const char *text,
                                     proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t text_text = argument(&call, text);
  PASS(call, timeout, proctor_driver_console_send_console(borrowed(machine), &text_text, given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_output proctor_get_tty_text_(proctor_place place, proctor_machine machine, const char *tty,
                                     proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t tty_text = argument(&call, tty);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_console_get_tty_text(borrowed(machine), &tty_text, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_wait_until_tty_matches_(proctor_place place, proctor_machine machine, const char *tty,
                                               const char *pattern, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t tty_text = argument(&call, tty);
  test_string_t pattern_text = argument(&call, pattern);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_console_wait_until_tty_matches(borrowed(machine), &tty_text, &pattern_text, given(&timeout),
                                                     &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_result proctor_dump_tty_contents_(proctor_place place, proctor_machine machine, const char *tty,
                                          proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t tty_text = argument(&call, tty);
  PASS(call, timeout,
       proctor_driver_console_dump_tty_contents(borrowed(machine), &tty_text, given(&timeout), &call.error));
  return nothing_of(&call);
}
