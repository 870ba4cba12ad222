/* Irregular series from CSV and to it.
 * SPDX-License-Identifier: MIT
 *
 * The first line that is not empty decides what separates cells and how many there are;
 * if its first cell is no number it is the head. Every other line must then have that
 * many cells. Nothing is guessed after that: a cell is a number, a missing value, or an
 * error that names its line. */
#include "learn/series.h"

#include <math.h>
#include <string.h>

#define MAX_LINE    4096
#define MAX_COLUMNS (ODL_SERIES_MAX_CHANNELS + 1)

typedef struct {
  GArray *numbers; /* columns in each row */
  char **names;
  char separator; /* ' ': any blanks */
  guint line, columns;
} Reader;

static gboolean refuse (const Reader *reader, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (const Reader *reader, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "line %u: %s", reader->line,
               text);
  return FALSE;
}

/* A cell without the blanks and quotes around it, in place. */
static char *
trim (char *cell)
{
  g_strstrip (cell);
  gsize n = strlen (cell);
  if (n >= 2 && cell[0] == '"' && cell[n - 1] == '"') {
    cell[n - 1] = '\0';
    cell = g_strstrip (cell + 1);
  }
  return cell;
}

/* Where a cell that starts at p ends; separators within quotes do not count. */
static char *
cell_end (const Reader *reader, char *p)
{
  const char stops[] = { reader->separator, '\0' };
  char *start = p + strspn (p, " ");
  if (*start == '"' && strchr (start + 1, '"') != NULL)
    p = strchr (start + 1, '"');
  return p + strcspn (p, stops);
}

/* Cells in place; their number, MAX_COLUMNS + 1 for more. */
static guint
split (const Reader *reader, char *line, char *cells[])
{
  guint n = 0;
  g_strstrip (line);
  for (char *p = line; n < MAX_COLUMNS;) {
    char *end = cell_end (reader, p);
    gboolean last = *end == '\0';
    *end = '\0';
    cells[n++] = trim (p);
    if (last)
      return n;
    p = end + 1;
    if (reader->separator == ' ')
      p += strspn (p, " ");
  }
  return n + 1;
}

static gboolean
is_missing (const char *cell)
{
  return *cell == '\0' || g_ascii_strcasecmp (cell, "na") == 0
         || g_ascii_strcasecmp (cell, "nan") == 0;
}

static gboolean
is_number (const char *cell, double *number)
{
  char *end;
  *number = g_ascii_strtod (cell, &end);
  return end != cell && *end == '\0';
}

static gboolean
read_head (Reader *reader, char *cells[], GError **error)
{
  reader->names = g_new0 (char *, reader->columns + 1);
  for (guint i = 0; i < reader->columns; i++) {
    reader->names[i] = g_utf8_make_valid (cells[i], -1);
    if (strlen (reader->names[i]) > 60)
      return refuse (reader, error, "a name of more than 60 bytes in the head");
    for (guint k = 0; k < i; k++)
      if (g_str_equal (reader->names[i], reader->names[k]))
        return refuse (reader, error,
                       "two columns are called “%s”: different names are accepted",
                       reader->names[i]);
  }
  return TRUE;
}

static gboolean
read_cell (Reader *reader, const char *cell, gboolean is_time, double *number,
           GError **error)
{
  if (!is_time && is_missing (cell)) {
    *number = NAN;
    return TRUE;
  }
  if (is_number (cell, number) && isfinite (*number)
      && fabs (*number) <= ODL_SERIES_MAX_VALUE)
    return TRUE;
  g_autofree char *shown = g_utf8_make_valid (cell, -1);
  return refuse (reader, error,
                 "“%.40s” is not accepted as a %s: numbers up to %g are%s", shown,
                 is_time ? "time" : "value", ODL_SERIES_MAX_VALUE,
                 is_time ? "" : ", or an empty cell");
}

static gboolean
read_row (Reader *reader, char *cells[], GError **error)
{
  double row[MAX_COLUMNS];
  gboolean any = FALSE;
  for (guint i = 0; i < reader->columns; i++) {
    if (!read_cell (reader, cells[i], i == 0, &row[i], error))
      return FALSE;
    any |= i > 0 && !isnan (row[i]);
  }
  if (!any)
    return TRUE;
  if (reader->numbers->len / reader->columns == ODL_SERIES_MAX_POINTS)
    return refuse (reader, error, "more than %d points", ODL_SERIES_MAX_POINTS);
  g_array_append_vals (reader->numbers, row, reader->columns);
  return TRUE;
}

/* What separates cells, from the first line. */
static char
separator_of (char *line)
{
  g_strdelimit (g_strstrip (line), "\r", ' ');
  return strchr (line, '\t')  ? '\t'
         : strchr (line, ';') ? ';'
         : strchr (line, ',') ? ','
                              : ' ';
}

static gboolean
read_line (Reader *reader, char *line, GError **error)
{
  char *cells[MAX_COLUMNS + 1];
  double number;
  line[strcspn (line, "#\r")] = '\0';
  if (line[strspn (line, " \t")] == '\0')
    return TRUE;
  gboolean first = reader->columns == 0;
  if (first)
    reader->separator = separator_of (line);
  guint n = split (reader, line, cells);
  if (first && (n < 2 || n > MAX_COLUMNS))
    return refuse (reader, error, "a time and 1 to %d values are expected",
                   ODL_SERIES_MAX_CHANNELS);
  if (first)
    reader->columns = n;
  if (first && !is_number (cells[0], &number))
    return read_head (reader, cells, error);
  if (n != reader->columns)
    return refuse (reader, error, "%s%u cells, but the first line has %u",
                   n > MAX_COLUMNS ? "more than " : "", MIN (n, MAX_COLUMNS),
                   reader->columns);
  return read_row (reader, cells, error);
}

static gboolean
read_lines (Reader *reader, const char *text, gsize length, GError **error)
{
  char line[MAX_LINE];
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    text += 3, length -= 3;
  for (const char *p = text, *end = text + length; p < end;) {
    const char *stop = memchr (p, '\n', (gsize)(end - p));
    gsize n = (gsize)((stop ? stop : end) - p);
    reader->line++;
    if (n >= sizeof line)
      return refuse (reader, error, "longer than %d bytes", MAX_LINE - 1);
    if (memchr (p, '\0', n))
      return refuse (reader, error, "a zero byte: this is not a text file");
    memcpy (line, p, n);
    line[n] = '\0';
    if (!read_line (reader, line, error))
      return FALSE;
    p += n + 1;
  }
  return TRUE;
}

static OdlSeries *
collect (const Reader *reader, GError **error)
{
  const gsize columns = reader->columns,
              n = columns > 0 ? reader->numbers->len / columns : 0;
  if (n == 0) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "no points: lines with a time and 1 to %d values are expected",
                 ODL_SERIES_MAX_CHANNELS);
    return NULL;
  }
  OdlSeries *self = odl_series_new ((guint)n, (guint)columns - 1);
  const double *row = (const double *)reader->numbers->data;
  for (gsize i = 0; i < n; i++, row += columns) {
    self->t[i] = row[0];
    memcpy (self->y + i * (columns - 1), row + 1, (columns - 1) * sizeof (double));
  }
  self->names = g_strdupv (reader->names);
  odl_series_sort (self);
  return self;
}

OdlSeries *
odl_series_parse_csv (const char *text, gsize length, GError **error)
{
  g_return_val_if_fail (text != NULL || length == 0, NULL);
  Reader reader = { .numbers = g_array_new (FALSE, FALSE, sizeof (double)) };
  OdlSeries *self = NULL;
  if (read_lines (&reader, text, length, error))
    self = collect (&reader, error);
  g_array_unref (reader.numbers);
  g_strfreev (reader.names);
  return self;
}

/* A name that needs quotes gets them; a quote within it becomes an apostrophe. */
static void
write_name (GString *csv, const char *name)
{
  g_autofree char *clean = g_strdelimit (g_strdup (name), "\"#\r\n", '\'');
  gboolean quote = strpbrk (clean, ",; \t") != NULL;
  g_string_append_printf (csv, quote ? "\"%s\"" : "%s", clean);
}

char *
odl_series_to_csv (const OdlSeries *series)
{
  g_return_val_if_fail (series != NULL, NULL);
  GString *csv = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  write_name (csv, series->names ? series->names[0] : "t");
  for (guint c = 0; c < series->channels; c++) {
    g_autofree char *plain
        = series->channels == 1 ? g_strdup ("y") : g_strdup_printf ("y%u", c + 1);
    g_string_append_c (csv, ',');
    write_name (csv, series->names ? series->names[c + 1] : plain);
  }
  for (gsize i = 0; i < series->n; i++) {
    g_string_append_printf (
        csv, "\n%s", g_ascii_formatd (number, sizeof number, "%.17g", series->t[i]));
    for (gsize c = 0; c < series->channels; c++) {
      double y = series->y[i * series->channels + c];
      g_string_append_printf (
          csv, ",%s",
          isnan (y) ? "" : g_ascii_formatd (number, sizeof number, "%.17g", y));
    }
  }
  g_string_append_c (csv, '\n');
  return g_string_free (csv, FALSE);
}
