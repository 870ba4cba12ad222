/* The latent ODE: its programs, and the runs of encoder and latent ODE with their ways
 * back. SPDX-License-Identifier: MIT
 *
 * A run is a tape of its own: the forward pass keeps the state before every event or
 * step, the way back goes through them in reverse with the compiled reverse derivative
 * of each part, which repeats what it needs from within a part. The gradient is
 * therefore exactly that of the numbers computed, nothing is allocated after the tapes
 * are made, and lanes never mix but in θ's gradient. */
#include "model/latent-graphs.h"

#include <math.h>
#include <string.h>

#include "graph/derive.h"

OdlLatent *
odl_latent_new (const OdlLatentShape *shape, GError **error)
{
  g_return_val_if_fail (shape != NULL, NULL);
  OdlLatentNetworks networks;
  if (!odl_latent_networks (shape, &networks, error))
    return NULL;
  OdlLatent *model = g_new0 (OdlLatent, 1);
  model->shape = *shape;
  model->n_x = 2 * shape->channels + 2;
  model->n_theta = networks.n_theta;
  for (guint part = 0; part < ODL_LATENT_N_PARTS; part++) {
    g_autoptr (OdlGraph) graph = odl_latent_graph (shape, &networks, part);
    g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
    model->forward[part] = odl_program_new (graph, ODL_ISA_BEST);
    model->reverse[part] = odl_program_new (vjp, ODL_ISA_BEST);
    gsize need = odl_program_scratch (model->forward[part], ODL_LATENT_WIDTH);
    gsize back = odl_program_scratch (model->reverse[part], ODL_LATENT_WIDTH);
    model->scratch = MAX (model->scratch, MAX (need, back));
  }
  odl_latent_networks_clear (&networks);
  return model;
}

void
odl_latent_free (OdlLatent *model)
{
  if (model == NULL)
    return;
  for (guint part = 0; part < ODL_LATENT_N_PARTS; part++) {
    odl_program_free (model->forward[part]);
    odl_program_free (model->reverse[part]);
  }
  g_free (model);
}

void
odl_latent_init (const OdlLatent *model, double *theta, OdlRandom *random)
{
  g_return_if_fail (model != NULL && theta != NULL && random != NULL);
  OdlLatentNetworks n;
  gboolean good = odl_latent_networks (&model->shape, &n, NULL);
  g_assert (good);
  odl_network_init (n.flow, theta + n.flow_at, random);
  odl_network_init (n.decoder, theta + n.decoder_at, random);
  odl_network_init (n.drift, theta + n.drift_at, random);
  odl_network_init (n.cell, theta + n.cell_at, random);
  odl_network_init (n.head, theta + n.head_at, random);
  odl_latent_networks_clear (&n);
}

GArray *
odl_latent_matrices (const OdlLatent *model)
{
  g_return_val_if_fail (model != NULL, NULL);
  GArray *matrices = g_array_new (FALSE, FALSE, sizeof (OdlMatrix));
  OdlLatentNetworks n;
  gboolean good = odl_latent_networks (&model->shape, &n, NULL);
  g_assert (good);
  odl_matrices_append (matrices, n.flow, n.flow_at);
  odl_matrices_append (matrices, n.decoder, n.decoder_at);
  odl_matrices_append (matrices, n.drift, n.drift_at);
  odl_matrices_append (matrices, n.cell, n.cell_at);
  odl_matrices_append (matrices, n.head, n.head_at);
  odl_latent_networks_clear (&n);
  return matrices;
}

OdlGraph *
odl_latent_field (const OdlLatent *model)
{
  g_return_val_if_fail (model != NULL, NULL);
  OdlLatentNetworks n;
  gboolean good = odl_latent_networks (&model->shape, &n, NULL);
  g_assert (good);
  OdlGraph *graph = odl_graph_copy (n.flow->graph);
  g_assert (n.flow_at == 0);
  odl_latent_networks_clear (&n);
  return graph;
}

/* ── The encoder ─────────────────────────────────────────────────────────────── */

static gsize
round_up (gsize n)
{
  return (n + 7) & ~(gsize)7;
}

/* A slab, aligned to 64 bytes and zeroed, handed out in pieces. */
typedef struct {
  double *slab;
  gsize used, size;
} Slab;

static Slab
slab_new (gsize size)
{
  Slab slab = { g_aligned_alloc0 (size, sizeof (double), 64), 0, size };
  return slab;
}

static double *
take (Slab *slab, gsize n)
{
  double *piece = slab->slab + slab->used;
  slab->used += round_up (n);
  g_assert (slab->used <= slab->size);
  return piece;
}

OdlLatentEncoder *
odl_latent_encoder_new (const OdlLatent *model, guint width, guint capacity)
{
  g_return_val_if_fail (model != NULL && width % 8 == 0 && width > 0, NULL);
  g_return_val_if_fail (width <= ODL_LATENT_WIDTH && capacity > 0, NULL);
  const gsize w = width, e = capacity, hidden = model->shape.hidden * w,
              latent = model->shape.latent * w;
  OdlLatentEncoder *self = g_new0 (OdlLatentEncoder, 1);
  self->width = width;
  self->capacity = capacity;
  Slab slab = slab_new (e * w * (2 + model->n_x) + (e + 3) * hidden + 4 * latent
                        + round_up (model->scratch));
  self->slab = slab.slab;
  self->events.gap = take (&slab, e * w);
  self->events.live = take (&slab, e * w);
  self->events.x = take (&slab, e * model->n_x * w);
  self->h = take (&slab, (e + 1) * hidden);
  self->dh = take (&slab, hidden);
  self->dh_before = take (&slab, hidden);
  self->mean = take (&slab, latent);
  self->deviation = take (&slab, latent);
  self->dmean = take (&slab, latent);
  self->ddeviation = take (&slab, latent);
  self->scratch = take (&slab, model->scratch);
  return self;
}

void
odl_latent_encoder_free (OdlLatentEncoder *encoder)
{
  if (encoder == NULL)
    return;
  g_aligned_free (encoder->slab);
  g_free (encoder);
}

void
odl_latent_encode (const OdlLatent *model, const double *theta, OdlLatentEncoder *self)
{
  g_return_if_fail (model != NULL && theta != NULL && self != NULL);
  g_return_if_fail (self->events.n <= self->capacity);
  const gsize w = self->width, hidden = model->shape.hidden * w;
  const gsize latent = model->shape.latent * w;
  memset (self->h, 0, hidden * sizeof (double));
  for (gsize e = 0; e < self->events.n; e++) {
    const double *inputs[]
        = { self->h + e * hidden, self->events.gap + e * w, self->events.live + e * w,
            self->events.x + e * model->n_x * w };
    double *outputs[] = { self->h + (e + 1) * hidden };
    odl_program_run (model->forward[ODL_LATENT_EVENT], (guint)w, theta, inputs, outputs,
                     NULL, self->scratch);
  }
  const double *inputs[] = { self->h + self->events.n * hidden };
  double *outputs[] = { self->mean, self->deviation };
  odl_program_run (model->forward[ODL_LATENT_HEAD], (guint)w, theta, inputs, outputs,
                   NULL, self->scratch);
  memset (self->dmean, 0, latent * sizeof (double));
  memset (self->ddeviation, 0, latent * sizeof (double));
}

void
odl_latent_encode_back (const OdlLatent *model, const double *theta,
                        OdlLatentEncoder *self, double *theta_gradient)
{
  g_return_if_fail (model != NULL && theta != NULL && self != NULL);
  const gsize w = self->width, hidden = model->shape.hidden * w;
  const double *head[]
      = { self->h + self->events.n * hidden, self->dmean, self->ddeviation };
  double *dh[] = { self->dh };
  odl_program_run (model->reverse[ODL_LATENT_HEAD], (guint)w, theta, head, dh,
                   theta_gradient, self->scratch);
  for (gsize e = self->events.n; e-- > 0;) {
    const double *inputs[]
        = { self->h + e * hidden, self->events.gap + e * w, self->events.live + e * w,
            self->events.x + e * model->n_x * w, self->dh };
    double *outputs[] = { self->dh_before, NULL, NULL, NULL };
    odl_program_run (model->reverse[ODL_LATENT_EVENT], (guint)w, theta, inputs, outputs,
                     theta_gradient, self->scratch);
    double *swap = self->dh;
    self->dh = self->dh_before;
    self->dh_before = swap;
  }
}

/* ── The latent ODE ──────────────────────────────────────────────────────────── */

OdlLatentPath *
odl_latent_path_new (const OdlLatent *model, guint width, guint capacity)
{
  g_return_val_if_fail (model != NULL && width % 8 == 0 && width > 0, NULL);
  g_return_val_if_fail (width <= ODL_LATENT_WIDTH && capacity > 0, NULL);
  const gsize latent = (gsize)model->shape.latent * width, n = capacity;
  OdlLatentPath *self = g_new0 (OdlLatentPath, 1);
  self->width = width;
  self->capacity = capacity;
  Slab slab = slab_new ((4 * n + 6 + 8 + 1) * latent + round_up (model->scratch));
  self->slab = slab.slab;
  self->z = take (&slab, (n + 2) * latent);
  self->f = take (&slab, (n + 1) * latent);
  self->dz = take (&slab, (n + 2) * latent);
  self->df = take (&slab, (n + 1) * latent);
  self->gather = take (&slab, 8 * latent);
  self->spare = take (&slab, latent);
  self->scratch = take (&slab, model->scratch);
  return self;
}

void
odl_latent_path_free (OdlLatentPath *path)
{
  if (path == NULL)
    return;
  g_aligned_free (path->slab);
  g_free (path);
}

void
odl_latent_flow (const OdlLatent *model, const double *theta, OdlLatentPath *self,
                 guint n)
{
  g_return_if_fail (model != NULL && theta != NULL && self != NULL);
  g_return_if_fail (n <= self->capacity);
  const gsize latent = (gsize)model->shape.latent * self->width;
  self->n = n;
  for (gsize k = 0; k <= n; k++) {
    const double *inputs[] = { self->z + k * latent };
    double *outputs[] = { self->z + (k + 1) * latent, self->f + k * latent };
    odl_program_run (model->forward[ODL_LATENT_STEP], self->width, theta, inputs,
                     outputs, NULL, self->scratch);
  }
  memset (self->dz, 0, (n + 2) * latent * sizeof (double));
  memset (self->df, 0, (n + 1) * latent * sizeof (double));
}

void
odl_latent_flow_back (const OdlLatent *model, const double *theta, OdlLatentPath *self,
                      double *theta_gradient)
{
  g_return_if_fail (model != NULL && theta != NULL && self != NULL);
  const gsize latent = (gsize)model->shape.latent * self->width;
  for (gsize k = self->n + 1; k-- > 0;) {
    const double *inputs[]
        = { self->z + k * latent, self->dz + (k + 1) * latent, self->df + k * latent };
    double *outputs[] = { self->spare };
    odl_program_run (model->reverse[ODL_LATENT_STEP], self->width, theta, inputs,
                     outputs, theta_gradient, self->scratch);
    double *dz = self->dz + k * latent;
    for (gsize i = 0; i < latent; i++)
      dz[i] += self->spare[i];
  }
}

guint
odl_latent_locate (const OdlLatent *model, guint n, double t, double *place)
{
  double at = CLAMP (t * model->shape.steps, 0, (double)n);
  guint step = MIN ((guint)at, n - 1);
  *place = at - step;
  return step;
}

void
odl_latent_decode (const OdlLatent *model, const double *theta, OdlLatentPath *self,
                   guint step, const double *place, double *mean, double *log_variance)
{
  g_return_if_fail (model != NULL && self != NULL && step < self->n);
  const gsize latent = (gsize)model->shape.latent * self->width;
  const double *z = self->z + step * latent, *f = self->f + step * latent;
  const double *inputs[] = { z, f, z + latent, f + latent, place };
  double *outputs[] = { mean, log_variance };
  odl_program_run (model->forward[ODL_LATENT_DECODE], self->width, theta, inputs,
                   outputs, NULL, self->scratch);
}

/* Each lane has its own step: ends of the steps are collected to rows, … */
static void
gather (OdlLatentPath *self, guint rows, const guint *step)
{
  const gsize w = self->width, latent = rows * w;
  for (gsize row = 0; row < rows; row++)
    for (gsize lane = 0; lane < w; lane++) {
      const gsize at = row * w + lane, from = step[lane] * latent + at;
      self->gather[at] = self->z[from];
      self->gather[latent + at] = self->f[from];
      self->gather[2 * latent + at] = self->z[from + latent];
      self->gather[3 * latent + at] = self->f[from + latent];
    }
}

/* … and their cotangents are handed out again. */
static void
scatter (OdlLatentPath *self, guint rows, const guint *step)
{
  const gsize w = self->width, latent = rows * w;
  const double *from = self->gather + 4 * latent;
  for (gsize row = 0; row < rows; row++)
    for (gsize lane = 0; lane < w; lane++) {
      const gsize at = row * w + lane, to = step[lane] * latent + at;
      self->dz[to] += from[at];
      self->df[to] += from[latent + at];
      self->dz[to + latent] += from[2 * latent + at];
      self->df[to + latent] += from[3 * latent + at];
    }
}

/* The same where all lanes are in one step: the ends are the grid's own rows. */
static void
scatter_together (OdlLatentPath *self, gsize latent, guint step)
{
  const double *from = self->gather + 4 * latent;
  double *dz = self->dz + step * latent, *df = self->df + step * latent;
  for (gsize i = 0; i < latent; i++) {
    dz[i] += from[i];
    df[i] += from[latent + i];
    dz[latent + i] += from[2 * latent + i];
    df[latent + i] += from[3 * latent + i];
  }
}

void
odl_latent_score (const OdlLatent *model, const double *theta, OdlLatentPath *self,
                  const OdlLatentPoint *point, double *score, double *theta_gradient)
{
  g_return_if_fail (model != NULL && self != NULL && point != NULL);
  const gsize latent = (gsize)model->shape.latent * self->width;
  double *back = self->gather + 4 * latent;
  const double *z = self->gather, *f = z + latent, *z1 = f + latent, *f1 = z1 + latent;
  if (point->together) {
    z = self->z + point->step[0] * latent, z1 = z + latent;
    f = self->f + point->step[0] * latent, f1 = f + latent;
  } else {
    gather (self, model->shape.latent, point->step);
  }
  const double *inputs[] = {
    z, f, z1, f1, point->place, point->y, point->mask, point->trust, point->weight
  };
  double *outputs[]
      = { back, back + latent, back + 2 * latent, back + 3 * latent, NULL, NULL,
          NULL, NULL };
  if (score != NULL)
    odl_program_run (model->forward[ODL_LATENT_SCORE], self->width, theta, inputs,
                     &score, NULL, self->scratch);
  if (point->weight == NULL)
    return;
  odl_program_run (model->reverse[ODL_LATENT_SCORE], self->width, theta, inputs,
                   outputs, theta_gradient, self->scratch);
  if (point->together)
    scatter_together (self, latent, point->step[0]);
  else
    scatter (self, model->shape.latent, point->step);
}
