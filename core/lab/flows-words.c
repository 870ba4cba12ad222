/* What the numbers of the Flows panel say, in a sentence or three.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include "flows-state.h"

#define LOST   0.02 /* of accuracy: more is worth a sentence */
#define LIFTED 0.98 /* accuracy that looks like done */
#define TORN   20   /* stretch */

/* "97.2 %"; a share just short of all is never rounded to all. */
static char *
percent (double share)
{
  if (!isfinite (share))
    return g_strdup ("—");
  if (share >= 1)
    return g_strdup ("100 %");
  return g_strdup_printf ("%.1f %%", floor (share * 1000) / 10);
}

static void
say_flip (const OdlFlowModel *model, GString *text)
{
  double loss = model->train.loss;
  if (loss < model->floor - 1e-6)
    g_string_append_printf (
        text,
        "Loss %.3g is below %.4g, which no flow of the line can be: "
        "its steps jump over each other. ",
        loss, model->floor);
  else if (isfinite (model->floor))
    g_string_append_printf (
        text,
        "Loss %.4g. A flow of the line keeps the order of its points, "
        "so it cannot get below %.4g. ",
        loss, model->floor);
  else if (model->kind == ODL_FLOW_RESNET)
    g_string_append_printf (text,
                            "Loss %.3g: a step may jump over what a flow must go "
                            "through. ",
                            loss);
  else
    g_string_append_printf (text,
                            "Loss %.3g: with room beside the line the points go round "
                            "each other. ",
                            loss);
}

static void
say_accuracy (const OdlFlowModel *model, GString *text)
{
  gboolean tested = isfinite (model->test.accuracy);
  g_autofree char *share
      = percent (tested ? model->test.accuracy : model->train.accuracy);
  g_string_append_printf (text, "Right on %s of the %s points. ", share,
                          tested ? "test" : "training");
}

/* "3.5-fold", "310000-fold": two or three digits that mean something. */
static char *
fold (double stretch)
{
  if (stretch < 1000 || stretch > 1e12)
    return g_strdup_printf ("%.3g-fold", stretch);
  double unit = pow (10, floor (log10 (stretch)) - 1);
  return g_strdup_printf ("%.0f-fold", round (stretch / unit) * unit);
}

static void
say_lift (const OdlFlowModel *model, const char *stretched, GString *text)
{
  if (model->ring.accuracy >= LIFTED)
    g_string_append_printf (
        text,
        "The extra dimensions lift the disc off the plane; nothing is "
        "stretched more than %s. ",
        stretched);
  else
    g_string_append (text, "The disc is not yet lifted off the plane. ");
}

/* The tear and what encloses what. */
static void
say_shape (const OdlFlowsPayload *payload, const OdlFlowModel *model, GString *text)
{
  if (!isfinite (model->stretch))
    return;
  g_autofree char *stretched = fold (model->stretch);
  if (model->dim > payload->data_dim)
    say_lift (model, stretched, text);
  else if (model->winding == G_MININT)
    g_string_append_printf (
        text, "Stretched %s and more, too thin to tell what encloses what. ",
        stretched);
  else if (!model->nested)
    g_string_append (text, "The ring no longer encloses the disc, which no flow of the "
                           "plane can do: its steps jumped. ");
  else if (model->stretch < TORN || model->train.accuracy < LIFTED)
    g_string_append_printf (
        text,
        "The ring encloses the disc, as in every flow of the plane, "
        "stretched up to %s. ",
        stretched);
  else
    g_string_append_printf (
        text,
        "The ring still encloses the disc, stretched up to %s: what "
        "looks separated is a thin tear%s. ",
        stretched, model->ring.accuracy < 1 ? ", and a dense ring finds it" : "");
}

static void
say_steps (const OdlFlowModel *model, GString *text)
{
  if (model->n_folded > 0)
    g_string_append_printf (text, "The steps turn over %u of %u places: no flow does. ",
                            model->n_folded, model->n_tried_folds);
  else if (model->n_crossings > 0)
    g_string_append (text, "Paths cross, which those of a flow cannot. ");
  if (model->train.accuracy - model->exact.accuracy > LOST) {
    g_autofree char *shown = percent (model->train.accuracy);
    g_autofree char *exact = percent (model->exact.accuracy);
    g_string_append_printf (
        text,
        "Solved exactly it is right on %s instead of %s: it leans on "
        "the error of its steps. ",
        exact, shown);
  }
}

char *
odl_flows_sentence (const OdlFlowsPayload *payload, const OdlFlowModel *model)
{
  static const char *const names[ODL_N_FLOWS] = { "Standard", "Augmented", "ResNet" };
  GString *text = g_string_new (NULL);
  if (payload->flip)
    say_flip (model, text);
  else if (payload->n_train_all + payload->n_test_all == 0)
    g_string_append (text, "No points yet. ");
  else if (!isfinite (model->stretch))
    say_accuracy (model, text);
  say_shape (payload, model, text);
  say_steps (model, text);
  if (!model->discrete && !payload->resolved && isfinite (model->nfe_forward))
    g_string_append_printf (text, "An input costs %.3g evaluations.",
                            model->nfe_forward);
  g_strchomp (text->str);
  text->str[0] = g_ascii_tolower (text->str[0]);
  char *whole = g_strdup_printf ("%s: %s", names[model->kind], text->str);
  g_string_free (text, TRUE);
  return whole;
}

/* The model that loses most by the change of solver. */
char *
odl_flows_resolve_sentence (const OdlFlowsPayload *payload)
{
  const OdlFlowModel *worst = NULL;
  for (guint i = 0; i < payload->n_models; i++) {
    const OdlFlowModel *model = &payload->models[i];
    double lost = model->as_trained.accuracy - model->train.accuracy;
    if (isfinite (lost)
        && (worst == NULL || lost > worst->as_trained.accuracy - worst->train.accuracy))
      worst = model;
  }
  if (worst == NULL)
    return NULL;
  g_autofree char *before = percent (worst->as_trained.accuracy);
  g_autofree char *after = percent (worst->train.accuracy);
  gboolean lost = worst->as_trained.accuracy - worst->train.accuracy > LOST;
  return g_strdup_printf (
      "%s: right on %s as trained (%s), on %s under %s. %s", worst->title, before,
      payload->trained_solver, after, payload->solver,
      lost ? "It had learned its solver's error, not a flow."
           : "The change of solver costs next to nothing: what was learned is a flow.");
}
