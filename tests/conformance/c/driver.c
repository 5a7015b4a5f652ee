/* The driver. */
#include "conformance.h"

PROCTOR_TEST(lookups) {
  proctor_machine_list machines = proctor_machines();
  const char *names = "machines:", *numbers = "vlans:";
  for (size_t index = 0; index < machines.count; index++)
    names = proctor_format("%s %s", names, machines.machines[index].name);
  proctor_vlan_list vlans = proctor_vlans();
  for (size_t index = 0; index < vlans.count; index++)
    numbers = proctor_format("%s %u", numbers, (unsigned)vlans.vlans[index].number);
  proctor_log_info("%s", names);
  proctor_log_info("%s", numbers);
  proctor_vlan first = PROCTOR_TRY(proctor_get_vlan(1));
  proctor_log_info("vlan 1 is up: %s", proctor_vlan_is_up(first) ? "true" : "false");
  const char *const parameters[] = {"colour", "shape"};
  for (size_t index = 0; index < 2; index++) {
    const char *value = proctor_parameter(parameters[index]);
    proctor_log_info("%s: %s", parameters[index], value ? value : "none");
  }
  return PROCTOR_OK;
}

PROCTOR_TEST(metadata, .description = "What the list tells", .tags = {"one", "two"}, .timeout_ms = 60000) {
  return PROCTOR_OK;
}

PROCTOR_TEST(machine_unknown, .name = "machine unknown") {
  PROCTOR_TRY(proctor_get_machine("gamma")); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(vlan_unknown, .name = "vlan unknown") {
  PROCTOR_TRY(proctor_get_vlan(9)); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(only_machine_of_two, .name = "only machine of two") {
  PROCTOR_TRY(proctor_only_machine()); /* HERE */
  return PROCTOR_OK;
}

PROCTOR_TEST(output_file, .name = "output file") {
  PROCTOR_TRY(proctor_write_output_file("notes/a.txt", "text", 4));
  proctor_log_info("written");
  return PROCTOR_OK;
}

PROCTOR_TEST(output_file_outside, .name = "output file outside") {
  return proctor_write_output_file("../a.txt", "text", 4); /* HERE */
}

PROCTOR_TEST(start_all, .name = "start all") {
  PROCTOR_TRY(proctor_start_all());
  proctor_machine alpha = ALPHA, beta = BETA;
  PROCTOR_TRY(proctor_connect(alpha));
  PROCTOR_TRY(proctor_connect(beta));
  proctor_log_info("%s %s", proctor_is_up(alpha) ? "true" : "false", proctor_is_up(beta) ? "true" : "false");
  return PROCTOR_OK;
}
