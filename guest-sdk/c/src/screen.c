/* What a machine shows on its screen. */
#include "internal.h"

proctor_output proctor_screenshot_(proctor_place place, proctor_machine machine, const char *name,
                                   proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t name_text = argument(&call, name);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_screen_screenshot(borrowed(machine), &name_text, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_get_screen_text_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t told = {0};
  PASS(call, timeout, proctor_driver_screen_get_screen_text(borrowed(machine), given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_texts proctor_get_screen_text_variants_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_list_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_screen_get_screen_text_variants(borrowed(machine), given(&timeout), &told, &call.error));
  return texts_of(&call, &told);
}

proctor_output proctor_wait_for_text_(proctor_place place, proctor_machine machine, const char *pattern,
                                      proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t pattern_text = argument(&call, pattern);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_screen_wait_for_text(borrowed(machine), &pattern_text, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_result proctor_wait_for_x_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_screen_wait_for_x(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_texts proctor_get_window_names_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_list_string_t told = {0};
  PASS(call, timeout, proctor_driver_screen_get_window_names(borrowed(machine), given(&timeout), &told, &call.error));
  return texts_of(&call, &told);
}

proctor_output proctor_wait_for_window_(proctor_place place, proctor_machine machine, const char *pattern,
                                        proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t pattern_text = argument(&call, pattern);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_screen_wait_for_window(borrowed(machine), &pattern_text, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}
