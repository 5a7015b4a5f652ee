/* What the files of the SDK share. Names that the linker sees begin with `proctor_internal_`: the author's are free. */
#ifndef PROCTOR_INTERNAL_H
#define PROCTOR_INTERNAL_H

#include "../include/proctor.h"
#include "bindings/test.h"

#undef abort
#undef exit
#undef _Exit
#undef __builtin_trap

#define argument proctor_internal_argument
#define argument_if_any proctor_internal_argument_if_any
#define begin proctor_internal_begin
#define begin_on proctor_internal_begin_on
#define command_result_of proctor_internal_command_result_of
#define conditions_were_due proctor_internal_conditions_were_due
#define nothing_of proctor_internal_nothing_of
#define error_of proctor_internal_error_of
#define fail_open_subtests proctor_internal_fail_open_subtests
#define failed proctor_internal_failed
#define failure_of proctor_internal_failure_of
#define failing proctor_internal_failing
#define leave_all proctor_internal_leave_all
#define leaving proctor_internal_leaving
#define host_copy proctor_internal_host_copy
#define host_text proctor_internal_host_text
#define new_error proctor_internal_new_error
#define optional proctor_internal_optional
#define output_of proctor_internal_output_of
#define own_text proctor_internal_own_text
#define properties_of proctor_internal_properties_of
#define result_of proctor_internal_result_of
#define bounded proctor_internal_bounded
#define sized proctor_internal_sized
#define take_pending proctor_internal_take_pending
#define texts_of proctor_internal_texts_of
#define text_error proctor_internal_text_error
#define zeroed proctor_internal_zeroed

typedef proctor_driver_types_error_t host_error;
typedef proctor_driver_types_failure_t host_failure;

/* A call of the host. */
typedef struct {
  proctor_place place;
  bool ok;
  const char *refused; /* Why it is not made: an argument cannot be meant. */
  host_error error;
} proctor_call;

/* A time that may be given. */
typedef struct {
  bool is_given;
  uint32_t value;
} limit;

static inline limit after(uint32_t milliseconds) { return (limit){milliseconds != 0, milliseconds}; }
static inline uint32_t *given(limit *time) { return time->is_given ? &time->value : NULL; }

/* Makes a call that conditions do not come before. */
#define ASK(call, expression)                                                                                          \
  do {                                                                                                                 \
    if (!(call).refused)                                                                                               \
      (call).ok = (expression);                                                                                        \
  } while (0)

/* Makes a call that runs something on a machine: conditions that are due come before it. When it breaks off for them,
 * it is made again with the rest of the time. */
#define PASS(call, timeout, expression)                                                                                \
  while (!(call).refused && !take_pending(&(call))) {                                                                  \
    (call).ok = (expression);                                                                                          \
    if ((call).ok || !conditions_were_due(&(call), &(timeout)))                                                        \
      break;                                                                                                           \
  }

proctor_call begin(proctor_place place);
/* On a machine, which may be none. */
proctor_call begin_on(proctor_place place, proctor_machine machine);
test_string_t argument(proctor_call *call, const char *text);
/* The same for an option: what is not given is not passed on. */
test_string_t argument_if_any(proctor_call *call, const char *text);
test_string_t sized(proctor_call *call, const char *text, size_t size);
test_option_string_t optional(proctor_call *call, const char *text);
bool take_pending(proctor_call *call);
bool conditions_were_due(proctor_call *call, limit *timeout);

/* The results of a call that has been made. */
const proctor_error *failed(proctor_call *call);
proctor_result nothing_of(proctor_call *call);
proctor_output output_of(proctor_call *call, uint8_t *bytes, size_t size);
proctor_command_result command_result_of(proctor_call *call, proctor_driver_types_command_result_t *told);
proctor_texts texts_of(proctor_call *call, test_list_string_t *told);
proctor_properties properties_of(proctor_call *call, test_list_tuple2_string_string_t *told);

/* The error of the call that was made last, or with which a function is being left; NULL where there is none. */
extern const proctor_error *failing;
/* The error with which PROCTOR_TRY and the like leave a function; NULL as soon as a call is made. */
extern const proctor_error *leaving;

/* An error as what a call returns: unlike proctor_return_, nothing is left with it. */
proctor_result result_of(const proctor_error *error);

/* Ends the scopes in which the test still is, innermost first. */
void leave_all(void);

void *zeroed(size_t count, size_t size);
proctor_error *new_error(proctor_place place, proctor_cause cause);
const proctor_error *text_error(proctor_place place, proctor_cause cause, const char *text);
const proctor_error *error_of(proctor_place place, const host_error *told);
host_failure failure_of(const proctor_error *error);

/* A text of the host as ours: the same memory, and a NUL. */
char *own_text(uint8_t *bytes, size_t size);
/* A text of ours for the host: what is no UTF-8 becomes U+FFFD. */
test_string_t host_text(const char *text, size_t size);
/* The same, for what the generated code frees: a failure that is returned, and the list of tests. */
test_string_t host_copy(const char *text);

/* As much of a text as a failure may have, with a note of its size where that cuts it. */
const char *bounded(const char *text);

void fail_open_subtests(host_failure *failure);

static inline proctor_driver_machine_borrow_machine_t borrowed(proctor_machine machine) {
  return proctor_driver_machine_borrow_machine((proctor_driver_machine_own_machine_t){machine.handle});
}

#endif
