/* What a machine shows on its screen.
 *
 * Reading text needs the program tesseract on the computer that runs the test; where it is missing, PROCTOR_UNSUPPORTED
 * says so at once. Patterns are as for the serial console. */
#ifndef PROCTOR_SCREEN_H
#define PROCTOR_SCREEN_H

/* Several texts. */
typedef struct PROCTOR_MUST_USE {
  const proctor_error *error;
  size_t count;
  const char *const *texts;
} proctor_texts;

/* Saves a picture of the screen as a PNG file beneath the output directory. A name without a suffix gets `.png`.
 * Returns the file's path below the output directory. Options: timeout_ms. */
#define proctor_screenshot(machine_, name_, ...)                                                                       \
  (proctor_screenshot_(PROCTOR_HERE, machine_, name_, (proctor_options){__VA_ARGS__}))

/* The text on the screen. Options: timeout_ms. */
#define proctor_get_screen_text(machine_, ...)                                                                         \
  (proctor_get_screen_text_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* The text on the screen as read from the picture as it is, enhanced, enhanced and negated. Options: timeout_ms. */
#define proctor_get_screen_text_variants(machine_, ...)                                                                \
  (proctor_get_screen_text_variants_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Waits until the text on the screen matches in one of its variants. Returns what matched. Options: timeout_ms. */
#define proctor_wait_for_text(machine_, pattern_, ...)                                                                 \
  (proctor_wait_for_text_(PROCTOR_HERE, machine_, pattern_, (proctor_options){__VA_ARGS__}))

/* Waits until the machine runs an X server and a graphical session has begun. Options: timeout_ms. */
#define proctor_wait_for_x(machine_, ...) (proctor_wait_for_x_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* The titles of all windows of the X server. Options: timeout_ms. */
#define proctor_get_window_names(machine_, ...)                                                                        \
  (proctor_get_window_names_(PROCTOR_HERE, machine_, (proctor_options){__VA_ARGS__}))

/* Waits until there is a window whose title matches. Returns the title. Options: timeout_ms. */
#define proctor_wait_for_window(machine_, pattern_, ...)                                                               \
  (proctor_wait_for_window_(PROCTOR_HERE, machine_, pattern_, (proctor_options){__VA_ARGS__}))

/* For the macros. */
proctor_output proctor_screenshot_(proctor_place place, proctor_machine machine, const char *name,
                                   proctor_options options);
proctor_output proctor_get_screen_text_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_texts proctor_get_screen_text_variants_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_output proctor_wait_for_text_(proctor_place place, proctor_machine machine, const char *pattern,
                                      proctor_options options);
proctor_result proctor_wait_for_x_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_texts proctor_get_window_names_(proctor_place place, proctor_machine machine, proctor_options options);
proctor_output proctor_wait_for_window_(proctor_place place, proctor_machine machine, const char *pattern,
                                        proctor_options options);

#endif
