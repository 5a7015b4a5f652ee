/* A machine's network: its links, its ports, its sockets. */
#include "internal.h"

proctor_result proctor_block_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_network_block(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_unblock_(proctor_place place, proctor_machine machine, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_network_unblock(borrowed(machine), given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_port proctor_forward_port_(proctor_place place, proctor_machine machine, uint16_t host_port,
                                   uint16_t guest_port, proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  uint16_t told = 0;
  PASS(call, timeout,
       proctor_driver_network_forward_port(borrowed(machine), host_port, guest_port, given(&timeout), &told,
                                           &call.error));
  return (proctor_port){failed(&call), call.ok ? told : 0};
}

proctor_result proctor_wait_for_open_port_(proctor_place place, proctor_machine machine, uint16_t port,
                                           proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t address_text = argument_if_any(&call, options.address);
  PASS(call, timeout,
       proctor_driver_network_wait_for_open_port(borrowed(machine), port, options.address ? &address_text : NULL,
                                                 given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_wait_for_closed_port_(proctor_place place, proctor_machine machine, uint16_t port,
                                             proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t address_text = argument_if_any(&call, options.address);
  PASS(call, timeout,
       proctor_driver_network_wait_for_closed_port(borrowed(machine), port, options.address ? &address_text : NULL,
                                                   given(&timeout), &call.error));
  return nothing_of(&call);
}

proctor_result proctor_wait_for_open_unix_socket_(proctor_place place, proctor_machine machine, const char *path,
                                                  proctor_options options) {
  proctor_call call = begin_on(place, machine);
  limit timeout = after(options.timeout_ms);
  test_string_t path_text = argument(&call, path);
  proctor_driver_network_unix_socket_kind_t kind = options.datagram ? PROCTOR_DRIVER_NETWORK_UNIX_SOCKET_KIND_DATAGRAM
                                                                    : PROCTOR_DRIVER_NETWORK_UNIX_SOCKET_KIND_STREAM;
  PASS(call, timeout,
       proctor_driver_network_wait_for_open_unix_socket(borrowed(machine), &path_text, kind, given(&timeout),
                                                        &call.error));
  return nothing_of(&call);
}
