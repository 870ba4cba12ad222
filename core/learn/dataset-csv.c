/* Labelled points from CSV: x, y, class in each line.
 * SPDX-License-Identifier: MIT
 *
 * One pass over the bytes, a line at a time, without copying more than a cell. A first
 * line whose coordinates are not numbers is a head and is skipped. Classes are kept as
 * words and numbered in order of appearance, so 1/2, −1/+1 and cat/dog all work. */
#include "learn/dataset.h"

#include <math.h>
#include <string.h>

#define MAX_CLASSES    8
#define MAX_COORDINATE 1e6

typedef struct {
  GArray *x, *y, *label;
  GPtrArray *classes;
  guint line;
} Reader;

static gboolean
refuse (const Reader *reader, GError **error, const char *what)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "line %u: %s", reader->line,
               what);
  return FALSE;
}

static gboolean
read_number (const char *cell, double *number)
{
  char *end;
  *number = g_ascii_strtod (cell, &end);
  return end != cell && *end == '\0';
}

/* Splits in place: blanks, and at most one comma or semicolon among them, end a cell.
 * Returns the number of cells, max + 1 for more than max. */
static guint
split (char *line, char *cells[], guint max)
{
  guint n = 0;
  char *p = line + strspn (line, " \t");
  while (*p != '\0') {
    if (n == max)
      return n + 1;
    cells[n++] = p;
    p += strcspn (p, ",; \t");
    char *end = p;
    p += strspn (p, " \t");
    if (*p == ',' || *p == ';')
      p += 1 + strspn (p + 1, " \t");
    *end = '\0';
  }
  return n;
}

static int
class_of (Reader *reader, const char *word)
{
  for (guint i = 0; i < reader->classes->len; i++)
    if (strcmp (g_ptr_array_index (reader->classes, i), word) == 0)
      return (int)i;
  if (reader->classes->len == MAX_CLASSES)
    return -1;
  g_ptr_array_add (reader->classes, g_strdup (word));
  return (int)reader->classes->len - 1;
}

static gboolean
read_line (Reader *reader, char *line, GError **error)
{
  char *cells[3];
  line[strcspn (line, "#\r")] = '\0';
  guint n = split (line, cells, 3);
  if (n == 0)
    return TRUE;
  double x, y;
  gboolean head = reader->x->len == 0 && !read_number (cells[0], &x);
  if (head && n >= 2)
    return TRUE;
  if (n != 3)
    return refuse (reader, error, "three cells are expected: x, y, class");
  if (!read_number (cells[0], &x) || !read_number (cells[1], &y) || !isfinite (x)
      || !isfinite (y) || fabs (x) > MAX_COORDINATE || fabs (y) > MAX_COORDINATE)
    return refuse (reader, error, "x and y must be numbers of size at most 1e6");
  int label = class_of (reader, cells[2]);
  if (label < 0)
    return refuse (reader, error, "a ninth class: at most 8 are accepted");
  if (reader->x->len == ODL_DATASET_MAX)
    return refuse (reader, error, "more than a million points");
  g_array_append_val (reader->x, x);
  g_array_append_val (reader->y, y);
  g_array_append_val (reader->label, label);
  return TRUE;
}

static gboolean
read_lines (Reader *reader, const char *text, gsize length, GError **error)
{
  char line[512];
  for (const char *p = text, *end = text + length; p < end;) {
    const char *stop = memchr (p, '\n', (gsize)(end - p));
    gsize n = (gsize)((stop ? stop : end) - p);
    reader->line++;
    if (n >= sizeof line)
      return refuse (reader, error, "the line is longer than 511 bytes");
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

static OdlDataset *
collect (const Reader *reader)
{
  guint n = reader->x->len;
  OdlDataset *self = odl_dataset_new (n, 2);
  self->n_classes = MAX (2, reader->classes->len);
  if (n > 0) {
    memcpy (self->x, reader->x->data, n * sizeof (double));
    memcpy (self->x + n, reader->y->data, n * sizeof (double));
    memcpy (self->label, reader->label->data, n * sizeof (int));
  }
  return self;
}

OdlDataset *
odl_dataset_parse_csv (const char *text, gsize length, GError **error)
{
  g_return_val_if_fail (text != NULL || length == 0, NULL);
  Reader reader = { .x = g_array_new (FALSE, FALSE, sizeof (double)),
                    .y = g_array_new (FALSE, FALSE, sizeof (double)),
                    .label = g_array_new (FALSE, FALSE, sizeof (int)),
                    .classes = g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (OdlDataset) self = NULL;
  if (read_lines (&reader, text, length, error))
    self = collect (&reader);
  g_array_unref (reader.x);
  g_array_unref (reader.y);
  g_array_unref (reader.label);
  g_ptr_array_unref (reader.classes);
  if (self != NULL && !odl_dataset_check (self, error))
    return NULL;
  return g_steal_pointer (&self);
}
