/* A machine's own monitor. The run has to grant it: who commands the monitor commands the host. All can fail with
 * PROCTOR_DENIED and PROCTOR_MONITOR_ERROR. */
#ifndef PROCTOR_MONITOR_H
#define PROCTOR_MONITOR_H

/* Runs a command of the text monitor and returns what it prints. Options: timeout_ms. */
#define proctor_send_monitor_command(machine_, command_, ...)                                                          \
  (proctor_send_monitor_command_(PROCTOR_HERE, machine_, command_, (proctor_options){__VA_ARGS__}))

/* Runs a command of the monitor for programs. Returns the answer as JSON. Options: timeout_ms, arguments. */
#define proctor_send_qmp_command(machine_, command_, ...)                                                              \
  (proctor_send_qmp_command_(PROCTOR_HERE, machine_, command_, (proctor_options){__VA_ARGS__}))

/* Waits for an event and returns it as JSON. Looks at those since the machine's start, or since the one that was
 * returned last. Options: timeout_ms, event, data. */
#define proctor_wait_for_qmp_event(machine_, ...)                                                                      \
  (proctor_wait_for_qmp_event_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
proctor_output proctor_send_monitor_command_(proctor_place place, proctor_machine machine, const char *command,
                                             proctor_options options);
proctor_output proctor_send_qmp_command_(proctor_place place, proctor_machine machine, const char *command,
                                         proctor_options options);
proctor_output proctor_wait_for_qmp_event_(proctor_place place, proctor_machine machine, proctor_options options);

#endif
