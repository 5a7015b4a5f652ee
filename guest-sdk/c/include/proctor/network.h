/* A machine's network: its links, its ports, its sockets. */
#ifndef PROCTOR_NETWORK_H
#define PROCTOR_NETWORK_H

/* A port of the host. */
typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
  uint16_t port;
} proctor_port;

/* Takes all its links to VLANs down, as if the cables were pulled. PROCTOR_UNSUPPORTED where it is on no VLAN. Options:
 * timeout_ms. */
#define proctor_block(machine_, ...) (proctor_block_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Takes its links to VLANs up again. Options: timeout_ms. */
#define proctor_unblock(machine_, ...) (proctor_unblock_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Forwards a TCP port of the host's loopback address to a port of the machine. Host port 0 takes any that is free.
 * Returns the host's port. PROCTOR_DENIED where the run does not grant it. Options: timeout_ms. */
#define proctor_forward_port(machine_, host_port_, guest_port_, ...)                                                   \
  (proctor_forward_port_(PROCTOR_HERE, machine_, host_port_, guest_port_, (proctor_options){__VA_ARGS__}))

/* Waits until something on the machine accepts TCP connections on a port. PROCTOR_TIMED_OUT tells the ports that the
 * machine listens on. Options: timeout_ms, address. */
#define proctor_wait_for_open_port(machine_, port_, ...)                                                               \
  (proctor_wait_for_open_port_(PROCTOR_HERE, machine_, port_, (proctor_options){__VA_ARGS__}))

/* Waits until nothing accepts TCP connections on a port any more. Options: timeout_ms, address. */
#define proctor_wait_for_closed_port(machine_, port_, ...)                                                             \
  (proctor_wait_for_closed_port_(PROCTOR_HERE, machine_, port_, (proctor_options){__VA_ARGS__}))

/* Waits until something on the machine listens on a UNIX socket. Options: timeout_ms, datagram. */
#define proctor_wait_for_open_unix_socket(machine_, path_, ...)                                                        \
  (proctor_wait_for_open_unix_socket_(PROCTOR_HERE, machine_, path_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
proctor_result proctor_block_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_result proctor_unblock_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_port proctor_forward_port_(proctor_place place, proctor_machine machine, uint16_t host_port,
                                   uint16_t guest_port, proctor_options options);
proctor_result proctor_wait_for_open_port_(proctor_place place, proctor_machine machine, uint16_t port,
                                           proctor_options options);
proctor_result proctor_wait_for_closed_port_(proctor_place place, proctor_machine machine, uint16_t port,
                                             proctor_options options);
proctor_result proctor_wait_for_open_unix_socket_(proctor_place place, proctor_machine machine, const char *path,
                                                  proctor_options options);

#endif
