/* Texts on their way to the host and back. */
#include <stdarg.h>

#include "internal.h"

/* A failure's message is cut to so many bytes, the first ones: what is longer is data, and a call of the host has a
 * limit of its own. */
static const size_t MESSAGE_BYTES = 64 * 1024;

/* U+FFFD. */
static const uint8_t REPLACEMENT[] = {0xef, 0xbf, 0xbd};

void *zeroed(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size ? size : 1);
  if (!memory)
    proctor_panic_((proctor_place){0}, "there is no memory left");
  return memory;
}

char *own_text(uint8_t *bytes, size_t size) {
  if (size == 0)
    return zeroed(1, 1);
  char *text = realloc(bytes, size + 1);
  if (!text)
    proctor_panic_((proctor_place){0}, "there is no memory left");
  text[size] = 0;
  return text;
}

/* How many bytes a text begins with that are a character; where it begins with none, 0, and in `broken` how many are
 * the beginning of one. */
static size_t character(const uint8_t *text, size_t size, size_t *broken) {
  uint8_t first = text[0], low = 0x80, high = 0xbf;
  size_t length = first < 0x80                    ? 1
                  : first >= 0xc2 && first < 0xe0 ? 2
                  : first >= 0xe0 && first < 0xf0 ? 3
                  : first >= 0xf0 && first < 0xf5 ? 4
                                                  : 0;
  *broken = 1;
  if (length < 2)
    return length;
  if (first == 0xe0)
    low = 0xa0;
  if (first == 0xed)
    high = 0x9f;
  if (first == 0xf0)
    low = 0x90;
  if (first == 0xf4)
    high = 0x8f;
  for (size_t index = 1; index < length; index++, low = 0x80, high = 0xbf) {
    if (index >= size || text[index] < low || text[index] > high)
      return 0;
    *broken = index + 1;
  }
  return length;
}

static bool is_valid(const uint8_t *text, size_t size) {
  for (size_t at = 0, broken; at < size;) {
    size_t length = character(text + at, size - at, &broken);
    if (length == 0)
      return false;
    at += length;
  }
  return true;
}

test_string_t host_text(const char *text, size_t size) {
  const uint8_t *bytes = (const uint8_t *)text;
  if (is_valid(bytes, size))
    return (test_string_t){(uint8_t *)bytes, size};
  uint8_t *clean = zeroed(size, sizeof REPLACEMENT);
  size_t end = 0;
  for (size_t at = 0, broken; at < size;) {
    size_t length = character(bytes + at, size - at, &broken);
    memcpy(clean + end, length ? bytes + at : REPLACEMENT, length ? length : sizeof REPLACEMENT);
    end += length ? length : sizeof REPLACEMENT;
    at += length ? length : broken;
  }
  return (test_string_t){clean, end};
}

test_string_t host_copy(const char *text) {
  test_string_t clean = host_text(text, strlen(text));
  uint8_t *copy = zeroed(clean.len, 1);
  memcpy(copy, clean.ptr, clean.len);
  return (test_string_t){copy, clean.len};
}

test_string_t sized(proctor_call *call, const char *text, size_t size) {
  if (!text) {
    call->refused = "an argument is NULL";
    return (test_string_t){0};
  }
  if (size == 0)
    size = strlen(text);
  if (!is_valid((const uint8_t *)text, size))
    call->refused = "an argument is not valid UTF-8";
  return (test_string_t){(uint8_t *)text, size};
}

test_string_t argument(proctor_call *call, const char *text) { return sized(call, text, 0); }

test_string_t argument_if_any(proctor_call *call, const char *text) { return argument(call, text ? text : ""); }

test_option_string_t optional(proctor_call *call, const char *text) {
  return (test_option_string_t){text != NULL, argument_if_any(call, text)};
}

char *proctor_format(const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *text = NULL;
  if (vasprintf(&text, format, values) < 0)
    proctor_panic_((proctor_place){0}, "a text cannot be formatted");
  va_end(values);
  return text;
}

const char *bounded(const char *text) {
  size_t size = strlen(text), end = MESSAGE_BYTES;
  if (size <= MESSAGE_BYTES)
    return text;
  while (end > 0 && (text[end] & 0xc0) == 0x80)
    end--;
  return proctor_format("%.*s... (%zu bytes)", (int)end, text, size);
}

char *proctor_trim(const char *text) {
  static const char *const BLANK = " \t\r\n\v\f";
  text += strspn(text, BLANK);
  size_t size = strlen(text);
  while (size > 0 && strchr(BLANK, text[size - 1]))
    size--;
  char *trimmed = zeroed(size + 1, 1);
  memcpy(trimmed, text, size);
  return trimmed;
}

void proctor_release(const void *returned) { free((void *)returned); }
