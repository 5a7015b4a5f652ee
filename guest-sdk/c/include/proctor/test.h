/* Tests, and what ends them. */
#ifndef PROCTOR_TEST_H
#define PROCTOR_TEST_H

/* What may be said about a test, after its identifier. */
typedef struct {
  const char *name;        /* One line; the identifier, where none is given. */
  const char *description; /* One line. */
  const char *tags[16];    /* For selection: .tags = {"network", "slow"}. */
  uint32_t timeout_ms;     /* How long it may take, boots not counted; 0: as long as the run allows. */
} proctor_test_options;

typedef struct proctor_registration {
  const char *identifier;
  proctor_place place;
  proctor_result (*body)(void);
  proctor_test_options options;
  struct proctor_registration *next;
} proctor_registration;

/* A test: PROCTOR_TEST(download, .timeout_ms = 60000) { ... return PROCTOR_OK; }
 * The identifier is unique in its file, the name in the project. */
#define PROCTOR_TEST(identifier_, ...)                                                                                 \
  static proctor_result proctor_test_##identifier_(void);                                                              \
  static proctor_registration proctor_registration_##identifier_ = {                                                   \
      #identifier_, {__FILE__, __LINE__}, proctor_test_##identifier_, {__VA_ARGS__}, NULL};                            \
  __attribute__((constructor)) static void proctor_register_##identifier_(void) {                                      \
    proctor_register_(&proctor_registration_##identifier_);                                                            \
  }                                                                                                                    \
  static proctor_result proctor_test_##identifier_(void)

/* End the test, and the component, with the place, as assert() does. */
#define abort() proctor_panic_(PROCTOR_HERE, "abort was called")
#define __builtin_trap() proctor_panic_(PROCTOR_HERE, "__builtin_trap was called")
#define _Exit(status) proctor_panic_(PROCTOR_HERE, "_Exit(%d) was called", (int)(status))
#define exit(status) proctor_panic_(PROCTOR_HERE, "exit(%d) was called", (int)(status))

/* Does something again and again until it sets `done`, or returns an error. Pauses between two tries as long as a try
 * took or a twentieth of the time so far, 20 ms at least and one second at most. An error where the time has passed;
 * one try is not ended by that: give the calls in it a time. */
#define proctor_retry(timeout_ms_, action_, context_) (proctor_retry_(PROCTOR_HERE, timeout_ms_, action_, context_))
typedef proctor_result (*proctor_action)(void *context, bool *done);

/* For the macros. */
void proctor_register_(proctor_registration *registration);
_Noreturn void proctor_panic_(proctor_place place, const char *format, ...) __attribute__((format(printf, 2, 3)));
proctor_result proctor_retry_(proctor_place place, uint32_t timeout_ms, proctor_action action, void *context);

#endif
