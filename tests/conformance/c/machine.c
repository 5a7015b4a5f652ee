/* Life of a machine. */
#include "conformance.h"

static void log_whether_up(proctor_machine machine) {
  proctor_log_info("%s", proctor_is_up(machine) ? "true" : "false");
}

PROCTOR_TEST(life) {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_start(alpha));
  PROCTOR_TRY(proctor_connect(alpha));
  log_whether_up(alpha);
  PROCTOR_TRY(proctor_crash(alpha));
  log_whether_up(alpha);
  PROCTOR_TRY(proctor_succeed(alpha, "true"));
  PROCTOR_TRY(proctor_shutdown(alpha));
  PROCTOR_TRY(proctor_wait_for_shutdown(alpha));
  log_whether_up(alpha);
  return PROCTOR_OK;
}

PROCTOR_TEST(reboot_refused, .name = "reboot refused") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_start(alpha));
  return proctor_reboot(alpha); /* HERE */
}

PROCTOR_TEST(keyboard_off, .name = "keyboard of a machine that is off") {
  return proctor_send_key(ALPHA, "a"); /* HERE */
}

PROCTOR_TEST(machine_dies, .name = "machine dies") {
  proctor_machine alpha = ALPHA;
  PROCTOR_TRY(proctor_connect(alpha));
  PROCTOR_TRY(proctor_succeed(alpha, "poweroff; sleep 60")); /* HERE */
  return PROCTOR_OK;
}
