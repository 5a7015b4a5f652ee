/* The machines and VLANs of a test. */
#include "internal.h"

static proctor_machine machine_of(proctor_driver_machine_own_machine_t resource) {
  test_string_t name = {0};
  proctor_driver_machine_method_machine_name(proctor_driver_machine_borrow_machine(resource), &name);
  return (proctor_machine){NULL, own_text(name.ptr, name.len), resource.__handle};
}

proctor_machine proctor_get_machine_(proctor_place place, const char *name) {
  proctor_call call = begin(place);
  test_string_t name_text = argument(&call, name);
  proctor_driver_machine_own_machine_t told = {0};
  ASK(call, proctor_driver_driver_get_machine(&name_text, &told, &call.error));
  const proctor_error *error = failed(&call);
  return error ? (proctor_machine){.error = error} : machine_of(told);
}

proctor_machine_list proctor_machines(void) {
  proctor_driver_driver_list_own_machine_t told = {0};
  proctor_driver_driver_machines(&told);
  proctor_machine *all = zeroed(told.len, sizeof *all);
  for (size_t index = 0; index < told.len; index++)
    all[index] = machine_of(told.ptr[index]);
  return (proctor_machine_list){told.len, all};
}

proctor_machine proctor_only_machine_(proctor_place place) {
  proctor_machine_list all = proctor_machines();
  if (all.count == 1)
    return all.machines[0];
  const char *text = "this test needs a machine and there is none; name its start script with --start-scripts";
  for (size_t index = 0; index < all.count; index++)
    text = proctor_format("%s`%s`",
                          index == 0 ? "this test runs with one machine and there are " : proctor_format("%s, ", text),
                          all.machines[index].name);
  failing = text_error(place, PROCTOR_TEXT, text);
  return (proctor_machine){.error = failing};
}

proctor_machine proctor_create_machine_(proctor_place place, proctor_machine_parts parts) {
  proctor_call call = begin(place);
  size_t count = 0;
  while (parts.arguments && parts.arguments[count])
    count++;
  test_list_string_t arguments = {zeroed(count, sizeof *arguments.ptr), count};
  for (size_t index = 0; index < count; index++)
    arguments.ptr[index] = argument(&call, parts.arguments[index]);
  proctor_driver_driver_machine_parts_t all = {
      .name = argument(&call, parts.name),
      .disk = optional(&call, parts.disk),
      .disk_interface = optional(&call, parts.disk_interface),
      .cdrom = optional(&call, parts.cdrom),
      .usb = optional(&call, parts.usb),
      .bios = optional(&call, parts.bios),
      .binary = optional(&call, parts.binary),
      .arguments = arguments,
      .netdev_arguments = optional(&call, parts.netdev_arguments),
      .net_device_arguments = optional(&call, parts.net_device_arguments),
  };
  proctor_driver_machine_own_machine_t told = {0};
  ASK(call, proctor_driver_driver_create_machine(&all, &told, &call.error));
  const proctor_error *error = failed(&call);
  return error ? (proctor_machine){.error = error} : machine_of(told);
}

static proctor_driver_vlan_borrow_vlan_t borrowed_vlan(int32_t handle) {
  return proctor_driver_vlan_borrow_vlan((proctor_driver_vlan_own_vlan_t){handle});
}

proctor_vlan_list proctor_vlans(void) {
  proctor_driver_driver_list_own_vlan_t told = {0};
  proctor_driver_driver_vlans(&told);
  proctor_vlan *all = zeroed(told.len, sizeof *all);
  for (size_t index = 0; index < told.len; index++) {
    int32_t handle = told.ptr[index].__handle;
    all[index] = (proctor_vlan){NULL, proctor_driver_vlan_method_vlan_number(borrowed_vlan(handle)), handle};
  }
  return (proctor_vlan_list){told.len, all};
}

proctor_vlan proctor_get_vlan_(proctor_place place, uint32_t number) {
  proctor_vlan_list all = proctor_vlans();
  const char *text = proctor_format("there is no VLAN %u", (unsigned)number);
  for (size_t index = 0; index < all.count; index++) {
    if (all.vlans[index].number == number)
      return all.vlans[index];
    text = proctor_format("%s%s%u", text, index == 0 ? "; there are " : ", ", (unsigned)all.vlans[index].number);
  }
  if (all.count == 0)
    text = proctor_format("%s; --vlans makes some", text);
  failing = text_error(place, PROCTOR_TEXT, text);
  return (proctor_vlan){.error = failing};
}

bool proctor_vlan_is_up_(proctor_place place, proctor_vlan vlan) {
  if (vlan.handle == 0)
    proctor_panic_(place, "this is no VLAN: no call returned it");
  return proctor_driver_vlan_method_vlan_is_up(borrowed_vlan(vlan.handle));
}

proctor_result proctor_start_all_(proctor_place place) {
  proctor_call call = begin(place);
  limit none = {0};
  PASS(call, none, proctor_driver_driver_start_all(&call.error));
  return nothing_of(&call);
}

proctor_result proctor_join_all_(proctor_place place, proctor_options options) {
  proctor_call call = begin(place);
  limit timeout = after(options.timeout_ms);
  PASS(call, timeout, proctor_driver_driver_join_all(given(&timeout), &call.error));
  return nothing_of(&call);
}

const char *proctor_parameter(const char *name) {
  if (!name)
    return NULL;
  test_list_tuple2_string_string_t told = {0};
  proctor_driver_driver_parameters(&told);
  for (size_t index = 0; index < told.len; index++) {
    test_string_t value = told.ptr[index].f1;
    if (strcmp(own_text(told.ptr[index].f0.ptr, told.ptr[index].f0.len), name) == 0)
      return own_text(value.ptr, value.len);
  }
  return NULL;
}

proctor_result proctor_write_output_file_(proctor_place place, const char *path, const void *content, size_t size) {
  proctor_call call = begin(place);
  test_string_t path_text = argument(&call, path);
  if (!content && size > 0)
    call.refused = "an argument is NULL";
  test_list_u8_t bytes = {(uint8_t *)content, size};
  ASK(call, proctor_driver_driver_write_output_file(&path_text, &bytes, &call.error));
  return nothing_of(&call);
}
