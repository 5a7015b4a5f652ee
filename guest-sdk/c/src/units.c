/* The services of a machine that runs systemd. A unit without a suffix is a service. */
#include "internal.h"

proctor_command_result proctor_systemctl_(proctor_place place, proctor_machine machine, const char *arguments,
                                          proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t arguments_text = argument(&call, arguments);
  test_string_t user_text = argument_if_any(&call, options.user);
  proctor_driver_types_command_result_t told = {0};
  PASS(call, timeout,
       proctor_driver_units_systemctl(borrowed(machine), &arguments_text, options.user ? &user_text : NULL,
                                      given(&timeout), &told, &call.error));
  return command_result_of(&call, &told);
}

proctor_result proctor_wait_for_unit_(proctor_place place, proctor_machine machine, const char *unit,
                                      proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t unit_text = argument(&call, unit);
  test_string_t user_text = argument_if_any(&call, options.user);
  PASS(call, timeout,
       proctor_driver_units_wait_for_unit(borrowed(machine), &unit_text, options.user ? &user_text : NULL,
                                          given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_wait_for_unit_state_(proctor_place place, proctor_machine machine, const char *unit,
                                            const char *state, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t unit_text = argument(&call, unit);
  test_string_t state_text = argument(&call, state);
  test_string_t user_text = argument_if_any(&call, options.user);
  PASS(call, timeout,
       proctor_driver_units_wait_for_unit_state(borrowed(machine), &unit_text, &state_text,
                                                options.user ? &user_text : NULL, given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_properties proctor_get_unit_info_(proctor_place place, proctor_machine machine, const char *unit,
                                          proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t unit_text = argument(&call, unit);
  test_string_t user_text = argument_if_any(&call, options.user);
  test_list_tuple2_string_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_units_get_unit_info(borrowed(machine), &unit_text, options.user ? &user_text : NULL,
                                          given(&timeout), &told, &call.error));
  return properties_of(&call, &told);
}

proctor_output proctor_get_unit_property_(proctor_place place, proctor_machine machine, const char *unit,
                                          const char *property, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t unit_text = argument(&call, unit);
  test_string_t property_text = argument(&call, property);
  test_string_t user_text = argument_if_any(&call, options.user);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_units_get_unit_property(borrowed(machine), &unit_text, &property_text,
                                              options.user ? &user_text : NULL, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_result proctor_require_unit_state_(proctor_place place, proctor_machine machine, const char *unit,
                                           const char *state, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t unit_text = argument(&call, unit);
  test_string_t state_text = argument(&call, state);
  test_string_t user_text = argument_if_any(&call, options.user);
  PASS(call, timeout,
       proctor_driver_units_require_unit_state(borrowed(machine), &unit_text, &state_text,
                                               options.user ? &user_text : NULL, given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_command_result proctor_start_job_(proctor_place place, proctor_machine machine, const char *unit,
                                          proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t unit_text = argument(&call, unit);
  test_string_t user_text = argument_if_any(&call, options.user);
  proctor_driver_types_command_result_t told = {0};
  PASS(call, timeout,
       proctor_driver_units_start_job(borrowed(machine), &unit_text, options.user ? &user_text : NULL, given(&timeout),
                                      &told, &call.error));
  return command_result_of(&call, &told);
}

proctor_command_result proctor_stop_job_(proctor_place place, proctor_machine machine, const char *unit,
                                         proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t unit_text = argument(&call, unit);
  test_string_t user_text = argument_if_any(&call, options.user);
  proctor_driver_types_command_result_t told = {0};
  PASS(call, timeout,
       proctor_driver_units_stop_job(borrowed(machine), &unit_text, options.user ? &user_text : NULL, given(&timeout),
                                     &told, &call.error));
  return command_result_of(&call, &told);
}
