/* What an answer is held against: the exact Gaussian process, the prior, and points
 * that nobody has seen. SPDX-License-Identifier: MIT
 *
 * When the curve behind the points is known, fresh observations of it are drawn at even
 * places of the region between the points and of the region outside them, and the bands
 * are asked how many they hold. The same observations judge the Gaussian process. */
#include <math.h>
#include <string.h>
#include "latent-state.h"
#include "model/gaussian-process.h"

#define N_UNSEEN      160u
#define STREAM_UNSEEN (G_GUINT64_CONSTANT (3) << 50)
#define NORMAL_50     0.67448975019608171 /* quantiles of the normal distribution */
#define NORMAL_95     1.9599639845400545

/* ---- Unseen points ---- */

typedef struct {
  guint n, n_inside; /* those between the points come first */
  double t[N_UNSEEN], inner[N_UNSEEN], y[N_UNSEEN];
} Unseen;

/* Every second place lies between the points, the others outside, after them and, if
 * there is room, before them. */
static void
draw_unseen (const OdlCanvasLab *self, guint channel, Unseen *unseen)
{
  const OdlFamilyInfo *info = odl_family_info (self->slate.draw.family);
  const double start = self->slate.frame.t0, end = start + 1.5 * info->span;
  const double before = fmax (0, self->first - start),
               after = fmax (0, end - self->last);
  OdlRandom random
      = odl_random ((guint64)odl_values_integer (self->values, "series-seed"),
                    STREAM_UNSEEN + channel);
  unseen->n = N_UNSEEN;
  unseen->n_inside = N_UNSEEN / 2;
  for (guint i = 0; i < N_UNSEEN; i++) {
    const double place = (i % (N_UNSEEN / 2) + 0.5) / (N_UNSEEN / 2);
    const double way = place * (before + after);
    double y[ODL_SERIES_MAX_CHANNELS], t;
    if (i < unseen->n_inside)
      t = self->first + place * (self->last - self->first);
    else
      t = way < before ? start + way : self->last + way - before;
    odl_family_at (&self->slate.draw, t, y);
    unseen->t[i] = t;
    unseen->inner[i] = (t - self->scale.t0) / self->scale.span;
    unseen->y[i] = y[channel] + info->sigma * odl_random_normal (&random);
  }
}

/* Columns of a band at the unseen points, in the user's units. */
typedef struct {
  double mean[N_UNSEEN], lower50[N_UNSEEN], upper50[N_UNSEEN], lower95[N_UNSEEN],
      upper95[N_UNSEEN];
} Guess;

static OdlCanvasScore
score (const Unseen *unseen, const Guess *guess, guint from, guint to)
{
  OdlCanvasScore result = { .n = to - from };
  for (guint i = from; i < to; i++) {
    const double y = unseen->y[i], off = y - guess->mean[i];
    result.mse += off * off / result.n;
    result.coverage50
        += (y >= guess->lower50[i] && y <= guess->upper50[i]) / (double)result.n;
    result.coverage95
        += (y >= guess->lower95[i] && y <= guess->upper95[i]) / (double)result.n;
  }
  return result;
}

static gboolean
can_score (const OdlCanvasLab *self, guint channel)
{
  return self->slate.known && isfinite (self->first)
         && channel < odl_family_info (self->slate.draw.family)->channels;
}

void
odl_canvas_lab_scores (OdlCanvasLab *self)
{
  OdlCanvasSheet *sheet = odl_canvas_sheet_new (self);
  for (guint i = 0; i < self->n_readers; i++) {
    OdlCanvasReader *reader = &self->readers[i];
    odl_latent_posterior_sample (odl_canvas_reader_posterior (self, reader),
                                 odl_latent_study_theta (self->study),
                                 ODL_CANVAS_MAX_HORIZON);
    for (guint c = 0; c < reader->n_channels; c++) {
      const guint channel = reader->first + c;
      Unseen unseen;
      Guess found;
      if (!can_score (self, channel))
        continue;
      draw_unseen (self, channel, &unseen);
      double *const columns[]
          = { found.mean, found.lower95, found.lower50, found.upper50, found.upper95 };
      const OdlCanvasTimes times = { c, unseen.n, unseen.inner };
      odl_canvas_lab_predict (self, reader, &times, columns);
      sheet->channels[channel].inside = score (&unseen, &found, 0, unseen.n_inside);
      sheet->channels[channel].outside
          = score (&unseen, &found, unseen.n_inside, unseen.n);
    }
  }
  odl_canvas_lab_put (self, ODL_SHEET_SCORES, sheet);
}

/* ---- The Gaussian process ---- */

/* The channel's own points, inner; returns how many. */
static guint
gather (const OdlCanvasLab *self, guint channel, double *t, double *y)
{
  const OdlCanvasReader *reader = &self->readers[self->n_readers == 1 ? 0 : channel];
  const OdlSeries *series = reader->series;
  guint n = 0;
  for (gsize i = 0; i < series->n; i++) {
    const double value = series->y[i * series->channels + channel - reader->first];
    if (isnan (value))
      continue;
    t[n] = series->t[i];
    y[n++] = value;
  }
  return n;
}

/* From mean and deviation, inner, to a band in the user's units. */
static void
widen (const OdlCanvasLab *self, guint channel, guint n, const double *mean,
       const double *deviation, double *const columns[5])
{
  static const double steps[] = { 0, -NORMAL_95, -NORMAL_50, NORMAL_50, NORMAL_95 };
  for (guint column = 0; column < G_N_ELEMENTS (steps); column++)
    for (guint i = 0; i < n; i++)
      columns[column][i]
          = self->scale.offset[channel]
            + self->scale.scale[channel] * (mean[i] + steps[column] * deviation[i]);
}

static void
score_process (const OdlCanvasLab *self, const OdlGaussianProcess *process,
               guint channel, OdlCanvasChannel *to)
{
  Unseen unseen;
  Guess found;
  double mean[N_UNSEEN], deviation[N_UNSEEN];
  double *const columns[]
      = { found.mean, found.lower95, found.lower50, found.upper50, found.upper95 };
  if (!can_score (self, channel))
    return;
  draw_unseen (self, channel, &unseen);
  odl_gaussian_process_predict (process, unseen.n, unseen.inner, mean, deviation);
  widen (self, channel, unseen.n, mean, deviation, columns);
  to->process_inside = score (&unseen, &found, 0, unseen.n_inside);
  to->process_outside = score (&unseen, &found, unseen.n_inside, unseen.n);
}

static void
put_process (const OdlCanvasLab *self, const OdlGaussianProcess *process, guint channel,
             OdlCanvasSheet *sheet)
{
  const guint n = sheet->n_grid;
  OdlCanvasChannel *to = &sheet->channels[channel];
  g_autofree double *grid = odl_canvas_lab_grid (self);
  g_autofree double *mean = g_new (double, n), *deviation = g_new (double, n);
  double *columns[5];
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    columns[i] = odl_canvas_sheet_keep (sheet, g_new (double, n));
  odl_gaussian_process_predict (process, n, grid, mean, deviation);
  widen (self, channel, n, mean, deviation, columns);
  to->process
      = (OdlCanvasBand){ columns[0], columns[2], columns[3], columns[1], columns[4] };
  to->process_n = process->n_used;
  to->process_length = process->length * self->scale.span;
  to->process_noise = process->noise * self->scale.scale[channel];
  to->process_amplitude = process->amplitude * self->scale.scale[channel];
  score_process (self, process, channel, to);
}

gboolean
odl_canvas_lab_process (OdlCanvasLab *self, const OdlTime *time)
{
  OdlCanvasSheet *sheet = odl_canvas_sheet_new (self);
  g_autofree double *t = g_new (double, ODL_CANVAS_MAX_USED + 1);
  g_autofree double *y = g_new (double, ODL_CANVAS_MAX_USED + 1);
  for (guint channel = 0; channel < self->n_channels; channel++) {
    const guint n = gather (self, channel, t, y);
    g_autoptr (OdlGaussianProcess) process
        = odl_gaussian_process_new (n, t, y, time->interrupted, time->data);
    if (process == NULL) {
      odl_canvas_sheet_free (sheet);
      return FALSE;
    }
    put_process (self, process, channel, sheet);
  }
  odl_canvas_lab_put (self, ODL_SHEET_PROCESS, sheet);
  return TRUE;
}

/* ---- The prior ---- */

#define N_PRIOR 12u

/* A model of one channel has the same prior for every channel. */
void
odl_canvas_lab_prior (OdlCanvasLab *self)
{
  const OdlLatent *model = odl_latent_study_model (self->study);
  const double *theta = odl_latent_study_theta (self->study);
  const OdlLatentPosteriorOptions options
      = { .samples = ODL_LATENT_WIDTH,
          .max_points = 1,
          .max_encoded = 1,
          .horizon = ODL_CANVAS_MAX_HORIZON,
          .seed = (guint64)odl_values_integer (self->values, "seed") };
  const OdlLatentExample nothing = { 0 };
  const guint k = model->shape.channels;
  OdlCanvasSheet *sheet = odl_canvas_sheet_new (self);
  const gsize n = sheet->n_grid;
  g_autofree double *grid = odl_canvas_lab_grid (self);
  g_autofree double *y = g_new (double, N_PRIOR *n *k);
  const OdlLatentCurves curves = { N_PRIOR, (guint)n, grid, y, NULL };
  if (self->prior == NULL)
    self->prior = odl_latent_posterior_new (model, &options);
  odl_latent_posterior_observe (self->prior, theta, &nothing);
  odl_latent_posterior_sample (self->prior, theta, grid[n - 1]);
  for (guint channel = 0; channel < self->n_channels; channel++) {
    sheet->channels[channel].n_prior = N_PRIOR;
    sheet->channels[channel].prior
        = odl_canvas_sheet_keep (sheet, g_new (double, N_PRIOR *n));
  }
  odl_latent_posterior_curves (self->prior, theta, &curves);
  for (guint channel = 0; channel < self->n_channels; channel++) {
    double *to = sheet->channels[channel].prior;
    for (gsize i = 0; i < N_PRIOR * n; i++)
      to[i] = self->scale.offset[channel]
              + self->scale.scale[channel] * y[i * k + (k > 1 ? channel : 0)];
  }
  odl_canvas_lab_put (self, ODL_SHEET_PRIOR, sheet);
}
