/* Calls of the host and what they return. */
#include "internal.h"

/* What is called now is not called by a function that is being left. */
proctor_call begin(proctor_place place) {
  leaving = NULL;
  return (proctor_call){.place = place};
}

proctor_call begin_on(proctor_place place, proctor_machine machine) {
  proctor_call call = begin(place);
  if (machine.error)
    call.refused = proctor_format("this is no machine: %s", proctor_error_message(machine.error));
  else if (machine.handle == 0)
    call.refused = "this is no machine: no call returned it";
  return call;
}

const proctor_error *failed(proctor_call *call) {
  if (call->refused)
    failing = text_error(call->place, PROCTOR_INVALID_ARGUMENT, call->refused);
  else
    failing = call->ok ? NULL : error_of(call->place, &call->error);
  return failing;
}

proctor_result nothing_of(proctor_call *call) { return (proctor_result){failed(call)}; }

proctor_output output_of(proctor_call *call, uint8_t *bytes, size_t size) {
  const proctor_error *error = failed(call);
  return error ? (proctor_output){error, "", 0} : (proctor_output){NULL, own_text(bytes, size), size};
}

proctor_command_result command_result_of(proctor_call *call, proctor_driver_types_command_result_t *told) {
  const proctor_error *error = failed(call);
  if (error)
    return (proctor_command_result){error, "", 0, "", 0};
  return (proctor_command_result){
      .command = own_text(told->command.ptr, told->command.len),
      .status = told->status,
      .output = own_text(told->stdout_.ptr, told->stdout_.len),
      .output_size = told->stdout_.len,
  };
}

proctor_texts texts_of(proctor_call *call, test_list_string_t *told) {
  const proctor_error *error = failed(call);
  if (error)
    return (proctor_texts){error, 0, NULL};
  const char **all = zeroed(told->len + 1, sizeof *all);
  for (size_t index = 0; index < told->len; index++)
    all[index] = own_text(told->ptr[index].ptr, told->ptr[index].len);
  return (proctor_texts){NULL, told->len, all};
}

proctor_properties properties_of(proctor_call *call, test_list_tuple2_string_string_t *told) {
  const proctor_error *error = failed(call);
  if (error)
    return (proctor_properties){error, 0, NULL};
  proctor_property *all = zeroed(told->len, sizeof *all);
  for (size_t index = 0; index < told->len; index++) {
    all[index].name = own_text(told->ptr[index].f0.ptr, told->ptr[index].f0.len);
    all[index].value = own_text(told->ptr[index].f1.ptr, told->ptr[index].f1.len);
  }
  return (proctor_properties){NULL, told->len, all};
}
