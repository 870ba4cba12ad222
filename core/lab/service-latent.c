/* From a file of points to a table of bands. SPDX-License-Identifier: MIT
 *
 * The series becomes the canvas of a Latent experiment, which is the one of a session
 * or has its defaults, and is settled like any other; then the posterior that answers
 * is asked at the times that are wanted. Nothing is computed here that the panel would
 * compute otherwise. */
#include "service-latent.h"

#include <math.h>
#include <string.h>
#include "base/status.h"
#include "latent-state.h"
#include "session.h"

#define MAX_ROWS    1000000
#define MAX_NUMBERS 20000000 /* in a table */
#define ROWS        100

/* ---- What is asked ---- */

static const OdlSetting rows[] = {
  { .key = "--at", .kind = ODL_SETTING_REALS, .min = -1e15, .max = 1e15 },
  { .key = "--points", .kind = ODL_SETTING_INTEGER, .min = 1, .max = MAX_ROWS },
};

static OdlSeries *
read_series (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  OdlSeries *series = odl_series_parse_csv (text, length, error);
  if (series == NULL)
    odl_error_blame_file (error, path);
  return series;
}

/* The session's Latent experiment, wherever it stands in it. Borrowed. */
static const json_t *
find_latent (const json_t *session)
{
  const json_t *item;
  size_t i;
  json_array_foreach (json_object_get (session, "experiments"), i, item)
  {
    const char *id = json_string_value (json_object_get (item, "experiment"));
    if (g_strcmp0 (id, "latent") == 0)
      return item;
  }
  return NULL;
}

static gboolean
load_session (OdlExperiment *experiment, const char *path, GError **error)
{
  json_t *session = odl_session_read (path, error);
  if (session == NULL)
    return FALSE;
  const json_t *saved = find_latent (session);
  gboolean ok = FALSE;
  if (saved == NULL)
    g_set_error (
        error, ODL_ERROR, ODL_ERROR_UNREADABLE,
        "%s holds nothing of the Latent panel: a session that does is accepted", path);
  else
    ok = odl_experiment_load (experiment, saved, error);
  json_decref (session);
  if (!ok)
    odl_error_blame_file (error, path);
  return ok;
}

/* The points of the file, thinned where they are too many for a canvas. */
static gboolean
put_series (OdlExperiment *experiment, const OdlSeries *series, GString *remark,
            GError **error)
{
  OdlCanvasLab *lab = odl_experiment_self (experiment);
  g_autofree char *channels = g_strdup_printf ("%u", series->channels);
  g_autoptr (OdlSeries) thin
      = odl_series_thin (series, ODL_CANVAS_MAX_POINTS / series->channels);
  odl_slate_take (&lab->slate, thin);
  if (!odl_experiment_set_text (experiment, "channels", channels, error))
    return FALSE;
  if (series->n > ODL_CANVAS_MAX_USED)
    g_string_append_printf (
        remark, "%u times, of which the answer rests on %u evenly picked ones",
        series->n, ODL_CANVAS_MAX_USED);
  return TRUE;
}

static gboolean
settle (OdlExperiment *experiment, guint threads, GError **error)
{
  OdlCanvasLab *lab = odl_experiment_self (experiment);
  g_autoptr (OdlPool) pool = odl_pool_new (threads);
  const OdlTime time = { .deadline_us = G_MAXINT64, .pool = pool };
  if (!odl_canvas_lab_open (lab))
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_FAILED, lab->trouble);
  else if (!lab->shipped && !odl_canvas_lab_has_learned (lab))
    g_set_error (
        error, ODL_ERROR, ODL_ERROR_FAILED,
        "no weights are shipped for the model '%s': --session FILE.odelab with "
        "trained ones (odelab train latent)",
        odl_values_text (odl_experiment_values (experiment), "family"));
  else {
    while (odl_experiment_settle (experiment, &time))
      ;
    if (lab->n_readers == 0)
      g_set_error_literal (error, ODL_ERROR, ODL_ERROR_FAILED, lab->trouble);
    else if (isnan (lab->first))
      g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                           "the file has no values: a series with at least one is "
                           "accepted");
    else
      return TRUE;
  }
  return FALSE;
}

/* ---- Times ---- */

static gboolean
read_value (guint row, const char *text, OdlValue *value, GError **error)
{
  return odl_value_parse (&rows[row], text, value, error);
}

static gboolean
check_times (const OdlCanvasLab *lab, const OdlLatentAnswer *answer, GError **error)
{
  const double low = lab->scale.t0;
  const double high = low + ODL_CANVAS_MAX_HORIZON * lab->scale.span;
  for (guint i = 0; i < answer->n; i++)
    if (!(answer->t[i] >= low && answer->t[i] <= high)) {
      odl_error_set_invalid (error,
                             "--at %.17g is too far off: times from %.17g to %.17g, "
                             "%g times the span",
                             answer->t[i], low, high, ODL_CANVAS_MAX_HORIZON);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_times (const OdlLatentRequest *request, const OdlCanvasLab *lab,
            OdlLatentAnswer *answer, GError **error)
{
  OdlValue value;
  if (request->at != NULL) {
    if (!read_value (0, request->at, &value, error))
      return FALSE;
    answer->n = value.reals.n;
    answer->t = g_memdup2 (value.reals.items, sizeof (double) * MAX (answer->n, 1));
    odl_value_clear (&value);
    if (answer->n == 0)
      odl_error_set_invalid (error, "--at names no time: T,T,… is accepted");
    return answer->n > 0 && check_times (lab, answer, error);
  }
  answer->n = ROWS;
  if (request->points != NULL && !read_value (1, request->points, &value, error))
    return FALSE;
  if (request->points != NULL)
    answer->n = (guint)value.integer;
  answer->t = g_new (double, answer->n);
  for (guint i = 0; i < answer->n; i++)
    answer->t[i] = i + 1 == answer->n && i > 0
                       ? lab->last
                       : lab->first + (lab->last - lab->first) * i / (answer->n - 1.0);
  if (answer->n == 1)
    answer->t[0] = lab->first;
  return TRUE;
}

/* ---- The answer ---- */

static void
put_channel (const OdlCanvasLab *lab, const OdlCanvasReader *reader, guint c,
             const double *inner, OdlLatentAnswer *answer)
{
  const gsize n = answer->n, k = answer->n_channels, channel = reader->first + c;
  g_autofree double *slab = g_new (double, 5 * n);
  double *const columns[]
      = { slab, slab + n, slab + 2 * n, slab + 3 * n, slab + 4 * n };
  double *const to[] = { answer->mean, answer->lower95, answer->lower50,
                         answer->upper50, answer->upper95 };
  const OdlCanvasTimes times = { c, answer->n, inner };
  odl_canvas_lab_predict (lab, reader, &times, columns);
  for (gsize column = 0; column < G_N_ELEMENTS (columns); column++)
    for (gsize i = 0; i < n; i++)
      to[column][i * k + channel] = columns[column][i];
}

static void
put_bands (const OdlCanvasLab *lab, OdlLatentAnswer *answer)
{
  const gsize n = (gsize)answer->n * answer->n_channels;
  double **const columns[] = { &answer->mean, &answer->lower50, &answer->upper50,
                               &answer->lower95, &answer->upper95 };
  g_autofree double *inner = g_new (double, answer->n);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    *columns[i] = g_new (double, n);
  for (guint i = 0; i < answer->n; i++)
    inner[i] = (answer->t[i] - lab->scale.t0) / lab->scale.span;
  for (guint r = 0; r < lab->n_readers; r++) {
    const OdlCanvasReader *reader = &lab->readers[r];
    odl_latent_posterior_sample (odl_canvas_reader_posterior (lab, reader),
                                 odl_latent_study_theta (lab->study),
                                 ODL_CANVAS_MAX_HORIZON);
    for (guint c = 0; c < reader->n_channels; c++)
      put_channel (lab, reader, c, inner, answer);
  }
}

static void
put_names (const OdlCanvasLab *lab, OdlLatentAnswer *answer)
{
  g_autoptr (OdlFrame) frame = odl_latent_snapshot ((gpointer)lab);
  const OdlLatentPayload *payload = frame->payload;
  answer->names = g_new0 (char *, answer->n_channels + 2);
  answer->names[0] = g_strdup (payload->time_name);
  for (guint c = 0; c < answer->n_channels; c++)
    answer->names[c + 1] = g_strdup (payload->channels[c].name);
}

static gboolean
fill (OdlLatentAnswer *answer, const OdlLatentRequest *request,
      OdlExperiment *experiment, GError **error)
{
  OdlCanvasLab *lab = odl_experiment_self (experiment);
  if (!settle (experiment, request->threads, error)
      || !read_times (request, lab, answer, error))
    return FALSE;
  answer->n_channels = lab->n_channels;
  if ((double)answer->n * answer->n_channels > MAX_NUMBERS / 6.0) {
    odl_error_set_invalid (error, "--points %u: at most %u rows for %u channels",
                           answer->n, MAX_NUMBERS / 6 / answer->n_channels,
                           answer->n_channels);
    return FALSE;
  }
  answer->status = g_strdup (lab->now.refined > 0 ? "settled" : "amortised");
  put_names (lab, answer);
  put_bands (lab, answer);
  return TRUE;
}

OdlLatentAnswer *
odl_service_latent (const OdlLatentRequest *request, GError **error)
{
  g_return_val_if_fail (request && request->file, NULL);
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (GString) remark = g_string_new (NULL);
  if (request->at && request->points) {
    odl_error_set_invalid (error, "both --at and --points are given: one of them");
    return NULL;
  }
  g_autoptr (OdlSeries) series = read_series (request->file, error);
  g_autoptr (OdlExperiment) experiment
      = series ? odl_experiment_new (&odl_experiment_latent, runs, error) : NULL;
  if (experiment == NULL
      || (request->session && !load_session (experiment, request->session, error))
      || !put_series (experiment, series, remark, error))
    return NULL;
  g_autoptr (OdlLatentAnswer) answer = g_new0 (OdlLatentAnswer, 1);
  if (remark->len > 0)
    answer->remark = g_strdup (remark->str);
  return fill (answer, request, experiment, error) ? g_steal_pointer (&answer) : NULL;
}

void
odl_latent_answer_free (OdlLatentAnswer *answer)
{
  if (answer == NULL)
    return;
  g_strfreev (answer->names);
  g_free (answer->t);
  g_free (answer->mean);
  g_free (answer->lower50);
  g_free (answer->upper50);
  g_free (answer->lower95);
  g_free (answer->upper95);
  g_free (answer->status);
  g_free (answer->remark);
  g_free (answer);
}

/* ---- Writing ---- */

static const char *const columns[]
    = { "mean", "lower50", "upper50", "lower95", "upper95" };

static const double *
column_of (const OdlLatentAnswer *answer, guint column)
{
  const double *const all[] = { answer->mean, answer->lower50, answer->upper50,
                                answer->lower95, answer->upper95 };
  return all[column];
}

static json_t *
list_of (const double *numbers, gsize n)
{
  json_t *list = json_array ();
  for (gsize i = 0; i < n; i++)
    json_array_append_new (list, json_real (numbers[i]));
  return list;
}

json_t *
odl_latent_answer_to_json (const OdlLatentAnswer *answer)
{
  g_return_val_if_fail (answer, NULL);
  const gsize n = answer->n, k = answer->n_channels;
  json_t *to = json_pack ("{s:o}", "t", list_of (answer->t, n));
  for (guint column = 0; column < G_N_ELEMENTS (columns); column++) {
    const double *numbers = column_of (answer, column);
    json_t *table = k == 1 ? list_of (numbers, n) : json_array ();
    for (gsize i = 0; i < n && k > 1; i++)
      json_array_append_new (table, list_of (numbers + i * k, k));
    json_object_set_new (to, columns[column], table);
  }
  if (k > 1) {
    json_t *names = json_array ();
    for (guint c = 0; c < k; c++)
      json_array_append_new (names, json_string (answer->names[c + 1]));
    json_object_set_new (to, "channels", names);
  }
  json_object_set_new (to, "status", json_string (answer->status));
  return to;
}

/* A name with a comma, a quote or a line in it stands in quotes. */
static void
append_name (GString *csv, const char *name)
{
  if (strpbrk (name, ",\"\n") == NULL) {
    g_string_append (csv, name);
    return;
  }
  g_auto (GStrv) parts = g_strsplit (name, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (csv, "\"%s\"", doubled);
}

char *
odl_latent_answer_to_csv (const OdlLatentAnswer *answer)
{
  g_return_val_if_fail (answer, NULL);
  const gsize k = answer->n_channels;
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  GString *csv = g_string_new (NULL);
  append_name (csv, answer->names[0]);
  for (gsize c = 0; c < k; c++)
    for (guint column = 0; column < G_N_ELEMENTS (columns); column++) {
      g_autofree char *name
          = k == 1 ? g_strdup (columns[column])
                   : g_strconcat (answer->names[c + 1], " ", columns[column], NULL);
      g_string_append_c (csv, ',');
      append_name (csv, name);
    }
  for (gsize i = 0; i < answer->n; i++) {
    g_string_append_printf (csv, "\n%s",
                            g_ascii_dtostr (digits, sizeof digits, answer->t[i]));
    for (gsize c = 0; c < k; c++)
      for (guint column = 0; column < G_N_ELEMENTS (columns); column++)
        g_string_append_printf (csv, ",%s",
                                g_ascii_dtostr (digits, sizeof digits,
                                                column_of (answer, column)[i * k + c]));
  }
  g_string_append_c (csv, '\n');
  return g_string_free (csv, FALSE);
}
