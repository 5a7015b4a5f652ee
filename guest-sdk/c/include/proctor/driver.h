/* The machines and VLANs of a test. Every run of a test has machines of its own. */
#ifndef PROCTOR_DRIVER_H
#define PROCTOR_DRIVER_H

/* What may be said about a call, after its arguments; each call says which of these it knows. 0 and NULL: not given. */
typedef struct {
  uint32_t timeout_ms;         /* How long it may take; as long as the run allows, where none is given. */
  uint32_t attempt_timeout_ms; /* How long one attempt of a command that is repeated may take. */
  uint32_t delay_ms;           /* What passes after each key; 10 ms where none is given. */
  uint32_t interval_ms;        /* How often a condition is looked at, at the most. */
  size_t command_size;         /* How many bytes the command has, where it is not the text up to a NUL. */
  const char *user;            /* Whose units are meant. */
  const char *address;         /* As seen from the machine; localhost where none is given. */
  const char *arguments;       /* A JSON object. */
  const char *event;           /* The name of an event of the monitor. */
  const char *data;            /* A JSON object with members of the event's data. */
  bool allow_reboot;           /* A guest that reboots boots again; otherwise it powers off. */
  bool datagram;               /* A socket for datagrams, not for streams. */
} proctor_options;

/* A machine. Copies are the same machine. */
typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
  const char *name;
  int32_t handle;
} proctor_machine;

typedef struct {
  size_t count;
  const proctor_machine *machines;
} proctor_machine_list;

/* A switch that machines are connected to. */
typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
  uint32_t number; /* Under which start scripts know it. */
  int32_t handle;
} proctor_vlan;

typedef struct {
  size_t count;
  const proctor_vlan *vlans;
} proctor_vlan_list;

/* The parts of a machine. Paths are the host's; those that are not absolute begin at the machine's state directory. */
typedef struct {
  const char *name;
  const char *disk;                 /* A disk image. It stays as it is: what the machine writes goes to `disk.qcow2`. */
  const char *disk_interface;       /* `virtio`, which is the default, `scsi` or `ide`. */
  const char *cdrom;                /* A CD image. */
  const char *usb;                  /* A disk image that is attached as a USB stick and not written to. */
  const char *bios;                 /* A firmware image. */
  const char *binary;               /* The emulator; `qemu-system-x86_64` by default. */
  const char *const *arguments;     /* More arguments of the emulator, with a NULL at the end. */
  const char *netdev_arguments;     /* More of the value of `-netdev user,...`. */
  const char *net_device_arguments; /* More of the value of the `-device` of that interface. */
} proctor_machine_parts;

/* The machine of that name. PROCTOR_INVALID_ARGUMENT where there is none; it lists the names that there are. */
#define proctor_get_machine(name) (proctor_get_machine_(PROCTOR_HERE, name))

/* The machine, for tests that run with one machine whatever its name. An error where there are none or several. */
#define proctor_only_machine() (proctor_only_machine_(PROCTOR_HERE))

/* All machines, sorted by name. */
proctor_machine_list proctor_machines(void);

/* Makes a machine, which is one of the test's from then on and ends with it. PROCTOR_DENIED where the run does not
 * grant it, PROCTOR_INVALID_ARGUMENT where there is a machine of that name. */
#define proctor_create_machine(parts) (proctor_create_machine_(PROCTOR_HERE, parts))

/* The VLAN of that number. An error where there is none; it lists the numbers that there are. */
#define proctor_get_vlan(number) (proctor_get_vlan_(PROCTOR_HERE, number))

/* All VLANs, sorted by number, and whether a VLAN's switch runs. */
proctor_vlan_list proctor_vlans(void);
#define proctor_vlan_is_up(vlan) (proctor_vlan_is_up_(PROCTOR_HERE, vlan))

/* Starts all machines at the same time. Does not wait for them to boot: the first command on each does. */
#define proctor_start_all() (proctor_start_all_(PROCTOR_HERE))

/* Waits until all machines have stopped. Options: timeout_ms. */
#define proctor_join_all(...) (proctor_join_all_(PROCTOR_HERE, (proctor_options){__VA_ARGS__}))

/* What the run was told with `--param NAME=VALUE`; NULL where it was not. */
const char *proctor_parameter(const char *name);

/* Writes a file beneath the output directory; directories above it are made. PROCTOR_INVALID_ARGUMENT where the path
 * leads out. */
#define proctor_write_output_file(path, content, size) (proctor_write_output_file_(PROCTOR_HERE, path, content, size))

/* For the macros. */
proctor_machine proctor_get_machine_(proctor_place place, const char *name);
proctor_machine proctor_only_machine_(proctor_place place);
proctor_machine proctor_create_machine_(proctor_place place, proctor_machine_parts parts);
bool proctor_vlan_is_up_(proctor_place place, proctor_vlan vlan);
proctor_vlan proctor_get_vlan_(proctor_place place, uint32_t number);
proctor_result proctor_start_all_(proctor_place place);
proctor_result proctor_join_all_(proctor_place place, proctor_options options);
proctor_result proctor_write_output_file_(proctor_place place, const char *path, const void *content, size_t size);

#endif
