/* <assert.h> of tests, in the place of the C library's: what does not hold reaches the report with its place, in
 * whichever order headers are included. As everywhere, NDEBUG silences it, and it may be included again. */
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : proctor_assertion_failed_(#condition, __FILE__, __LINE__))
#endif

#ifndef PROCTOR_ASSERT_H
#define PROCTOR_ASSERT_H

#if !defined(static_assert) && !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L)
#define static_assert _Static_assert
#endif

_Noreturn void proctor_assertion_failed_(const char *condition, const char *file, int line);

#endif
