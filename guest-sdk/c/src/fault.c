/* Faults that the compiler's checks and assert() find: they reach the host with their place before the component traps.
 */
#include "internal.h"

/* As the compiler writes it down, at the beginning of what each check hands over. */
typedef struct {
  const char *file;
  uint32_t line, column;
} source_location;

#define FAULT(name, text)                                                                                              \
  _Noreturn void name(const source_location *data);                                                                    \
  _Noreturn void name(const source_location *data) { proctor_panic_((proctor_place){data->file, data->line}, text); }

/* What a check hands over besides is of no use without its type, but for an index. */
#define FAULT2(name, text)                                                                                             \
  _Noreturn void name(const source_location *data, uintptr_t value);                                                   \
  _Noreturn void name(const source_location *data, uintptr_t value) {                                                  \
    (void)value;                                                                                                       \
    proctor_panic_((proctor_place){data->file, data->line}, text);                                                     \
  }

#define FAULT3(name, text)                                                                                             \
  _Noreturn void name(const source_location *data, uintptr_t left, uintptr_t right);                                   \
  _Noreturn void name(const source_location *data, uintptr_t left, uintptr_t right) {                                  \
    (void)left, (void)right;                                                                                           \
    proctor_panic_((proctor_place){data->file, data->line}, text);                                                     \
  }

FAULT3(__ubsan_handle_add_overflow_abort, "the sum of two integers is too large for their type")
FAULT3(__ubsan_handle_sub_overflow_abort, "the difference of two integers is too large for their type")
FAULT3(__ubsan_handle_mul_overflow_abort, "the product of two integers is too large for their type")
FAULT3(__ubsan_handle_divrem_overflow_abort, "an integer is divided by zero, or the quotient is too large for its type")
FAULT3(__ubsan_handle_shift_out_of_bounds_abort,
       "an integer is shifted by a negative number or by more bits than it has")
FAULT3(__ubsan_handle_pointer_overflow_abort, "a pointer leads out of its object")
FAULT2(__ubsan_handle_negate_overflow_abort, "the negative of an integer is too large for its type")
FAULT2(__ubsan_handle_vla_bound_not_positive_abort, "an array has no positive size")
FAULT2(__ubsan_handle_load_invalid_value_abort, "a bool or an enum has a value that there is not")
FAULT2(__ubsan_handle_float_cast_overflow_abort, "a number is too large for the type that it is converted to")
FAULT(__ubsan_handle_builtin_unreachable, "it came to a place that cannot be reached")
FAULT(__ubsan_handle_missing_return, "a function ended without returning its value")
FAULT(__ubsan_handle_nonnull_arg_abort, "NULL is handed to a parameter that cannot be NULL")
FAULT(__ubsan_handle_invalid_builtin_abort, "zero is handed to a builtin that cannot take it")

_Noreturn void __ubsan_handle_out_of_bounds_abort(const source_location *data, uintptr_t index);
_Noreturn void __ubsan_handle_out_of_bounds_abort(const source_location *data, uintptr_t index) {
  proctor_panic_((proctor_place){data->file, data->line}, "the index %ld is out of the array's bounds", (long)index);
}

_Noreturn void __ubsan_handle_type_mismatch_v1_abort(const source_location *data, uintptr_t pointer);
_Noreturn void __ubsan_handle_type_mismatch_v1_abort(const source_location *data, uintptr_t pointer) {
  proctor_panic_((proctor_place){data->file, data->line},
                 pointer == 0 ? "a pointer that is NULL is used" : "a pointer to no such object is used");
}

/* What a pointer to abort() calls, and the C library where it cannot go on. Weak: some C libraries insist on their
 * own. */
__attribute__((weak)) _Noreturn void abort(void) { proctor_panic_((proctor_place){0}, "abort was called"); }

_Noreturn void proctor_assertion_failed_(const char *condition, const char *file, int line) {
  proctor_panic_((proctor_place){file, (uint32_t)line}, "assertion failed: %s", condition);
}
