/* Text → tokens, in one pass. SPDX-License-Identifier: MIT
 *
 * White space and comments separate, ; and line ends break statements, a name is a
 * letter or _ followed by letters, digits and _, a number is what C calls a decimal
 * constant. Columns count characters, as an editor does. The signs that papers and word
 * processors put in place of - and * are read as those. Text that means nothing becomes
 * one BAD token with a sentence, so that the parser can report what comes first. */
#include "graph/expression-tokens.h"

#include <math.h>
#include <string.h>

#define NAME_MAX_LENGTH 64
#define SHOWN_MAX       40 /* characters of the user's text in a message */

typedef struct {
  const char *at, *end;
  guint line, column;
  OdlTokens *out;
} Reader;

/* Signs outside ASCII and what they stand for. */
static const struct {
  const char *sign;
  char symbol;
} signs[] = { { "−", '-' }, { "×", '*' }, { "·", '*' }, { "⋅", '*' }, { "∗", '*' } };

static const char *
keep (Reader *reader, const char *start, gsize length)
{
  g_autofree char *text = g_strndup (start, length);
  return g_string_chunk_insert_const (reader->out->strings, text);
}

/* Appends a token of `bytes` bytes and `characters` characters. */
static OdlToken *
push (Reader *reader, OdlTokenKind kind, gsize bytes, guint characters)
{
  OdlToken token = { .kind = kind, .line = reader->line, .column = reader->column };
  if (kind != ODL_TOKEN_BAD)
    token.text = keep (reader, reader->at, bytes);
  reader->at += bytes;
  reader->column += characters;
  g_array_append_val (reader->out->tokens, token);
  return &g_array_index (reader->out->tokens, OdlToken, reader->out->tokens->len - 1);
}

/* A BAD token; nothing after it is read. Takes `sentence`. */
static void
refuse (Reader *reader, char *sentence)
{
  push (reader, ODL_TOKEN_BAD, 0, 0)->text
      = g_string_chunk_insert (reader->out->strings, sentence);
  reader->at = reader->end;
  g_free (sentence);
}

static gboolean
is_name_start (char c)
{
  return g_ascii_isalpha (c) || c == '_';
}

static void
read_name (Reader *reader)
{
  gsize n = 1;
  while (reader->at + n < reader->end
         && (g_ascii_isalnum (reader->at[n]) || reader->at[n] == '_'))
    n++;
  if (n > NAME_MAX_LENGTH)
    refuse (reader,
            g_strdup_printf ("the name %.*s… is too long: at most %d characters "
                             "are accepted",
                             SHOWN_MAX, reader->at, NAME_MAX_LENGTH));
  else
    push (reader, ODL_TOKEN_NAME, n, n);
}

static const char *
skip_digits (const char *p, const char *end)
{
  while (p < end && g_ascii_isdigit (*p))
    p++;
  return p;
}

/* A message shows only the start of a long number. */
static void
push_number (Reader *reader, gsize n, double value)
{
  OdlToken *token = push (reader, ODL_TOKEN_NUMBER, n, n);
  token->value = value;
  if (n <= SHOWN_MAX)
    return;
  g_autofree char *shown = g_strdup_printf ("%.*s…", SHOWN_MAX, token->text);
  token->text = g_string_chunk_insert (reader->out->strings, shown);
}

static void
read_number (Reader *reader)
{
  const char *p = skip_digits (reader->at, reader->end);
  if (p < reader->end && *p == '.')
    p = skip_digits (p + 1, reader->end);
  gboolean good = p - reader->at > 1 || *reader->at != '.';
  if (good && p < reader->end && (*p == 'e' || *p == 'E')) {
    p++;
    if (p < reader->end && (*p == '+' || *p == '-'))
      p++;
    const char *digits = p;
    p = skip_digits (p, reader->end);
    good = p > digits;
  }
  good = good && !(p < reader->end && *p == '.');
  gsize n = p - reader->at;
  int shown = MIN (n, SHOWN_MAX);
  double value = good ? g_ascii_strtod (keep (reader, reader->at, n), NULL) : 0;
  if (!good)
    refuse (reader,
            g_strdup_printf ("%.*s is not a number: numbers are written 1, 0.5, "
                             ".5 or 1e-3",
                             shown, reader->at));
  else if (!isfinite (value))
    refuse (reader, g_strdup_printf ("%.*s is too large: numbers up to 1.7e308 are "
                                     "accepted",
                                     shown, reader->at));
  else
    push_number (reader, n, value);
}

/* A character outside ASCII, or a control character. */
static void
read_other (Reader *reader)
{
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
    gsize n = strlen (signs[i].sign);
    if ((gsize)(reader->end - reader->at) >= n
        && memcmp (reader->at, signs[i].sign, n) == 0) {
      push (reader, ODL_TOKEN_SYMBOL, n, 1)->symbol = signs[i].symbol;
      return;
    }
  }
  gunichar c = g_utf8_get_char_validated (reader->at, reader->end - reader->at);
  if (c == (gunichar)-1 || c == (gunichar)-2)
    refuse (reader, g_strdup ("this is not text: a byte that is not UTF-8"));
  else if (!g_unichar_isgraph (c))
    refuse (reader, g_strdup_printf ("the character U+%04X is not accepted", c));
  else
    refuse (reader, g_strdup_printf (
                        "%.*s is not accepted: names are made of the letters a to z, "
                        "digits and _",
                        (int)(g_utf8_next_char (reader->at) - reader->at), reader->at));
}

static void
skip_blank (Reader *reader)
{
  gboolean comment = FALSE;
  for (; reader->at < reader->end && *reader->at != '\n'; reader->at++) {
    comment = comment || *reader->at == '#';
    if (!comment && !strchr (" \t\r", *reader->at))
      return;
    /* A continuation byte is not a character of its own. */
    reader->column += ((guchar)*reader->at & 0xC0) != 0x80;
  }
}

static void
read_token (Reader *reader)
{
  char c = *reader->at;
  if (c == '\n') {
    push (reader, ODL_TOKEN_BREAK, 1, 0)->symbol = c;
    reader->line++;
    reader->column = 1;
  } else if (c == ';') {
    push (reader, ODL_TOKEN_BREAK, 1, 1)->symbol = c;
  } else if (is_name_start (c)) {
    read_name (reader);
  } else if (g_ascii_isdigit (c) || c == '.') {
    read_number (reader);
  } else if (c && strchr ("+-*/^(),=:", c)) {
    push (reader, ODL_TOKEN_SYMBOL, 1, 1)->symbol = c;
  } else {
    read_other (reader);
  }
}

OdlTokens *
odl_tokens_read (const char *text, gsize length)
{
  OdlTokens *tokens = g_new0 (OdlTokens, 1);
  tokens->tokens = g_array_sized_new (FALSE, FALSE, sizeof (OdlToken), length / 2 + 1);
  tokens->strings = g_string_chunk_new (4096);
  Reader reader = { text, text + length, 1, 1, tokens };
  for (skip_blank (&reader); reader.at < reader.end; skip_blank (&reader))
    read_token (&reader);
  push (&reader, ODL_TOKEN_END, 0, 0);
  return tokens;
}

void
odl_tokens_free (OdlTokens *tokens)
{
  g_return_if_fail (tokens != NULL);
  g_array_unref (tokens->tokens);
  g_string_chunk_free (tokens->strings);
  g_free (tokens);
}

const char *
odl_token_describe (const OdlToken *token)
{
  if (token->kind == ODL_TOKEN_END)
    return "the end";
  if (token->kind == ODL_TOKEN_BREAK && token->symbol == '\n')
    return "the end of the line";
  return token->text;
}
