/* The services of a machine that runs systemd. A unit without a suffix is a service.
 *
 * All know the options timeout_ms and user; with a user they are that user's own units, whose service manager must run.
 */
#ifndef PROCTOR_UNITS_H
#define PROCTOR_UNITS_H

/* The properties of a unit. */
typedef struct {
  const char *name, *value;
} proctor_property;

typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
  size_t count;
  const proctor_property *properties;
} proctor_properties;

/* Runs `systemctl` with arguments as they would stand on a command line, and returns its status and output, whatever
 * they are. */
#define proctor_systemctl(machine_, arguments_, ...)                                                                   \
  (proctor_systemctl_(PROCTOR_HERE, machine_, arguments_, (proctor_options){__VA_ARGS__}))

/* Waits until a unit is active. PROCTOR_UNIT_FAILED at once where the unit has failed, or is inactive and nothing is
 * about to start it; both that and PROCTOR_TIMED_OUT tell the end of its journal. */
#define proctor_wait_for_unit(machine_, unit_, ...)                                                                    \
  (proctor_wait_for_unit_(PROCTOR_HERE, machine_, unit_, (proctor_options){__VA_ARGS__}))

/* Waits until a unit's active state is this one, whatever it was before: `active`, `reloading`, `inactive`, `failed`,
 * `activating`, `deactivating`. */
#define proctor_wait_for_unit_state(machine_, unit_, state_, ...)                                                      \
  (proctor_wait_for_unit_state_(PROCTOR_HERE, machine_, unit_, state_, (proctor_options){__VA_ARGS__}))

/* All properties of a unit. */
#define proctor_get_unit_info(machine_, unit_, ...)                                                                    \
  (proctor_get_unit_info_(PROCTOR_HERE, machine_, unit_, (proctor_options){__VA_ARGS__}))

/* One property of a unit. PROCTOR_INVALID_ARGUMENT where it has none of that name. */
#define proctor_get_unit_property(machine_, unit_, property_, ...)                                                     \
  (proctor_get_unit_property_(PROCTOR_HERE, machine_, unit_, property_, (proctor_options){__VA_ARGS__}))

/* Fails unless a unit's active state is this one now: PROCTOR_UNIT_FAILED. */
#define proctor_require_unit_state(machine_, unit_, state_, ...)                                                       \
  (proctor_require_unit_state_(PROCTOR_HERE, machine_, unit_, state_, (proctor_options){__VA_ARGS__}))

/* Starts a unit and returns how `systemctl start` ended, whatever that is. */
#define proctor_start_job(machine_, unit_, ...)                                                                        \
  (proctor_start_job_(PROCTOR_HERE, machine_, unit_, (proctor_options){__VA_ARGS__}))

/* Stops a unit and returns how `systemctl stop` ended, whatever that is. */
#define proctor_stop_job(machine_, unit_, ...)                                                                         \
  (proctor_stop_job_(PROCTOR_HERE, machine_, unit_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
proctor_command_result proctor_systemctl_(proctor_place place, proctor_machine machine, const char *arguments,
                                          proctor_options options);
proctor_result proctor_wait_for_unit_(proctor_place place, proctor_machine machine, const char *unit,
                                      proctor_options options);
proctor_result proctor_wait_for_unit_state_(proctor_place place, proctor_machine machine, const char *unit,
                                            const char *state, proctor_options options);
proctor_properties proctor_get_unit_info_(proctor_place place, proctor_machine machine, const char *unit,
                                          proctor_options options);
proctor_output proctor_get_unit_property_(proctor_place place, proctor_machine machine, const char *unit,
                                          const char *property, proctor_options options);
proctor_result proctor_require_unit_state_(proctor_place place, proctor_machine machine, const char *unit,
                                           const char *state, proctor_options options);
proctor_command_result proctor_start_job_(proctor_place place, proctor_machine machine, const char *unit,
                                          proctor_options options);
proctor_command_result proctor_stop_job_(proctor_place place, proctor_machine machine, const char *unit,
                                         proctor_options options);

#endif
