/* Makes a frame of the Latent panel. SPDX-License-Identifier: MIT
 *
 * The parts of the picture are frames themselves and are shared, not copied (page.h).
 * Points, numbers and histories are copied. Times and bands come from the same sheet,
 * so that they belong together even while newer points wait for their answer. */
#include <math.h>
#include <string.h>
#include "latent-state.h"
#include "page.h"

static const OdlCanvasSheet *
sheet_of (const OdlCanvasLab *self, OdlPage *page, OdlCanvasSheetKind kind)
{
  return odl_page_borrow (page, self->pieces[kind].frame);
}

/* ---- Points and times ---- */

static void
put_points (const OdlCanvasLab *self, OdlPage *page)
{
  OdlLatentPayload *payload = page->payload;
  const GArray *points = self->slate.points;
  payload->n_points = points->len;
  payload->x = odl_page_keep (page, g_new (double, points->len + 1));
  payload->y = odl_page_keep (page, g_new (double, points->len + 1));
  payload->channel = odl_page_keep (page, g_new (guint8, points->len + 1));
  for (guint i = 0; i < points->len; i++) {
    const OdlSlatePoint *point = &g_array_index (points, OdlSlatePoint, i);
    payload->x[i] = point->t;
    payload->y[i] = point->y;
    payload->channel[i] = (guint8)point->channel;
  }
}

/* Before the first answer: the canvas without one. */
static void
put_times (const OdlCanvasLab *self, const OdlCanvasSheet *answer, OdlPage *page)
{
  OdlLatentPayload *payload = page->payload;
  const double horizon = odl_values_real (self->values, "horizon");
  const OdlSeriesScale scale = odl_canvas_lab_scale (self);
  payload->t0 = answer ? answer->t0 : scale.t0;
  payload->span = answer ? answer->span : scale.span;
  payload->edge = answer ? answer->edge : scale.t0 + horizon * scale.span;
  payload->edge_min = payload->t0 + payload->span;
  payload->edge_max = payload->t0 + ODL_CANVAS_MAX_HORIZON * payload->span;
  payload->first = answer ? answer->first : NAN;
  payload->last = answer ? answer->last : NAN;
  payload->n_grid = answer ? answer->n_grid : 0;
  payload->t = answer ? answer->t : NULL;
}

/* ---- Channels ---- */

static char *
name_of (const OdlCanvasLab *self, guint channel)
{
  char **names = self->slate.names;
  if (names != NULL && g_strv_length (names) > channel + 1)
    return g_strdup (names[channel + 1]);
  return channel == 0 ? g_strdup ("value") : g_strdup_printf ("value %u", channel + 1);
}

static void
put_truth (const OdlCanvasLab *self, guint channel, OdlPage *page, OdlCanvasChannel *to)
{
  const OdlFamilyInfo *info = odl_family_info (self->slate.draw.family);
  const OdlLatentPayload *payload = page->payload;
  to->truth_noise = NAN;
  if (!self->slate.known || channel >= info->channels)
    return;
  to->truth_noise = info->sigma;
  to->truth = odl_page_keep (page, g_new (double, payload->n_grid + 1));
  for (guint i = 0; i < payload->n_grid; i++) {
    double y[ODL_SERIES_MAX_CHANNELS];
    odl_family_at (&self->slate.draw, payload->t[i], y);
    to->truth[i] = y[channel];
  }
}

/* A sheet that was made for other times cannot be drawn beside the answer. */
static const OdlCanvasSheet *
matching (const OdlCanvasSheet *sheet, const OdlCanvasSheet *answer)
{
  const gboolean same = sheet && answer && sheet->t0 == answer->t0
                        && sheet->edge == answer->edge
                        && sheet->n_channels == answer->n_channels;
  return same ? sheet : NULL;
}

static void
put_referee (const OdlCanvasChannel *process, const OdlCanvasChannel *scores,
             OdlCanvasChannel *to)
{
  to->process_length = to->process_noise = to->process_amplitude = NAN;
  if (process != NULL) {
    to->process = process->process;
    to->process_length = process->process_length;
    to->process_noise = process->process_noise;
    to->process_amplitude = process->process_amplitude;
    to->process_n = process->process_n;
    to->process_inside = process->process_inside;
    to->process_outside = process->process_outside;
  }
  if (scores != NULL) {
    to->inside = scores->inside;
    to->outside = scores->outside;
  }
}

static gboolean
is_current (const OdlCanvasLab *self, OdlCanvasSheetKind kind)
{
  const OdlCanvasKey *key = &self->pieces[kind].key;
  return key->points == self->now.points && key->weights == self->now.weights;
}

static void
put_channels (const OdlCanvasLab *self, const OdlCanvasSheet *answer,
              const OdlCanvasSheet *amortised, OdlPage *page)
{
  OdlLatentPayload *payload = page->payload;
  const OdlCanvasSheet *process
      = is_current (self, ODL_SHEET_PROCESS)
            ? matching (sheet_of (self, page, ODL_SHEET_PROCESS), answer)
            : NULL;
  const OdlCanvasSheet *prior
      = matching (sheet_of (self, page, ODL_SHEET_PRIOR), answer);
  const OdlCanvasSheet *scores = is_current (self, ODL_SHEET_SCORES)
                                     ? sheet_of (self, page, ODL_SHEET_SCORES)
                                     : NULL;
  payload->n_channels = answer
                            ? answer->n_channels
                            : MAX ((guint)odl_values_integer (self->values, "channels"),
                                   odl_slate_n_channels (&self->slate));
  payload->channels
      = odl_page_keep (page, g_new0 (OdlCanvasChannel, ODL_CANVAS_MAX_CHANNELS));
  for (guint c = 0; c < payload->n_channels; c++) {
    OdlCanvasChannel *to = &payload->channels[c];
    if (answer != NULL)
      *to = answer->channels[c];
    if (amortised != answer && matching (amortised, answer) != NULL)
      to->amortised = amortised->channels[c].band;
    if (prior != NULL) {
      to->n_prior = prior->channels[c].n_prior;
      to->prior = prior->channels[c].prior;
    }
    put_referee (process ? &process->channels[c] : NULL,
                 scores ? &scores->channels[c] : NULL, to);
    to->name = odl_page_keep (page, name_of (self, c));
    put_truth (self, c, page, to);
  }
}

/* How far refinement is, 0 … 1: a third of it is gradient steps, which may be fewer,
 * and the rest is the walk. The series that is least far counts. */
static double
progress (const OdlCanvasLab *self)
{
  double least = 1;
  for (guint i = 0; i < self->n_readers; i++) {
    const OdlLatentPosterior *posterior = self->readers[i].refined;
    const double steps = odl_latent_posterior_refined (posterior)
                             ? 1
                             : (double)odl_latent_posterior_iteration (posterior)
                                   / ODL_LATENT_MAX_STEPS;
    const double rounds = (double)odl_latent_posterior_rounds (posterior)
                          / odl_latent_posterior_all_rounds (posterior);
    least = fmin (least, (steps + 2 * rounds) / 3);
  }
  return least;
}

static void
put_readings (const OdlCanvasLab *self, const OdlCanvasSheet *answer, OdlPage *page)
{
  OdlLatentPayload *payload = page->payload;
  const gboolean refine = odl_values_boolean (self->values, "refine");
  payload->refining = odl_canvas_lab_refines (self);
  payload->progress = NAN;
  payload->n_readings = answer ? answer->n_readings : 0;
  payload->readings
      = odl_page_keep (page, g_new0 (OdlCanvasReading, ODL_CANVAS_MAX_CHANNELS));
  for (guint i = 0; i < payload->n_readings; i++) {
    payload->readings[i] = answer->readings[i];
    payload->readings[i].settled
        = !refine || self->readers[i].refined == NULL
          || odl_latent_posterior_settled (self->readers[i].refined);
  }
  if (payload->refining)
    payload->progress = progress (self);
}

/* ---- Axes ---- */

static void
widen (double y, double *low, double *high)
{
  if (!isfinite (y))
    return;
  *low = fmin (*low, y);
  *high = fmax (*high, y);
}

/* The points and the curve, and as much of the band as leaves them room. */
static void
measure (const OdlLatentPayload *payload, guint c, const OdlSeriesScale *scale,
         double *low, double *high)
{
  const OdlCanvasBand *band = &payload->channels[c].band;
  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < payload->n_points; i++)
    if (payload->channel[i] == c)
      widen (payload->y[i], low, high);
  for (guint i = 0; band->mean != NULL && i < payload->n_grid; i++)
    widen (band->mean[i], low, high);
  widen (scale->offset[c] - 0.5 * scale->scale[c], low, high);
  widen (scale->offset[c] + 0.5 * scale->scale[c], low, high);
  const double room = 0.75 * (*high - *low), bottom = *low - room, top = *high + room;
  for (guint i = 0; band->mean != NULL && i < payload->n_grid; i++) {
    widen (fmax (band->lower95[i], bottom), low, high);
    widen (fmin (band->upper95[i], top), low, high);
  }
  const double margin = 0.04 * (*high - *low);
  *low -= margin;
  *high += margin;
}

static void
put_axes (OdlCanvasLab *self, gboolean answered, OdlLatentPayload *payload)
{
  OdlCanvasAxes *axes = &self->axes;
  const OdlSeriesScale scale = answered ? self->scale : odl_canvas_lab_scale (self);
  const gboolean same = payload->refining && axes->points == self->now.points;
  for (guint c = 0; c < payload->n_channels; c++) {
    double low, high;
    measure (payload, c, &scale, &low, &high);
    if (same || axes->held) {
      low = axes->held ? axes->low[c] : fmin (low, axes->low[c]);
      high = axes->held ? axes->high[c] : fmax (high, axes->high[c]);
    }
    payload->channels[c].low = axes->low[c] = low;
    payload->channels[c].high = axes->high[c] = high;
  }
  if (!axes->held)
    axes->end = payload->edge + 0.04 * (payload->edge - payload->t0);
  payload->shown_end = axes->end;
  axes->points = self->now.points;
}

/* ---- The model and its training ---- */

static char *
describe_model (const OdlCanvasLab *self)
{
  if (self->study == NULL)
    return g_strdup ("not made yet");
  const OdlLatent *model = odl_latent_study_model (self->study);
  const guint64 iteration = odl_latent_study_iteration (self->study);
  g_autofree char *learned = NULL;
  if (iteration > 0)
    learned = g_strdup_printf ("trained for %" G_GUINT64_FORMAT " iterations%s",
                               iteration, self->shipped ? " more" : "");
  else
    learned = g_strdup (self->shipped ? "as shipped"
                        : self->given ? "as in the session"
                                      : "random, not trained yet");
  return g_strdup_printf ("%u latent and %u hidden dimensions, %u weights, %s",
                          model->shape.latent, model->shape.hidden, model->n_theta,
                          learned);
}

static void
put_model (const OdlCanvasLab *self, OdlPage *page)
{
  OdlLatentPayload *payload = page->payload;
  const gboolean learned = odl_canvas_lab_has_learned (self);
  payload->model
      = odl_page_keep (page, g_strdup (odl_values_text (self->values, "family")));
  payload->about = odl_page_keep (page, describe_model (self));
  payload->shipped = self->study != NULL && self->shipped && !learned;
  payload->random = self->study != NULL && !self->shipped && !learned;
  payload->n_set = self->slate.set->len;
  for (guint i = 0; i < payload->n_set; i++)
    payload->n_set_points += ((const OdlSeries *)self->slate.set->pdata[i])->n;
  if (self->slate.known) {
    const OdlFamilyInfo *info = odl_family_info (self->slate.draw.family);
    payload->drawn = odl_page_keep (page, g_strdup (info->id));
    payload->drawn_title = odl_page_keep (page, g_strdup (info->title));
  }
  if (self->trouble != NULL)
    payload->trouble = odl_page_keep (page, g_strdup (self->trouble));
}

static void
put_history (const OdlCanvasLab *self, OdlPage *page)
{
  OdlLatentPayload *payload = page->payload;
  const OdlRun *run = self->run > 0 ? odl_runs_find (self->runs, self->run) : NULL;
  if (run == NULL || run->history->n == 0)
    return;
  const OdlHistory *history = run->history;
  const gsize bytes = history->n * sizeof (double);
  payload->n_history = history->n;
  payload->history_iteration = odl_page_keep (
      page, g_memdup2 (history->iteration, history->n * sizeof (guint64)));
  payload->loss
      = odl_page_keep (page, g_memdup2 (history->columns[ODL_COLUMN_LOSS], bytes));
  payload->nll
      = odl_page_keep (page, g_memdup2 (history->columns[ODL_COLUMN_NLL], bytes));
  payload->gradient_norm = odl_page_keep (
      page, g_memdup2 (history->columns[ODL_COLUMN_GRADIENT_NORM], bytes));
  payload->history_seconds
      = odl_page_keep (page, g_memdup2 (history->columns[ODL_COLUMN_SECONDS], bytes));
}

static void
put_training (const OdlCanvasLab *self, OdlPage *page)
{
  OdlLatentPayload *payload = page->payload;
  payload->divergence = payload->beta = payload->trust = payload->rate = NAN;
  payload->seconds = self->seconds;
  put_history (self, page);
  if (self->study == NULL)
    return;
  const OdlLatentProgress progress = odl_latent_study_progress (self->study);
  payload->iteration = odl_latent_study_iteration (self->study);
  payload->divergence = progress.loss.divergence;
  payload->beta = progress.pace.beta;
  payload->trust = progress.pace.trust;
  payload->rate = progress.pace.rate;
  if (odl_latent_study_diverged (self->study))
    payload->failure = odl_page_keep (
        page, g_strdup_printf ("stopped at iteration %" G_GUINT64_FORMAT
                               ": loss or gradient was not finite. The weights before "
                               "are kept; a smaller learning rate may help.",
                               payload->iteration + 1));
}

/* ---- The whole ---- */

static void
put_status (const OdlLatentPayload *payload, OdlFrame *frame)
{
  if (payload->trouble != NULL || payload->failure != NULL)
    frame->severity = ODL_SEVERITY_WARNING;
  if (payload->trouble != NULL)
    frame->status = g_strdup (payload->trouble);
  else if (payload->failure != NULL)
    frame->status = g_strdup_printf ("Training %s", payload->failure);
  else if (payload->iteration > 0 && payload->n_history > 0)
    frame->status = g_strdup_printf (
        "Iteration %" G_GUINT64_FORMAT ". Loss %.3g a point. %s", payload->iteration,
        payload->loss[payload->n_history - 1], payload->sentence);
  else
    frame->status = g_strdup (payload->sentence);
}

OdlFrame *
odl_latent_snapshot (gpointer data)
{
  OdlCanvasLab *self = data;
  OdlPage *page = odl_page_new (sizeof (OdlLatentPayload));
  OdlLatentPayload *payload = page->payload;
  self->watched = TRUE;
  const OdlCanvasSheet *amortised = sheet_of (self, page, ODL_SHEET_AMORTISED);
  const OdlCanvasSheet *answer = sheet_of (self, page, ODL_SHEET_REFINED);
  if (answer == NULL)
    answer = amortised;
  payload->fresh = !odl_canvas_lab_is_stale (self);
  put_points (self, page);
  payload->time_name
      = odl_page_keep (page, g_strdup (self->slate.names ? self->slate.names[0] : "t"));
  put_times (self, answer, page);
  put_channels (self, answer, amortised, page);
  put_readings (self, answer, page);
  put_axes (self, answer != NULL, payload);
  put_model (self, page);
  put_training (self, page);
  payload->sentence = odl_page_keep (page, odl_canvas_sentence (payload));
  OdlFrame *frame = odl_page_frame (page);
  frame->iteration = payload->iteration;
  frame->can_run = payload->failure == NULL;
  frame->progress = payload->progress;
  put_status (payload, frame);
  return frame;
}
