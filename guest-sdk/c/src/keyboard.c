/* A machine's keyboard, with an American layout. A key is held for 10 ms. */
#include "internal.h"

proctor_result proctor_send_key_(proctor_place place, proctor_machine machine, const char *key,
                                 proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t key_text = argument(&call, key);
  limit delay = after(options.delay_ms);
  PASS(call, timeout,
       proctor_driver_keyboard_send_key(borrowed(machine), &key_text, given(&delay), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_send_chars_(proctor_place place, proctor_machine machine, const char *text,
                                   proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t text_text = argument(&call, text);
  limit delay = after(options.delay_ms);
  PASS(call, timeout,
       proctor_driver_keyboard_send_chars(borrowed(machine), &text_text, given(&delay), given(&timeout), &call.error));
  return nothing_of(&call);
}
