/* Commands on a machine. */
#include "internal.h"

proctor_command_result proctor_execute_(proctor_place place, proctor_machine machine, const char *command,
                                        proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t command_text = sized(&call, command, options.command_size);
  proctor_driver_types_command_result_t told = {0};
  PASS(call, timeout,
       proctor_driver_shell_execute(borrowed(machine), &command_text, given(&timeout), &told, &call.error));
  return command_result_of(&call, &told);
}

proctor_output proctor_succeed_(proctor_place place, proctor_machine machine, const char *command,
                                proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t command_text = sized(&call, command, options.command_size);
  test_list_u8_t told = {0};
  PASS(call, timeout,
       proctor_driver_shell_succeed(borrowed(machine), &command_text, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_fail_command_(proctor_place place, proctor_machine machine, const char *command,
                                     proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t command_text = sized(&call, command, options.command_size);
  test_list_u8_t told = {0};
  PASS(call, timeout, proctor_driver_shell_fail(borrowed(machine), &command_text, given(&timeout), &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_wait_until_succeeds_(proctor_place place, proctor_machine machine, const char *command,
                                            proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t command_text = sized(&call, command, options.command_size);
  limit attempt = after(options.attempt_timeout_ms);
  test_list_u8_t told = {0};
  PASS(call, timeout,
       proctor_driver_shell_wait_until_succeeds(borrowed(machine), &command_text, given(&timeout), given(&attempt),
                                                &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_output proctor_wait_until_fails_(proctor_place place, proctor_machine machine, const char *command,
                                         proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t command_text = sized(&call, command, options.command_size);
  limit attempt = after(options.attempt_timeout_ms);
  test_list_u8_t told = {0};
  PASS(call, timeout,
       proctor_driver_shell_wait_until_fails(borrowed(machine), &command_text, given(&timeout), given(&attempt), &told,
                                             &call.error));
  return output_of(&call, told.ptr, told.len);
}

proctor_result proctor_sleep_(proctor_place place, proctor_machine machine, uint32_t duration_ms) {
  proctor_call call = begin_on(place, machine);
  limit left = {true, duration_ms};
  PASS(call, left, proctor_driver_shell_sleep(borrowed(machine), left.value, &call.error));
  return nothing_of(&call);
}
