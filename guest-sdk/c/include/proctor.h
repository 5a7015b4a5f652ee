/* Tests of whole machines, in C.
 *
 *     #include <proctor.h>
 *
 *     PROCTOR_TEST(download, .timeout_ms = 120000) {
 *       proctor_machine server = PROCTOR_TRY(proctor_get_machine("server"));
 *       PROCTOR_SUBTEST("it serves") {
 *         PROCTOR_TRY(proctor_succeed(server, "busybox httpd -h /srv"));
 *         PROCTOR_TRY(proctor_wait_for_open_port(server, 80, .timeout_ms = 10000));
 *       }
 *       return PROCTOR_OK;
 *     }
 *
 * What can fail returns a struct whose first member is `error`: NULL, or why it failed. PROCTOR_TRY takes such a
 * struct, ends the function with the error where there is one, and is the struct otherwise. Functions that use it
 * return proctor_result, as tests do.
 *
 * All calls are macros that tell where they stand. What is named after the arguments, such as `.timeout_ms = 500`, are
 * members of proctor_options. Texts are UTF-8 and end with a NUL. What is returned lives as long as the test. Times are
 * milliseconds. */
#ifndef PROCTOR_H
#define PROCTOR_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proctor/error.h"
#include "proctor/test.h"
#include "proctor/log.h"
#include "proctor/driver.h"
#include "proctor/machine.h"
#include "proctor/shell.h"
#include "proctor/units.h"
#include "proctor/console.h"
#include "proctor/screen.h"
#include "proctor/keyboard.h"
#include "proctor/files.h"
#include "proctor/network.h"
#include "proctor/monitor.h"
#include "proctor/polling.h"

#endif
