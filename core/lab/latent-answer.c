/* The answer of the Latent panel: posteriors of the canvas and what they predict.
 * SPDX-License-Identifier: MIT
 *
 * A model of several channels explains them together; a model of one explains each
 * channel of the canvas by itself. Every reader keeps two posteriors of its series, one
 * as the encoder gave it and one that is refined, so that moving the end of the
 * forecast loses neither. Answers depend on points, weights and settings alone: not on
 * how the points came there, nor on how often anybody looked. */
#include <math.h>
#include <string.h>
#include "latent-state.h"

#define AT_ONCE 32 /* times of the grid, before anybody who waits is seen */

/* ---- Sheets ---- */

OdlCanvasSheet *
odl_canvas_sheet_new (const OdlCanvasLab *self)
{
  OdlCanvasSheet *sheet = g_new0 (OdlCanvasSheet, 1);
  sheet->blocks = g_ptr_array_new_with_free_func (g_free);
  sheet->t0 = self->scale.t0;
  sheet->span = self->scale.span;
  sheet->first = self->first;
  sheet->last = self->last;
  sheet->n_channels = self->n_channels;
  sheet->n_readings = self->n_readers;
  sheet->n_grid = ODL_CANVAS_GRID;
  sheet->t = odl_canvas_sheet_keep (sheet, odl_canvas_lab_grid (self));
  for (guint i = 0; i < sheet->n_grid; i++)
    sheet->t[i] = sheet->t0 + sheet->span * sheet->t[i];
  sheet->edge = sheet->t[sheet->n_grid - 1];
  return sheet;
}

void
odl_canvas_sheet_free (gpointer data)
{
  OdlCanvasSheet *sheet = data;
  g_ptr_array_unref (sheet->blocks);
  g_free (sheet);
}

gpointer
odl_canvas_sheet_keep (OdlCanvasSheet *sheet, gpointer block)
{
  g_ptr_array_add (sheet->blocks, block);
  return block;
}

static double *
keep_row (OdlCanvasSheet *sheet, gsize n)
{
  return odl_canvas_sheet_keep (sheet, g_new (double, n + 1));
}

void
odl_canvas_lab_put (OdlCanvasLab *self, OdlCanvasSheetKind kind, OdlCanvasSheet *sheet)
{
  OdlCanvasPiece *piece = &self->pieces[kind];
  g_clear_pointer (&piece->frame, odl_frame_unref);
  if (sheet != NULL)
    piece->frame = odl_frame_new (sheet, odl_canvas_sheet_free);
  piece->key = self->now;
}

double *
odl_canvas_lab_grid (const OdlCanvasLab *self)
{
  const double horizon = odl_values_real (self->values, "horizon");
  double *t = g_new (double, ODL_CANVAS_GRID);
  for (guint i = 0; i < ODL_CANVAS_GRID; i++)
    t[i] = horizon * i / (ODL_CANVAS_GRID - 1);
  return t;
}

/* ---- Reading ---- */

static void
close_reader (OdlCanvasReader *reader)
{
  g_clear_pointer (&reader->series, odl_series_free);
  g_clear_pointer (&reader->amortised, odl_latent_posterior_free);
  g_clear_pointer (&reader->refined, odl_latent_posterior_free);
  g_clear_pointer (&reader->bound, g_array_unref);
}

void
odl_canvas_lab_forget (OdlCanvasLab *self)
{
  for (guint i = 0; i < ODL_CANVAS_MAX_CHANNELS; i++)
    close_reader (&self->readers[i]);
  self->n_readers = 0;
  g_clear_pointer (&self->prior, odl_latent_posterior_free);
  for (guint kind = 0; kind < ODL_N_SHEETS; kind++)
    odl_canvas_lab_put (self, kind, NULL);
  self->read = (OdlCanvasKey){ G_MAXUINT64, G_MAXUINT64, 0, 0 };
}

static void
open_reader (const OdlCanvasLab *self, OdlCanvasReader *reader)
{
  OdlLatentPosteriorOptions options
      = { .samples = ODL_CANVAS_FIRST,
          .max_points = ODL_CANVAS_MAX_USED,
          .max_encoded = ODL_CANVAS_MAX_ENCODED,
          .horizon = ODL_CANVAS_MAX_HORIZON,
          .seed = (guint64)odl_values_integer (self->values, "seed") };
  const OdlLatent *model = odl_latent_study_model (self->study);
  if (reader->amortised != NULL)
    return;
  reader->amortised = odl_latent_posterior_new (model, &options);
  options.samples = ODL_CANVAS_SAMPLES;
  reader->refined = odl_latent_posterior_new (model, &options);
  reader->bound = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
read_series (const OdlCanvasLab *self, OdlCanvasReader *reader)
{
  const guint channels = odl_latent_study_model (self->study)->shape.channels;
  const double *theta = odl_latent_study_theta (self->study);
  OdlSeriesScale scale = self->scale;
  g_autoptr (OdlSeries) whole
      = odl_slate_series (&self->slate, reader->first, channels);
  for (guint c = 0; c < channels; c++) {
    scale.offset[c] = self->scale.offset[reader->first + c];
    scale.scale[c] = self->scale.scale[reader->first + c];
  }
  g_clear_pointer (&reader->series, odl_series_free);
  reader->series = odl_series_thin (whole, ODL_CANVAS_MAX_USED);
  odl_series_apply (reader->series, &scale);
  const OdlLatentExample example
      = { reader->series->n, reader->series->t, reader->series->y, NULL };
  odl_latent_posterior_observe (reader->amortised, theta, &example);
  odl_latent_posterior_observe (reader->refined, theta, &example);
  g_array_set_size (reader->bound, 0);
}

/* How many readers there must be; 0: the model does not take so many channels. */
static guint
count_readers (const OdlCanvasLab *self)
{
  const guint takes = odl_latent_study_model (self->study)->shape.channels;
  return takes == 1 ? self->n_channels : self->n_channels <= takes ? 1 : 0;
}

/* A model of one family knows it in that family's own times and values; others are at
 * home wherever the canvas lies. */
OdlSeriesScale
odl_canvas_lab_scale (const OdlCanvasLab *self)
{
  OdlFamily family;
  OdlSeriesScale frame = self->slate.frame;
  if (odl_family_find (odl_values_text (self->values, "family"), &family, NULL))
    frame = odl_slate_family_frame (family);
  return odl_slate_scale (&self->slate, &frame);
}

static void
measure (OdlCanvasLab *self)
{
  const GArray *points = self->slate.points;
  self->scale = odl_canvas_lab_scale (self);
  self->n_channels = MAX ((guint)odl_values_integer (self->values, "channels"),
                          odl_slate_n_channels (&self->slate));
  self->first = self->last = NAN;
  for (guint i = 0; i < points->len; i++) {
    const double t = g_array_index (points, OdlSlatePoint, i).t;
    self->first = fmin (self->first, t);
    self->last = fmax (self->last, t);
  }
}

static gboolean
refuse (OdlCanvasLab *self)
{
  for (guint kind = 0; kind < ODL_N_SHEETS; kind++)
    odl_canvas_lab_put (self, kind, NULL);
  if (self->study == NULL)
    return FALSE;
  g_free (self->trouble);
  self->trouble = g_strdup_printf ("The model “%s” takes up to %u channels together "
                                   "and the canvas has %u: a model of "
                                   "one channel takes each by itself.",
                                   odl_values_text (self->values, "family"),
                                   odl_latent_study_model (self->study)->shape.channels,
                                   self->n_channels);
  return FALSE;
}

gboolean
odl_canvas_lab_read (OdlCanvasLab *self)
{
  if (self->read.points == self->now.points && self->read.weights == self->now.weights)
    return self->n_readers > 0;
  measure (self);
  self->read = self->now;
  self->n_readers = self->study != NULL ? count_readers (self) : 0;
  if (self->n_readers == 0)
    return refuse (self);
  g_clear_pointer (&self->trouble, g_free);
  for (guint i = 0; i < self->n_readers; i++) {
    OdlCanvasReader *reader = &self->readers[i];
    reader->first = i;
    reader->n_channels = self->n_readers == 1 ? self->n_channels : 1;
    open_reader (self, reader);
    read_series (self, reader);
  }
  self->now.refined = 0;
  for (guint kind = ODL_SHEET_REFINED; kind <= ODL_SHEET_SCORES; kind++)
    odl_canvas_lab_put (self, kind, NULL);
  return TRUE;
}

gboolean
odl_canvas_lab_refines (const OdlCanvasLab *self)
{
  if (!odl_values_boolean (self->values, "refine"))
    return FALSE;
  for (guint i = 0; i < self->n_readers; i++)
    if (!odl_latent_posterior_settled (self->readers[i].refined))
      return TRUE;
  return FALSE;
}

/* ---- Predicting ---- */

/* Column c of a table with k columns, in the user's units. */
static double *
to_units (OdlCanvasSheet *sheet, const OdlSeriesScale *scale, const double *inner,
          guint k, guint c, guint channel)
{
  double *y = keep_row (sheet, sheet->n_grid);
  for (gsize i = 0; i < sheet->n_grid; i++)
    y[i] = scale->offset[channel] + scale->scale[channel] * inner[i * k + c];
  return y;
}

/* The bands at the times of the grid, some times at once; FALSE: interrupted. `time`
 * may be NULL. */
static gboolean
predict (const OdlCanvasLab *self, OdlLatentPosterior *posterior, OdlLatentBands bands,
         const OdlTime *time)
{
  const double *theta = odl_latent_study_theta (self->study);
  const gsize k = odl_latent_study_model (self->study)->shape.channels, all = bands.n;
  for (gsize from = 0; from < all; from += AT_ONCE) {
    if (time != NULL && odl_canvas_is_asked_for (time))
      return FALSE;
    bands.n = (guint)MIN (AT_ONCE, all - from);
    odl_latent_posterior_predict (posterior, theta, &bands);
    bands.t += AT_ONCE;
    bands.mean += AT_ONCE * k;
    for (gsize level = 0; level < ODL_LATENT_N_LEVELS; level++)
      bands.level[level] += AT_ONCE * k;
  }
  return TRUE;
}

static gboolean
put_bands (const OdlCanvasLab *self, const OdlCanvasReader *reader,
           OdlLatentPosterior *posterior, const double *grid, OdlCanvasSheet *sheet,
           const OdlTime *time)
{
  const guint k = reader->series->channels, n = sheet->n_grid;
  g_autofree double *slab = g_new (double, (gsize)n *k *(1 + ODL_LATENT_N_LEVELS));
  OdlLatentBands bands = { .n = n, .t = grid, .mean = slab };
  for (gsize level = 0; level < ODL_LATENT_N_LEVELS; level++)
    bands.level[level] = slab + (level + 1) * n * k;
  if (!predict (self, posterior, bands, time))
    return FALSE;
  for (guint c = 0; c < reader->n_channels; c++) {
    const guint channel = reader->first + c;
    sheet->channels[channel].band = (OdlCanvasBand){
      .mean = to_units (sheet, &self->scale, bands.mean, k, c, channel),
      .lower95 = to_units (sheet, &self->scale, bands.level[0], k, c, channel),
      .lower50 = to_units (sheet, &self->scale, bands.level[1], k, c, channel),
      .upper50 = to_units (sheet, &self->scale, bands.level[2], k, c, channel),
      .upper95 = to_units (sheet, &self->scale, bands.level[3], k, c, channel),
    };
  }
  return TRUE;
}

void
odl_canvas_lab_predict (const OdlCanvasLab *self, const OdlCanvasReader *reader,
                        const OdlCanvasTimes *times, double *const columns[5])
{
  const guint k = reader->series->channels, n = times->n;
  const guint channel = reader->first + times->channel;
  const double offset = self->scale.offset[channel], scale = self->scale.scale[channel];
  g_autofree double *slab = g_new (double, (gsize)n *k *(1 + ODL_LATENT_N_LEVELS));
  OdlLatentBands bands = { .n = n, .t = times->inner, .mean = slab };
  for (gsize level = 0; level < ODL_LATENT_N_LEVELS; level++)
    bands.level[level] = slab + (level + 1) * n * k;
  odl_latent_posterior_predict (odl_canvas_reader_posterior (self, reader),
                                odl_latent_study_theta (self->study), &bands);
  for (gsize column = 0; column < 1 + ODL_LATENT_N_LEVELS; column++)
    for (gsize i = 0; i < n; i++)
      columns[column][i] = offset + scale * slab[(column * n + i) * k + times->channel];
}

OdlLatentPosterior *
odl_canvas_reader_posterior (const OdlCanvasLab *self, const OdlCanvasReader *reader)
{
  return self->now.refined > 0 ? reader->refined : reader->amortised;
}

static void
put_curves (const OdlCanvasLab *self, const OdlCanvasReader *reader,
            OdlLatentPosterior *posterior, const double *grid, OdlCanvasSheet *sheet)
{
  const guint k = reader->series->channels, n = sheet->n_grid;
  const guint m = (guint)odl_values_integer (self->values, "samples");
  OdlCanvasReading *reading = &sheet->readings[reader - self->readers];
  g_autofree double *y = g_new (double, (gsize)m *n *k + 1);
  reading->n_paths = m;
  reading->paths = keep_row (sheet, (gsize)m * n * reading->latent);
  for (guint c = 0; c < reader->n_channels; c++) {
    sheet->channels[reader->first + c].n_curves = m;
    sheet->channels[reader->first + c].curves = keep_row (sheet, (gsize)m * n);
  }
  if (m > 0) {
    const OdlLatentCurves curves = { m, n, grid, y, reading->paths };
    odl_latent_posterior_curves (posterior, odl_latent_study_theta (self->study),
                                 &curves);
  }
  for (guint c = 0; c < reader->n_channels; c++) {
    const guint channel = reader->first + c;
    const double offset = self->scale.offset[channel],
                 scale = self->scale.scale[channel];
    double *to = sheet->channels[channel].curves;
    for (gsize i = 0; i < (gsize)m * n; i++)
      to[i] = offset + scale * y[i * k + c];
  }
}

static void
put_states (const OdlCanvasLab *self, OdlLatentPosterior *posterior,
            OdlCanvasSheet *sheet, OdlCanvasReading *reading)
{
  const double *t, *h;
  reading->n_states = odl_latent_posterior_states (posterior, &t, &h);
  reading->state_t = keep_row (sheet, reading->n_states);
  for (guint i = 0; i < reading->n_states; i++)
    reading->state_t[i] = self->scale.t0 + self->scale.span * t[i];
  const gsize n = (gsize)reading->n_states * reading->hidden;
  reading->states = keep_row (sheet, n);
  if (n > 0)
    memcpy (reading->states, h, n * sizeof (double));
}

/* A step sees one part of the samples, the next step the next: what a step found is
 * told as the mean over the parts that were seen last. */
static void
put_bound (const GArray *bound, guint n, double *to)
{
  const guint parts = ODL_CANVAS_SAMPLES / ODL_LATENT_WIDTH;
  for (guint i = 0; i < n; i++) {
    const guint from = i + 1 > parts ? i + 1 - parts : 0;
    to[i] = 0;
    for (guint k = from; k <= i; k++)
      to[i] += g_array_index (bound, double, k) / (i + 1 - from);
  }
}

static void
put_reading (const OdlCanvasLab *self, const OdlCanvasReader *reader,
             OdlLatentPosterior *posterior, OdlCanvasSheet *sheet)
{
  const OdlLatentShape *shape = &odl_latent_study_model (self->study)->shape;
  OdlCanvasReading *reading = &sheet->readings[reader - self->readers];
  *reading = (OdlCanvasReading){
    .first = reader->first,
    .n_channels = reader->n_channels,
    .n_used = reader->series->n,
    .n_encoded = MIN (reader->series->n, ODL_CANVAS_MAX_ENCODED),
    .latent = shape->latent,
    .hidden = shape->hidden,
    .mean = keep_row (sheet, shape->latent),
    .deviation = keep_row (sheet, shape->latent),
    .iteration = odl_latent_posterior_iteration (posterior),
    .rounds = odl_latent_posterior_rounds (posterior),
    .all_rounds = odl_latent_posterior_all_rounds (posterior),
    .effective = odl_latent_posterior_effective (posterior),
    .n_samples = posterior == reader->refined ? ODL_CANVAS_SAMPLES : ODL_CANVAS_FIRST,
  };
  const double *deviation = odl_latent_posterior_deviation (posterior);
  memcpy (reading->mean, odl_latent_posterior_mean (posterior),
          shape->latent * sizeof (double));
  for (guint i = 0; i < shape->latent; i++)
    reading->deviation[i] = exp (deviation[i]);
  reading->n_bound = reading->iteration;
  reading->bound = keep_row (sheet, reading->n_bound);
  put_bound (reader->bound, reading->n_bound, reading->bound);
  put_states (self, posterior, sheet, reading);
}

gboolean
odl_canvas_lab_answer (OdlCanvasLab *self, OdlCanvasSheetKind kind, const OdlTime *time)
{
  const double horizon = odl_values_real (self->values, "horizon");
  const double *theta = odl_latent_study_theta (self->study);
  g_autofree double *grid = odl_canvas_lab_grid (self);
  OdlCanvasSheet *sheet = odl_canvas_sheet_new (self);
  for (guint i = 0; i < self->n_readers; i++) {
    OdlCanvasReader *reader = &self->readers[i];
    OdlLatentPosterior *posterior
        = kind == ODL_SHEET_REFINED ? reader->refined : reader->amortised;
    odl_latent_posterior_sample (posterior, theta, horizon);
    put_reading (self, reader, posterior, sheet);
    if (!put_bands (self, reader, posterior, grid, sheet,
                    kind == ODL_SHEET_REFINED ? time : NULL)) {
      odl_canvas_sheet_free (sheet);
      return FALSE;
    }
    put_curves (self, reader, posterior, grid, sheet);
  }
  odl_canvas_lab_put (self, kind, sheet);
  return TRUE;
}
