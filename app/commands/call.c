/* Parsing a verb's options by its table, and reporting: one line of error, remarks, the
 * progress bar. SPDX-License-Identifier: MIT
 *
 * Options may stand before, between and behind the arguments; `--name value` and
 * `--name=value` are the same, and
 * `--` ends the options. A value may begin with a minus sign (--from -1,0), so an
 * option that wants a value takes whatever comes next. */
#include "call.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "service.h"

static const OdlOption common[] = {
  { "json", NULL, "print JSON" },
  { "quiet", NULL, "print no progress and no remarks" },
  { "threads", "N", "compute on N threads; without it on every core" },
  { "help", NULL, "print this" },
  { NULL },
};

static const OdlOption *
find_in (const OdlOption *options, const char *name)
{
  for (; options->name; options++)
    if (g_str_equal (options->name, name))
      return options;
  return NULL;
}

static char *
list_options (const OdlVerb *verb)
{
  GString *list = g_string_new (NULL);
  const OdlOption *tables[] = { verb->options, common };
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const OdlOption *o = tables[i]; o->name; o++)
      g_string_append_printf (list, "%s--%s", list->len ? ", " : "", o->name);
  return g_string_free (list, FALSE);
}

static gboolean
keep (OdlCall *call, const OdlOption *option, const char *value, GError **error)
{
  if (!option->repeated && odl_call_option (call, option->name)) {
    odl_error_set_invalid (error, "--%s is given twice: once is accepted",
                           option->name);
    return FALSE;
  }
  g_ptr_array_add (call->given, g_strdup (option->name));
  g_ptr_array_add (call->given, g_strdup (value ? value : ""));
  return TRUE;
}

/* Takes argv[i], an option, and its value; returns how many words that was, or 0 with
 * error. */
static int
take (OdlCall *call, int argc, char **argv, int i, GError **error)
{
  const char *equals = strchr (argv[i], '=');
  g_autofree char *name
      = equals ? g_strndup (argv[i] + 2, equals - argv[i] - 2) : g_strdup (argv[i] + 2);
  const OdlOption *option = find_in (call->verb->options, name);
  if (!option)
    option = find_in (common, name);
  if (!option) {
    g_autofree char *list = list_options (call->verb);
    odl_error_set_invalid (error, "%s does not know the option --%s: accepted are %s",
                           call->verb->name, name, list);
    return 0;
  }
  if (!option->argument && equals) {
    odl_error_set_invalid (error, "--%s has a value: it is accepted without one", name);
    return 0;
  }
  if (option->argument && !equals && i + 1 >= argc) {
    odl_error_set_invalid (error, "--%s lacks its value: --%s %s", name, name,
                           option->argument);
    return 0;
  }
  const char *value = !option->argument ? NULL : equals ? equals + 1 : argv[i + 1];
  if (!keep (call, option, value, error))
    return 0;
  return option->argument && !equals ? 2 : 1;
}

static gboolean
count_arguments (const OdlCall *call, GError **error)
{
  const OdlVerb *verb = call->verb;
  if (call->help)
    return TRUE;
  if (call->arguments->len < verb->min_arguments) {
    odl_error_set_invalid (error, "%s lacks an argument: odelab %s %s", verb->name,
                           verb->name, verb->arguments);
    return FALSE;
  }
  if (call->arguments->len > verb->max_arguments) {
    const char *extra = g_ptr_array_index (call->arguments, verb->max_arguments);
    odl_error_set_invalid (error, "%s does not take '%s': odelab %s%s%s", verb->name,
                           extra, verb->name, *verb->arguments ? " " : "",
                           verb->arguments);
    return FALSE;
  }
  return TRUE;
}

OdlCall *
odl_call_parse (const OdlVerb *verb, int argc, char **argv, GError **error)
{
  g_return_val_if_fail (verb && argc >= 0, NULL);
  g_autoptr (OdlCall) call = g_new0 (OdlCall, 1);
  call->verb = verb;
  call->arguments = g_ptr_array_new_with_free_func (g_free);
  call->given = g_ptr_array_new_with_free_func (g_free);
  call->start_us = g_get_monotonic_time ();
  gboolean options = TRUE;
  for (int i = 0; i < argc;) {
    int words = 1;
    if (options && g_str_equal (argv[i], "--"))
      options = FALSE;
    else if (options && g_str_has_prefix (argv[i], "--"))
      words = take (call, argc, argv, i, error);
    else if (options && argv[i][0] == '-' && argv[i][1]
             && !g_ascii_isdigit (argv[i][1])) {
      odl_error_set_invalid (
          error,
          "unknown option %s: options begin with two dashes, see odelab %s "
          "--help",
          argv[i], verb->name);
      words = 0;
    } else
      g_ptr_array_add (call->arguments, g_strdup (argv[i]));
    if (words == 0)
      return NULL;
    i += words;
  }
  gint64 threads;
  call->json = odl_call_option (call, "json") != NULL;
  call->quiet = odl_call_option (call, "quiet") != NULL;
  call->help = odl_call_option (call, "help") != NULL;
  if (!count_arguments (call, error)
      || !odl_call_integer (call, "threads", 1, 256, 0, &threads, error))
    return NULL;
  call->threads = (guint)threads;
  return g_steal_pointer (&call);
}

void
odl_call_free (OdlCall *call)
{
  if (!call)
    return;
  g_ptr_array_unref (call->arguments);
  g_ptr_array_unref (call->given);
  g_free (call);
}

const char *
odl_call_argument (const OdlCall *call, guint index)
{
  g_return_val_if_fail (call, NULL);
  return index < call->arguments->len ? g_ptr_array_index (call->arguments, index)
                                      : NULL;
}

const char *
odl_call_option (const OdlCall *call, const char *name)
{
  g_return_val_if_fail (call && name, NULL);
  for (guint i = call->given->len; i >= 2; i -= 2)
    if (g_str_equal (g_ptr_array_index (call->given, i - 2), name))
      return g_ptr_array_index (call->given, i - 1);
  return NULL;
}

const char **
odl_call_options (const OdlCall *call, const char *name)
{
  g_return_val_if_fail (call && name, NULL);
  GPtrArray *all = g_ptr_array_new ();
  for (guint i = 0; i + 1 < call->given->len; i += 2)
    if (g_str_equal (g_ptr_array_index (call->given, i), name))
      g_ptr_array_add (all, g_ptr_array_index (call->given, i + 1));
  g_ptr_array_add (all, NULL);
  return (const char **)g_ptr_array_free (all, FALSE);
}

gboolean
odl_call_integer (const OdlCall *call, const char *name, gint64 min, gint64 max,
                  gint64 fallback, gint64 *number, GError **error)
{
  const char *text = odl_call_option (call, name);
  *number = fallback;
  if (!text || g_ascii_string_to_signed (text, 10, min, max, number, NULL))
    return TRUE;
  odl_error_set_invalid (
      error,
      "--%s %s is not acceptable: a whole number from %" G_GINT64_FORMAT
      " to %" G_GINT64_FORMAT,
      name, text, min, max);
  return FALSE;
}

static void
print_options (const OdlOption *options)
{
  for (; options->name; options++) {
    g_autofree char *left
        = g_strdup_printf ("--%s%s%s", options->name, options->argument ? " " : "",
                           options->argument ? options->argument : "");
    printf ("  %s%*s %s%s\n", left, MAX (0, 26 - (int)g_utf8_strlen (left, -1)), "",
            options->help, options->repeated ? "; may be repeated" : "");
  }
}

void
odl_call_print_help (const OdlVerb *verb)
{
  printf ("usage: odelab %s%s%s [OPTIONS]\n%s.\n\n", verb->name,
          *verb->arguments ? " " : "", verb->arguments, verb->about);
  print_options (verb->options);
  print_options (common);
}

int
odl_call_fail (GError *error)
{
  g_return_val_if_fail (error, ODL_EXIT_FAILED);
  gboolean wrong = odl_error_is_invalid (error);
  /* One line whatever a file or an argument put into the message. */
  g_strdelimit (error->message, "\n\r", ' ');
  fprintf (stderr, "odelab: %s\n", error->message);
  g_error_free (error);
  return wrong ? ODL_EXIT_WRONG_CALL : ODL_EXIT_FAILED;
}

void
odl_call_say (const OdlCall *call, const char *format, ...)
{
  if (call->quiet)
    return;
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  fprintf (stderr, "odelab: %s\n", text);
}

void
odl_call_print_json (json_t *document)
{
  json_dumpf (document, stdout, JSON_REAL_PRECISION (17));
  fputc ('\n', stdout);
  json_decref (document);
}

void
odl_call_progress (OdlCall *call, double done, double total, const char *unit)
{
  const gint64 now = g_get_monotonic_time ();
  if (call->quiet || !isatty (STDERR_FILENO) || !(total > 0))
    return;
  if (done < total && now - MAX (call->drawn_us, call->start_us) < 100000)
    return;
  if (done >= total && call->drawn_us == 0)
    return;
  const int width = 30, filled = (int)(width * CLAMP (done / total, 0, 1));
  const double seconds = MAX (now - call->start_us, 1) * 1e-6, rate = done / seconds;
  char bar[31];
  memset (bar, ' ', width);
  memset (bar, '=', filled);
  bar[width] = '\0';
  fprintf (stderr, "\r[%s] %3.0f %%  %.4g %s/s  %.0f s left \033[K", bar,
           100 * done / total, rate, unit, rate > 0 ? (total - done) / rate : 0.0);
  call->drawn_us = now;
}

void
odl_call_progress_end (OdlCall *call)
{
  if (call->drawn_us)
    fprintf (stderr, "\r\033[K");
  call->drawn_us = 0;
}
