/* Arrays of numbers to JSON and back. jansson writes doubles with 17 digits when it is
 * asked to, which is exact. SPDX-License-Identifier: MIT */
#include "base/numbers.h"

#include <math.h>
#include <string.h>

json_t *
odl_numbers_to_json (const double *numbers, gsize n)
{
  json_t *to = json_array ();
  for (gsize i = 0; i < n; i++)
    json_array_append_new (to, json_real (numbers[i]));
  return to;
}

gboolean
odl_numbers_from_json (const json_t *from, const char *place, double *numbers, gsize n,
                       GError **error)
{
  if (!json_is_array (from) || json_array_size (from) != n) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "%s: a list of %" G_GSIZE_FORMAT " numbers is expected", place, n);
    return FALSE;
  }
  for (gsize i = 0; i < n; i++) {
    const json_t *item = json_array_get (from, i);
    numbers[i] = json_number_value (item);
    if (!json_is_number (item) || !isfinite (numbers[i])) {
      g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                   "%s[%" G_GSIZE_FORMAT "]: a finite number is expected", place, i);
      return FALSE;
    }
  }
  return TRUE;
}

char *
odl_numbers_to_text (const double *numbers, gsize n)
{
  g_autofree guint64 *words = g_new (guint64, MAX (n, 1));
  for (gsize i = 0; i < n; i++) {
    memcpy (&words[i], &numbers[i], sizeof *words);
    words[i] = GUINT64_TO_LE (words[i]);
  }
  return g_base64_encode ((const guchar *)words, n * sizeof *words);
}

static gboolean
read_words (const guchar *raw, double *numbers, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    guint64 word;
    memcpy (&word, raw + i * sizeof word, sizeof word);
    word = GUINT64_FROM_LE (word);
    memcpy (&numbers[i], &word, sizeof word);
    if (!isfinite (numbers[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean
odl_numbers_from_text (const char *text, const char *place, double *numbers, gsize n,
                       GError **error)
{
  gsize bytes = 0;
  g_autofree guchar *raw = text == NULL ? NULL : g_base64_decode (text, &bytes);
  if (raw != NULL && bytes == n * sizeof (guint64) && read_words (raw, numbers, n))
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
               "%s: base64 of %" G_GSIZE_FORMAT " finite doubles is expected", place,
               n);
  return FALSE;
}

json_t *
odl_random_to_json (const OdlRandom *random)
{
  const guint64 words[] = { random->seed, random->stream, random->counter };
  json_t *to = json_array ();
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    char text[20];
    g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x", words[i]);
    json_array_append_new (to, json_string (text));
  }
  return to;
}

gboolean
odl_random_from_json (const json_t *from, const char *place, OdlRandom *random,
                      GError **error)
{
  guint64 words[3];
  gboolean good = json_is_array (from) && json_array_size (from) == 3;
  for (guint i = 0; good && i < 3; i++) {
    const char *text = json_string_value (json_array_get (from, i));
    good = text != NULL && strlen (text) == 16
           && g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT64, &words[i], NULL);
  }
  if (!good) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "%s: three hexadecimal words are expected", place);
    return FALSE;
  }
  *random = (OdlRandom){ words[0], words[1], words[2] };
  return TRUE;
}
