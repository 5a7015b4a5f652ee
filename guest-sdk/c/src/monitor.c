/* A machine's own monitor. The run has to grant it: who commands the monitor commands the host. All can fail with
 * PROCTOR_DENIED and PROCTOR_MONITOR_ERROR. */
#include "internal.h"

proctor_output proctor_send_monitor_command_(proctor_place place, proctor_machine machine, const char *command,
                                             proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t command_text = argument(&call, command);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_monitor_send_monitor_command(borrowed(machine), &command_text, given(&timeout), &told,
                                                   &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_send_qmp_command_(proctor_place place, proctor_machine machine, const char *command,
                                         proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t command_text = argument(&call, command);
  test_string_t arguments_text = argument_if_any(&call, options.arguments);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_monitor_send_qmp_command(borrowed(machine), &command_text,
                                               options.arguments ? &arguments_text : NULL, given(&timeout), &told,
                                               &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_wait_for_qmp_event_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  proctor_driver_monitor_event_filter_t filter = {
      .name = optional(&call, options.event),
      .data = optional(&call, options.data),
  };
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_monitor_wait_for_qmp_event(borrowed(machine), &filter, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}
