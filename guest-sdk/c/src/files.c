/* Files of a machine, and files that go into it and come out of it. */
#include "internal.h"

proctor_result proctor_wait_for_file_(proctor_place place, proctor_machine machine, const char *path,
                                      proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t path_text = argument(&call, path);
  PASS(call, timeout, proctor_driver_files_wait_for_file(borrowed(machine), &path_text, given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_copy_from_host_(proctor_place place, proctor_machine machine, const char *source,
                                       const char *target, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t source_text = argument(&call, source);
  test_string_t target_text = argument(&call, target);
  PASS(
      call, timeout,
      proctor_driver_files_copy_from_host(borrowed(machine), &source_text, &target_text, given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_copy_from_host_via_shell_(proctor_place place, proctor_machine machine, const char *source,
                                                 const char *target, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t source_text = argument(&call, source);
  test_string_t target_text = argument(&call, target);
  PASS(call, timeout,
       proctor_driver_files_copy_from_host_via_shell(borrowed(machine), &source_text, &target_text, given(&timeout),
                                                     &call.error));
  return nothing_of(&call);
}

proctor_output proctor_copy_from_machine_(proctor_place place, proctor_machine machine, const char *source,
                                          const char *target_directory, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t source_text = argument(&call, source);
  test_string_t target_directory_text = argument(&call, target_directory);
  test_string_t told = {0};
  PASS(call, timeout,
       proctor_driver_files_copy_from_machine(borrowed(machine), &source_text, &target_directory_text, given(&timeout),
                                              &told, &call.error));
  return output_of(&call, told.ptr, told.len);
}
