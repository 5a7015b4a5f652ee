/* A machine's life: power on, power off, and what lies between.
 *
 * What runs something in the guest (commands, units, files, ports, terminals, windows) starts a machine that is off and
 * waits for its boot, within the boot limit. The keyboard, the screen, the serial console, links, forwarded ports and
 * the monitor want a machine that runs. All can fail with PROCTOR_MACHINE_DOWN, PROCTOR_TIMED_OUT and
 * PROCTOR_HOST_FAILURE. */
#ifndef PROCTOR_MACHINE_H
#define PROCTOR_MACHINE_H

/* Whether the machine runs and its shell has answered. */
#define proctor_is_up(machine_) (proctor_is_up_(PROCTOR_HERE, machine_))

/* Starts the machine. Does not wait for it to boot: the first command does. Does nothing where it runs already.
 * Options: timeout_ms, allow_reboot. */
#define proctor_start(machine_, ...) (proctor_start_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Waits until the machine has booted and its shell answers; starts it first where it is off. Options: timeout_ms. */
#define proctor_connect(machine_, ...) (proctor_connect_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Asks the machine to power off and waits until it has stopped. Does nothing where it is off. Options: timeout_ms. */
#define proctor_shutdown(machine_, ...) (proctor_shutdown_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Waits until the guest has booted, presses Ctrl, Alt and Delete, on which it reboots, and waits until the machine has
 * been reset. PROCTOR_UNSUPPORTED where the machine was not started with allow_reboot. Options: timeout_ms. */
#define proctor_reboot(machine_, ...) (proctor_reboot_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Has a machine that waits in its initial RAM disk go on to its own system, and waits for the shell there. Options:
 * timeout_ms. */
#define proctor_switch_root(machine_, ...)                                                                             \
  (proctor_switch_root_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Pulls the plug and waits until the machine has stopped, at once, whatever it does. Options: timeout_ms. */
#define proctor_crash(machine_, ...) (proctor_crash_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Waits until the machine has stopped by itself. Returns at once where it is off. Options: timeout_ms. */
#define proctor_wait_for_shutdown(machine_, ...)                                                                       \
  (proctor_wait_for_shutdown_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
bool proctor_is_up_(proctor_place place, proctor_machine machine);
proctor_result proctor_start_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_result proctor_connect_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_result proctor_shutdown_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_result proctor_reboot_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_result proctor_switch_root_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_result proctor_crash_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_result proctor_wait_for_shutdown_(proctor_place place, proctor_machine machine, proctor_options options);

#endif
