/* A machine's life: power on, power off, and what lies between. */
#include "internal.h"

proctor_result proctor_start_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout,
       proctor_driver_machine_method_machine_start(borrowed(machine), options.allow_reboot, given(&timeout),
                                                   &call.error));
  return nothing_of(&call);
}

proctor_result proctor_connect_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_machine_method_machine_connect(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_shutdown_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_machine_method_machine_shutdown(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_reboot_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_machine_method_machine_reboot(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_switch_root_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout,
       proctor_driver_machine_method_machine_switch_root(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_crash_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_machine_method_machine_crash(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_wait_for_shutdown_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout,
       proctor_driver_machine_method_machine_wait_for_shutdown(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

bool proctor_is_up_(proctor_place place, proctor_machine machine) {
  proctor_call call = begin_on(place, machine);
  if (call.refused)
    proctor_panic_(place, "%s", call.refused);
  return proctor_driver_machine_method_machine_is_up(borrowed(machine));
}
