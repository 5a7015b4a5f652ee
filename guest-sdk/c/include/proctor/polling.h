/* Conditions that have to hold while a part of the test runs. */
#ifndef PROCTOR_POLLING_H
#define PROCTOR_POLLING_H

/* A condition. The host looks at it before each call on a machine and in the middle of waits, not more often than its
 * interval, and once more at the end of its scope. While it does not hold, the calls in its scope fail with
 * PROCTOR_POLLING_CONDITION_FAILED. */
typedef struct proctor_condition proctor_condition;

/* What a condition looks at: it does not hold where an error is returned. It may do what a test may; its time is
 * bounded by the run's condition limit. */
typedef proctor_result (*proctor_check)(void *context);

/* A condition. Options: interval_ms, how often it is looked at, at the most; two seconds where none is given. */
#define proctor_new_condition(description_, check_, context_, ...)                                                     \
  (proctor_new_condition_(PROCTOR_HERE, description_, check_, context_, (proctor_options){__VA_ARGS__}))

/* What a condition that is a truth value returns: an error without a text where it is false. */
#define proctor_holds(truth) (proctor_holds_(PROCTOR_HERE, truth))

/* Runs the block in the condition's scope, and looks once more afterwards: PROCTOR_HOLD(answers) { ... }
 * `continue` ends the block early. Where it is left otherwise and no function can return that the condition does not
 * hold, the next call fails, or the test does. */
#define PROCTOR_HOLD(condition_)                                                                                       \
  for (proctor_hold_ proctor_hold_here_                                                                                \
       __attribute__((cleanup(proctor_leave_hold_))) = proctor_enter_hold_(PROCTOR_HERE, condition_);                  \
       __extension__({                                                                                                 \
         if (proctor_hold_here_.error)                                                                                 \
           return proctor_return_(proctor_hold_here_.error);                                                           \
         !proctor_hold_here_.ended;                                                                                    \
       });                                                                                                             \
       proctor_end_hold_(&proctor_hold_here_))

/* Begins the condition's scope, and ends it; the end is an error where the condition does not hold then. A scope that
 * is not ended ends with the test, which fails where the condition does not hold: its context has to live then, as what
 * is static does. */
#define proctor_enter(condition_) (proctor_enter_(PROCTOR_HERE, condition_))
#define proctor_exit(condition_) (proctor_exit_(PROCTOR_HERE, condition_))

/* Looks whether it holds, now, whenever it was looked at before; an error where it does not. */
#define proctor_evaluate(condition_) (proctor_evaluate_(PROCTOR_HERE, condition_))

/* Waits until it holds; an error where it does not in that time. */
#define proctor_wait(condition_, timeout_ms_) (proctor_wait_(PROCTOR_HERE, condition_, timeout_ms_))

/* For the macros. */
typedef struct {
  const proctor_error *error;
  proctor_condition *condition;
  proctor_place place;
  bool ended;
} proctor_hold_;
proctor_condition *proctor_new_condition_(proctor_place place, const char *description, proctor_check check,
                                          void *context, proctor_options options);
proctor_result proctor_holds_(proctor_place place, bool truth);
proctor_hold_ proctor_enter_hold_(proctor_place place, proctor_condition *condition);
void proctor_end_hold_(proctor_hold_ *hold);
void proctor_leave_hold_(proctor_hold_ *hold);
proctor_result proctor_enter_(proctor_place place, proctor_condition *condition);
proctor_result proctor_exit_(proctor_place place, proctor_condition *condition);
proctor_result proctor_evaluate_(proctor_place place, proctor_condition *condition);
proctor_result proctor_wait_(proctor_place place, proctor_condition *condition, uint32_t timeout_ms);

#endif
