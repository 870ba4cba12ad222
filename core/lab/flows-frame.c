/* Makes a frame of the Flows panel. SPDX-License-Identifier: MIT
 *
 * The parts of the picture are frames themselves and are shared, not copied (page.h).
 * Only the numbers and the histories are copied. */
#include <math.h>
#include <string.h>
#include "flows-state.h"
#include "page.h"

static const char *const names[ODL_N_FLOWS][2] = {
#define X(ID, id, title) { id, title },
  ODL_FLOWS (X)
#undef X
};

/* ---- Points ---- */

static gpointer
take (GPtrArray *blocks, gpointer block)
{
  g_ptr_array_add (blocks, block);
  return block;
}

static void
free_shown (gpointer data)
{
  OdlFlowsShown *shown = data;
  g_ptr_array_unref (shown->blocks);
  g_free (shown);
}

static void
copy_points (const OdlFlowsData *data, OdlFlowsShown *shown)
{
  const OdlDataset *sets[] = { data->train, data->test };
  guint counts[] = { data->n_train_shown, data->n_test_shown }, at = 0;
  for (guint s = 0; s < 2; s++)
    for (guint i = 0; i < counts[s]; i++, at++) {
      shown->x[at] = sets[s]->x[i];
      shown->y[at] = data->dim > 1 ? sets[s]->x[sets[s]->n + i] : 0;
      shown->label[at] = (guint8)sets[s]->label[i];
    }
}

OdlFrame *
odl_flows_shown_new (const OdlFlows *self)
{
  static const char *const titles[ODL_N_DATASETS] = {
#define X(ID, id, title) title,
    ODL_DATASETS (X)
#undef X
  };
  const OdlFlowsData *data = &self->data;
  OdlFlowsShown *shown = g_new0 (OdlFlowsShown, 1);
  shown->blocks = g_ptr_array_new_with_free_func (g_free);
  shown->version = self->data_version;
  shown->n_train = data->n_train_shown;
  shown->n = data->n_train_shown + data->n_test_shown;
  shown->n_train_all = data->train->n;
  shown->n_test_all = data->test->n;
  shown->dim = data->dim;
  shown->n_classes = data->n_classes;
  shown->flip = data->flip;
  shown->x = take (shown->blocks, g_new0 (double, shown->n + 1));
  shown->y = take (shown->blocks, g_new0 (double, shown->n + 1));
  shown->label = take (shown->blocks, g_new0 (guint8, shown->n + 1));
  copy_points (data, shown);
  gboolean own = data->kind < 0;
  const char *id = own ? "own" : odl_dataset_id ((OdlDatasetKind)data->kind);
  shown->id = take (shown->blocks, g_strdup (id));
  shown->title
      = take (shown->blocks, g_strdup (own ? "Own points" : titles[data->kind]));
  shown->box = data->box;
  shown->inner = data->inner;
  shown->outer = data->outer;
  shown->floor = data->floor;
  shown->unit = own ? self->own.unit : 1;
  shown->origin_x = own ? self->own.origin_x : 0;
  shown->origin_y = own ? self->own.origin_y : 0;
  return odl_frame_new (shown, free_shown);
}

static void
put_points (const OdlFlowsShown *shown, OdlFlowsPayload *payload)
{
  payload->data_dim = shown->dim;
  payload->n_classes = shown->n_classes;
  payload->flip = shown->flip;
  payload->data = shown->id;
  payload->data_title = shown->title;
  payload->n = shown->n;
  payload->n_train = shown->n_train;
  payload->n_train_all = shown->n_train_all;
  payload->n_test_all = shown->n_test_all;
  payload->x = shown->x;
  payload->y = shown->y;
  payload->label = shown->label;
  payload->x0 = payload->y0 = -shown->box;
  payload->x1 = payload->y1 = shown->box;
  payload->unit = shown->unit;
  payload->origin_x = shown->origin_x;
  payload->origin_y = shown->origin_y;
  payload->inner_radius = shown->inner;
  payload->outer_radius = shown->outer;
}

/* ---- Models ---- */

static const OdlFlowModel *
model_of (OdlPage *page, const OdlFrame *part)
{
  const OdlFlowsPart *whole = odl_page_borrow (page, part);
  return whole == NULL ? NULL : &whole->model;
}

/* Paths of the points that are shown. */
static const OdlFlowModel *
paths_of (OdlPage *page, const OdlFlow *flow, guint64 version)
{
  const OdlFlowsPiece *piece = &flow->pieces[ODL_PIECE_POINTS];
  const OdlFrame *frame = NULL;
  if (piece->frame != NULL && piece->key.data == version)
    frame = piece->frame;
  else if (piece->before != NULL && piece->before_data == version)
    frame = piece->before;
  return model_of (page, frame);
}

static const OdlFlowModel *
part_of (OdlPage *page, const OdlFlow *flow, OdlFlowsPieceKind kind)
{
  return model_of (page, flow->pieces[kind].frame);
}

static void
put_sheet (const OdlFlowModel *sheet, OdlFlowModel *model)
{
  if (sheet == NULL || sheet->n_depths != model->n_depths)
    return;
  model->rows = sheet->rows;
  model->columns = sheet->columns;
  model->sheet = sheet->sheet;
  model->sheet_logit = sheet->sheet_logit;
  model->sheet_given = sheet->sheet_given;
  model->sheet_nfe = sheet->sheet_nfe;
}

static void
put_rings (const OdlFlowModel *rings, OdlFlowModel *model)
{
  model->ring = (OdlFlowScore){ NAN, NAN };
  model->stretch = NAN;
  model->winding = G_MININT;
  if (rings == NULL)
    return;
  if (rings->n_depths == model->n_depths) {
    model->inner = rings->inner;
    model->outer = rings->outer;
    model->tear_at = rings->tear_at;
  }
  model->ring = rings->ring;
  model->stretch = rings->stretch;
  model->winding = rings->winding;
  model->nested = rings->nested;
}

static void
put_checks (const OdlFlowModel *checks, OdlFlowModel *model)
{
  model->exact = model->as_trained = (OdlFlowScore){ NAN, NAN };
  model->exact_gap = NAN;
  if (checks == NULL)
    return;
  model->exact = checks->exact;
  model->as_trained = checks->as_trained;
  model->exact_gap = checks->exact_gap;
  model->n_folded = checks->n_folded;
  model->n_tried_folds = checks->n_tried_folds;
}

static void
put_history (const OdlFlows *self, const OdlFlow *flow, OdlPage *page,
             OdlFlowModel *model)
{
  const OdlRun *run = flow->run == 0 ? NULL : odl_runs_find (self->runs, flow->run);
  if (run == NULL)
    return;
  const OdlHistory *h = run->history;
  const struct {
    OdlColumn column;
    double **to;
  } columns[] = { { ODL_COLUMN_LOSS, &model->loss },
                  { ODL_COLUMN_ACCURACY, &model->accuracy },
                  { ODL_COLUMN_NFE_FORWARD, &model->history_nfe_forward },
                  { ODL_COLUMN_NFE_BACKWARD, &model->history_nfe_backward },
                  { ODL_COLUMN_GRADIENT_NORM, &model->gradient_norm },
                  { ODL_COLUMN_SECONDS, &model->seconds } };
  model->n_history = h->n;
  model->iteration
      = odl_page_keep (page, g_memdup2 (h->iteration, h->n * sizeof (guint64)));
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    *columns[i].to = odl_page_keep (
        page, g_memdup2 (h->columns[columns[i].column], h->n * sizeof (double)));
}

static char *
describe (const OdlFlow *flow)
{
  const OdlClassifierShape *shape = odl_classifier_shape (flow->classifier);
  guint n = odl_classifier_n_theta (flow->classifier);
  if (shape->blocks > 0)
    return g_strdup_printf ("%u block%s%s, %u weights", shape->blocks,
                            shape->blocks == 1 ? "" : "s",
                            shape->shared ? " of one f" : "", n);
  if (shape->extra > 0)
    return g_strdup_printf ("%u + %u dimensions, %u weights", shape->data_dim,
                            shape->extra, n);
  return g_strdup_printf ("%u dimension%s, %u weights", shape->data_dim,
                          shape->data_dim == 1 ? "" : "s", n);
}

static void
put_training (const OdlFlow *flow, OdlPage *page, OdlFlowModel *model)
{
  model->kind = flow->kind;
  model->id = names[flow->kind][0];
  model->title = names[flow->kind][1];
  model->about = odl_page_keep (page, describe (flow));
  model->n_theta = odl_classifier_n_theta (flow->classifier);
  model->discrete = odl_classifier_shape (flow->classifier)->blocks > 0;
  gboolean begun = flow->iteration > 0 && isfinite (flow->pass.loss);
  model->kinetic = begun ? flow->pass.kinetic : NAN;
  model->jacobian = begun ? flow->pass.jacobian : NAN;
  if (flow->failure != NULL)
    model->failure = odl_page_keep (page, g_strdup (flow->failure));
}

static void
put_model (const OdlFlows *self, const OdlFlow *flow, guint64 version, OdlPage *page)
{
  OdlFlowsPayload *payload = page->payload;
  const OdlFlowModel *points = paths_of (page, flow, version);
  if (points == NULL)
    return;
  OdlFlowModel *model = &payload->models[payload->n_models++];
  *model = *points;
  put_sheet (part_of (page, flow, ODL_PIECE_SHEET), model);
  put_rings (part_of (page, flow, ODL_PIECE_RINGS), model);
  put_checks (part_of (page, flow, ODL_PIECE_CHECKS), model);
  put_training (flow, page, model);
  put_history (self, flow, page, model);
  model->floor = flow->kind == ODL_FLOW_STANDARD ? self->data.floor : NAN;
  model->sentence = odl_page_keep (page, odl_flows_sentence (payload, model));
}

/* ---- The time machine ---- */

static int
compare (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;
  return x < y ? -1 : x > y;
}

/* Iterations of all active models' moments, each once. */
static void
put_moments (const OdlFlows *self, OdlPage *page)
{
  OdlFlowsPayload *payload = page->payload;
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    const OdlFlow *flow = &self->flows[i];
    for (guint k = 0; flow->active && k < flow->moments->len; k++) {
      const OdlFlowsMoment *moment = g_ptr_array_index (flow->moments, k);
      g_array_append_val (all, moment->iteration);
    }
    guint64 shown;
    if (!flow->active)
      continue;
    odl_flow_shown_theta (self, flow, &shown);
    payload->iteration = MAX (payload->iteration, shown);
    payload->present = MAX (payload->present, flow->iteration);
    payload->looking_back |= shown != flow->iteration;
  }
  g_array_sort (all, compare);
  payload->moments = odl_page_keep (page, g_new (guint64, all->len + 1));
  for (guint i = 0; i < all->len; i++) {
    guint64 iteration = g_array_index (all, guint64, i);
    if (payload->n_moments == 0
        || payload->moments[payload->n_moments - 1] != iteration)
      payload->moments[payload->n_moments++] = iteration;
  }
  g_array_unref (all);
}

/* ---- The whole ---- */

/* Rounds that are complete: a model whose turn in the present one is past is an
 * iteration ahead. Whoever asked for one iteration reads from this whether it was made.
 */
static guint64
count_rounds (const OdlFlows *self)
{
  guint64 rounds = 0;
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    const OdlFlow *flow = &self->flows[i];
    const gboolean ahead
        = i < self->turn && flow->failure == NULL && flow->iteration > 0;
    if (flow->active)
      rounds = MAX (rounds, flow->iteration - ahead);
  }
  return rounds;
}

/* A moment that came from a session is its weights alone. */
static gboolean
forks_anew (const OdlFlows *self)
{
  const gint64 at = odl_values_integer (self->values, "moment");
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    const OdlFlow *flow = &self->flows[i];
    const OdlFlowsMoment *moment = flow->active ? odl_flow_moment (flow, at) : NULL;
    if (moment != NULL && moment->iteration > 0 && moment->optimizer == NULL)
      return TRUE;
  }
  return FALSE;
}

static void
put_status (const OdlFlows *self, const OdlFlowsPayload *payload, OdlFrame *frame)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const OdlFlow *failed = NULL;
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    if (self->flows[i].active && self->flows[i].failure != NULL)
      failed = &self->flows[i];
  if (self->trouble != NULL || failed != NULL)
    frame->severity = ODL_SEVERITY_WARNING;
  if (self->trouble != NULL)
    g_string_append (text, self->trouble);
  else if (failed != NULL)
    g_string_append_printf (text, "%s %s", names[failed->kind][1], failed->failure);
  else if (payload->looking_back)
    g_string_append_printf (
        text,
        "Looking back at iteration %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ".%s",
        payload->iteration, payload->present,
        forks_anew (self) ? " The session kept its weights alone: a fork "
                            "begins with a fresh optimiser."
                          : "");
  else if (self->stopped != NULL)
    g_string_append (text, self->stopped);
  else
    g_string_append_printf (text, "Iteration %" G_GUINT64_FORMAT ".", frame->iteration);
  for (guint i = 0; i < payload->n_models && self->trouble == NULL; i++)
    g_string_append_printf (text, "%s%s %.3g", i == 0 ? " Loss: " : ", ",
                            payload->models[i].id, payload->models[i].train.loss);
  frame->status = g_string_free (g_steal_pointer (&text), FALSE);
}

static void
put_solver (const OdlFlows *self, OdlPage *page)
{
  OdlFlowsPayload *payload = page->payload;
  OdlClassifierPlan view, trained;
  payload->resolved = odl_flows_read_view (self, &view);
  payload->solver = odl_page_keep (page, odl_flows_solver_name (&view));
  payload->trained_solver = odl_flows_read_plan (self, &trained, NULL)
                                ? odl_page_keep (page, odl_flows_solver_name (&trained))
                                : payload->solver;
}

OdlFrame *
odl_flows_snapshot (gpointer data)
{
  OdlFlows *self = data;
  OdlPage *page = odl_page_new (sizeof (OdlFlowsPayload));
  OdlFlowsPayload *payload = page->payload;
  self->watched = TRUE;
  payload->settled = !odl_flows_is_stale (self);
  payload->span = odl_values_real (self->values, "span");
  put_solver (self, page);
  put_moments (self, page);
  put_points (odl_page_borrow (page, self->shown), payload);
  payload->models = odl_page_keep (page, g_new0 (OdlFlowModel, ODL_N_FLOWS));
  guint64 version = ((const OdlFlowsShown *)self->shown->payload)->version;
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    if (self->flows[i].active)
      put_model (self, &self->flows[i], version, page);
  if (payload->resolved)
    payload->resolve_sentence
        = odl_page_keep (page, odl_flows_resolve_sentence (payload));
  OdlFrame *frame = odl_page_frame (page);
  frame->iteration = count_rounds (self);
  frame->can_run = self->trouble == NULL;
  frame->scrub_min = 0;
  frame->scrub_max = 1;
  frame->scrub_label = g_strdup ("depth");
  put_status (self, payload, frame);
  return frame;
}
