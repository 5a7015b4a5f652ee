/* Files of a machine, and files that go into it and come out of it.
 *
 * What a test may copy to a machine lies below the directories that the run grants with `--allow-read`: an absolute
 * path, or `NAME/path` below one that is granted by name. What it copies from a machine goes below the output
 * directory. */
#ifndef PROCTOR_FILES_H
#define PROCTOR_FILES_H

/* Waits until there is a file of this name on the machine, of whatever kind. Options: timeout_ms. */
#define proctor_wait_for_file(machine_, path_, ...)                                                                    \
  (proctor_wait_for_file_(PROCTOR_HERE, machine_, path_, (proctor_options){__VA_ARGS__}))

/* Copies a file or a directory of the host to exactly this path on the machine, with its modes, as root's.
 * PROCTOR_DENIED where the source is not granted, PROCTOR_INVALID_ARGUMENT where it is not there or cannot be copied.
 * Options: timeout_ms. */
#define proctor_copy_from_host(machine_, source_, target_, ...)                                                        \
  (proctor_copy_from_host_(PROCTOR_HERE, machine_, source_, target_, (proctor_options){__VA_ARGS__}))

/* Copies one file as proctor_copy_from_host does, over the machine's shell alone: slow, and without any need of the
 * machine but bash and `base64`. Options: timeout_ms. */
#define proctor_copy_from_host_via_shell(machine_, source_, target_, ...)                                              \
  (proctor_copy_from_host_via_shell_(PROCTOR_HERE, machine_, source_, target_, (proctor_options){__VA_ARGS__}))

/* Copies a file or a directory of the machine into a directory below the output directory, under the source's last
 * name. Returns the path below the output directory. The machine needs `tar`. Options: timeout_ms. */
#define proctor_copy_from_machine(machine_, source_, target_directory_, ...)                                           \
  (proctor_copy_from_machine_(PROCTOR_HERE, machine_, source_, target_directory_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
proctor_result proctor_wait_for_file_(proctor_place place, proctor_machine machine, const char *path,
                                      proctor_options options);
proctor_result proctor_copy_from_host_(proctor_place place, proctor_machine machine, const char *source,
                                       const char *target, proctor_options options);
proctor_result proctor_copy_from_host_via_shell_(proctor_place place, proctor_machine machine, const char *source,
                                                 const char *target, proctor_options options);
proctor_output proctor_copy_from_machine_(proctor_place place, proctor_machine machine, const char *source,
                                          const char *target_directory, proctor_options options);

#endif
