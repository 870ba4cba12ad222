/* The Latent experiment: answers depend on the points alone, follow the user's units,
 * and are there whatever is clicked, read or set. SPDX-License-Identifier: MIT */
#include "lab/experiment-latent.h"

#include <math.h>
#include <string.h>
#include "base/status.h"
#include "lab/latent-settings.h"
#include "learn/families.h"
#include "support/latent.h"

static const double clicks[][2] = { { 0.5, 0.3 },  { 1.7, 0.9 }, { 3.1, 0.2 },
                                    { 4.4, -0.7 }, { 6.9, 0.4 }, { 6.9, 0.5 } };

static void
click_all (LatentFixture *f, const guint *order)
{
  latent_put (f, "series", "empty");
  for (guint i = 0; i < G_N_ELEMENTS (clicks); i++) {
    const guint k = order ? order[i] : i;
    latent_do (f, "observe", 0, clicks[k][0], clicks[k][1]);
  }
}

static const OdlCanvasBand *
band_of (const LatentFixture *f, guint channel)
{
  return &f->payload->channels[channel].band;
}

static gboolean
is_ordered (const LatentFixture *f)
{
  for (guint c = 0; c < f->payload->n_channels; c++) {
    const OdlCanvasBand *b = band_of (f, c);
    for (guint i = 0; i < f->payload->n_grid; i++)
      if (!(b->lower95[i] < b->lower50[i] && b->lower50[i] < b->upper50[i]
            && b->upper50[i] < b->upper95[i] && isfinite (b->mean[i])))
        return FALSE;
  }
  return f->payload->n_channels > 0 && f->payload->n_grid > 0;
}

/* ---- Settings ---- */

static gboolean
offers (const char *key, const char *id)
{
  const OdlSetting *row = odl_latent_settings;
  while (!g_str_equal (row->key, key))
    row++;
  for (const char *const *choice = row->choices; choice[0] != NULL; choice += 2)
    if (g_str_equal (choice[0], id))
      return TRUE;
  return FALSE;
}

static void
test_choices (void)
{
  for (guint i = 0; i < ODL_N_FAMILIES; i++) {
    g_assert_true (offers ("family", odl_family_info (i)->id));
    g_assert_true (offers ("series", odl_family_info (i)->id));
  }
}

/* ---- The same points, the same bits ---- */

static void
test_order (LatentFixture *f, gconstpointer data)
{
  static const guint orders[][6] = { { 5, 4, 3, 2, 1, 0 }, { 2, 5, 0, 4, 1, 3 } };
  click_all (f, NULL);
  latent_settle (f, 0);
  g_assert_true (is_ordered (f));
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    LatentFixture other;
    latent_set_up (&other, NULL);
    click_all (&other, orders[i]);
    latent_settle (&other, 1500);
    latent_check_same (f, &other);
    latent_tear_down (&other, NULL);
  }
}

/* Taking a point away and adding it again, settled in between or not. */
static void
test_remove_and_add (LatentFixture *f, gconstpointer data)
{
  LatentFixture other;
  latent_set_up (&other, NULL);
  click_all (f, NULL);
  click_all (&other, NULL);
  latent_settle (f, 0);
  latent_settle (&other, 0);
  OdlAction remove = { .kind = "observe",
                       .phase = ODL_PHASE_END,
                       .x = clicks[2][0] + 0.01,
                       .y = clicks[2][1],
                       .shift = TRUE };
  g_assert_true (latent_act (&other, &remove, NULL));
  latent_settle (&other, 0);
  g_assert_cmpuint (other.payload->n_points, ==, 5);
  g_assert_cmpfloat (fabs (band_of (f, 0)->mean[60] - band_of (&other, 0)->mean[60]), >,
                     0);
  latent_do (&other, "observe", 0, clicks[2][0], clicks[2][1]);
  latent_settle (&other, 0);
  latent_check_same (f, &other);
  latent_tear_down (&other, NULL);
}

/* A drag is one entry of undo; while it lasts the point keeps its place. */
static void
test_drag (LatentFixture *f, gconstpointer data)
{
  LatentFixture other;
  OdlAction move = { .kind = "move", .phase = ODL_PHASE_BEGIN, .index = 1, .x = 1.7 };
  move.y = 0.9;
  latent_set_up (&other, NULL);
  click_all (f, NULL);
  click_all (&other, NULL);
  latent_settle (f, 0);
  const double end = f->payload->shown_end, low = f->payload->channels[0].low;
  for (guint i = 0; i < 5; i++) {
    g_assert_true (latent_act (f, &move, NULL));
    latent_settle (f, 0);
    g_assert_cmpfloat (f->payload->x[1], ==, move.x);
    g_assert_cmpfloat (f->payload->shown_end, ==, end);
    g_assert_cmpfloat (f->payload->channels[0].low, ==, low);
    move.phase = ODL_PHASE_UPDATE;
    move.x += 1.3; /* past its neighbours */
    move.y = NAN;
  }
  move.phase = ODL_PHASE_END;
  g_assert_true (latent_act (f, &move, NULL));
  latent_look (f);
  g_assert_cmpfloat (f->payload->x[1], <, f->payload->x[2]);
  g_assert_true (odl_experiment_undo (f->experiment));
  latent_settle (f, 0);
  latent_settle (&other, 0);
  latent_check_same (f, &other);
  latent_tear_down (&other, NULL);
}

/* ---- Units ---- */

/* t ↦ 3600 t + 2e6 and y ↦ 1e6 y − 4e6: the answer is the image of the answer. */
static void
test_units (LatentFixture *f, gconstpointer data)
{
  LatentFixture other;
  g_autoptr (GString) plain = g_string_new ("t,y\n");
  g_autoptr (GString) scaled = g_string_new ("seconds,pascal\n");
  for (guint i = 0; i < 24; i++) {
    const double t = 0.37 * i + 0.2 * sin (i), y = sin (t) + 0.05 * cos (17 * t);
    g_string_append_printf (plain, "%.17g,%.17g\n", t, y);
    g_string_append_printf (scaled, "%.17g,%.17g\n", 3600 * t + 2e6, 1e6 * y - 4e6);
  }
  latent_set_up (&other, NULL);
  latent_csv (f, plain->str);
  latent_csv (&other, scaled->str);
  latent_settle (f, 0);
  latent_settle (&other, 0);
  g_assert_cmpstr (other.payload->channels[0].name, ==, "pascal");
  g_assert_cmpstr (other.payload->time_name, ==, "seconds");
  const OdlCanvasBand *a = band_of (f, 0), *b = band_of (&other, 0);
  for (guint i = 0; i < f->payload->n_grid; i++) {
    /* Inner numbers differ by rounding, 1e-10 here, which refinement carries on. */
    g_assert_cmpfloat_with_epsilon (3600 * f->payload->t[i] + 2e6, other.payload->t[i],
                                    1e-2);
    g_assert_cmpfloat_with_epsilon (a->mean[i], (b->mean[i] + 4e6) / 1e6, 1e-4);
    g_assert_cmpfloat_with_epsilon (a->upper95[i], (b->upper95[i] + 4e6) / 1e6, 1e-3);
  }
  latent_tear_down (&other, NULL);
}

/* ---- Refinement ---- */

static void
test_refinement (LatentFixture *f, gconstpointer data)
{
  latent_settle (f, 1000);
  const OdlCanvasReading *reading = f->payload->readings;
  g_assert_true (reading->settled && !f->payload->refining && f->payload->fresh);
  g_assert_cmpuint (reading->iteration, >, 0);
  g_assert_cmpuint (reading->n_bound, ==, reading->iteration);
  /* Each bound is of 32 samples: compare the mean of the last with the first. */
  double last = 0;
  for (guint i = reading->n_bound - 8; i < reading->n_bound; i++)
    last += reading->bound[i] / 8;
  g_assert_cmpfloat (last, >, reading->bound[0]);
  g_assert_nonnull (f->payload->channels[0].amortised.mean);
  latent_put (f, "refine", "false");
  latent_settle (f, 0);
  g_assert_cmpuint (f->payload->readings[0].iteration, ==, 0);
  g_assert_null (f->payload->channels[0].amortised.mean);
}

/* Refined, the forecast's end moves; the answer is that of a fresh one. */
static void
test_edge (LatentFixture *f, gconstpointer data)
{
  LatentFixture other;
  latent_set_up (&other, NULL);
  latent_settle (f, 0);
  const double t0 = f->payload->t0, span = f->payload->span;
  latent_do (f, "edge", 0, t0 + 2 * span, 0);
  latent_settle (f, 0);
  g_assert_cmpfloat_with_epsilon (f->payload->edge, t0 + 2 * span, 1e-4 * span);
  latent_put (&other, "horizon", "2");
  latent_settle (&other, 0);
  latent_check_same (f, &other);
  latent_do (f, "edge", 0, t0 + 99 * span, 0);
  latent_settle (f, 0);
  g_assert_cmpfloat (f->payload->edge, ==, f->payload->edge_max);
  latent_tear_down (&other, NULL);
}

/* ---- What there is to hold it against ---- */

static void
test_referees (LatentFixture *f, gconstpointer data)
{
  latent_put (f, "series", "sines");
  latent_put (f, "points", "25");
  latent_settle (f, 0);
  g_assert_null (f->payload->channels[0].process.mean);
  g_assert_null (f->payload->channels[0].prior);
  latent_put (f, "show", "process,prior,truth");
  latent_settle (f, 0);
  const OdlCanvasChannel *channel = f->payload->channels;
  g_assert_nonnull (channel->process.mean);
  g_assert_nonnull (channel->truth);
  g_assert_cmpuint (channel->n_prior, >, 0);
  g_assert_cmpfloat (channel->process_length, >, 0);
  const OdlCanvasScore *const scores[]
      = { &channel->inside, &channel->outside, &channel->process_inside,
          &channel->process_outside };
  for (guint i = 0; i < G_N_ELEMENTS (scores); i++) {
    g_assert_cmpuint (scores[i]->n, ==, 80);
    g_assert_cmpfloat (scores[i]->coverage50, <=, scores[i]->coverage95);
    g_assert_cmpfloat (scores[i]->coverage95, <=, 1);
    g_assert_cmpfloat (scores[i]->mse, >, 0);
  }
  /* 25 points of a smooth curve: the exact process is near it between them. */
  g_assert_cmpfloat (channel->process_inside.mse, <, 0.1);
  latent_do (f, "observe", 0, 5, 0);
  latent_do (f, "clear", 0, 0, 0);
  latent_settle (f, 0);
  g_assert_null (f->payload->channels[0].truth);
}

/* ---- Channels ---- */

static void
test_channels (LatentFixture *f, gconstpointer data)
{
  latent_csv (f, "t,a,b\n0,1,10\n1,,20\n2,3,\n3,2,15\n");
  latent_settle (f, 0);
  g_assert_cmpuint (f->payload->n_channels, ==, 2);
  g_assert_cmpuint (f->payload->n_readings, ==, 2);
  g_assert_cmpuint (f->payload->n_points, ==, 6);
  g_assert_cmpstr (f->payload->channels[1].name, ==, "b");
  latent_put (f, "family", "spirals");
  latent_put (f, "start", "random");
  latent_settle (f, 0);
  g_assert_cmpuint (f->payload->n_readings, ==, 1);
  g_assert_cmpuint (f->payload->readings[0].n_channels, ==, 2);
  g_assert_true (is_ordered (f));
  latent_do (f, "observe", 2, 1, 5);
  latent_settle (f, 0);
  g_assert_nonnull (f->payload->trouble);
  g_assert_cmpuint (f->payload->n_readings, ==, 0);
  g_assert_true (odl_experiment_undo (f->experiment));
  latent_settle (f, 0);
  g_assert_null (f->payload->trouble);
}

/* ---- Bad input ---- */

static void
test_odd_points (LatentFixture *f, gconstpointer data)
{
  static const char *const tables[] = {
    "3,7\n",          "5,1\n5,2\n",      "0,1e12\n1,-1e12\n2,3e12\n",
    "1e9,4\n1e9,4\n", "0,5\n1,5\n2,5\n", "-3,1\n-9,2\n-4,\n",
  };
  latent_put (f, "series", "empty");
  latent_settle (f, 0);
  g_assert_true (is_ordered (f));
  g_assert_cmpuint (f->payload->n_points, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    latent_csv (f, tables[i]);
    latent_settle (f, 0);
    g_test_message ("%s", tables[i]);
    g_assert_true (is_ordered (f));
    g_assert_cmpfloat (f->payload->t0, <, f->payload->edge);
    g_assert_cmpfloat (f->payload->channels[0].low, <, f->payload->channels[0].high);
  }
}

static void
test_refused (LatentFixture *f, gconstpointer data)
{
  static const struct {
    const char *kind, *text, *says;
    int index;
    double x, y;
  } bad[] = {
    { "observe", NULL, "not accepted", 0, NAN, 0 },
    { "observe", NULL, "not accepted", 0, 0, INFINITY },
    { "observe", NULL, "not accepted", 0, 1e300, 0 },
    { "observe", NULL, "Channel 4", 4, 0, 0 },
    { "move", NULL, "no point 99", 99, 0, 0 },
    { "remove", NULL, "no point -1", -1, 0, 0 },
    { "csv", "t,y\n1,2\n2,many\n", "line 3", 0, 0, 0 },
    { "csv", "t,y,y\n1,2,3\n", "line 1", 0, 0, 0 },
    { "csv", "", "no points", 0, 0, 0 },
    { "csv", NULL, "no points", 0, 0, 0 },
    { "csv", "0,1\n1,nan,3\n", "line 2", 0, 0, 0 },
    { "dance", NULL, "not known", 0, 0, 0 },
  };
  LatentFixture other;
  latent_set_up (&other, NULL);
  latent_settle (&other, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    OdlAction action = { .phase = ODL_PHASE_END, .text = (char *)bad[i].text };
    g_strlcpy (action.kind, bad[i].kind, sizeof action.kind);
    action.index = bad[i].index;
    action.x = bad[i].x;
    action.y = bad[i].y;
    g_assert_false (latent_act (f, &action, &error));
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, bad[i].says));
  }
  latent_settle (f, 0);
  latent_check_same (f, &other);
  latent_tear_down (&other, NULL);
}

/* Very many: thinned, said so, and answered. */
static void
test_many (LatentFixture *f, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "%.17g,%.17g\n", i * 0.01, sin (i * 0.003));
  latent_csv (f, text->str);
  latent_settle (f, 0);
  g_assert_true (is_ordered (f));
  g_assert_cmpuint (f->payload->n_points, ==, 5000);
  g_assert_cmpuint (f->payload->readings[0].n_used, <, 1000);
  g_assert_nonnull (strstr (f->payload->sentence, "rests on"));
}

#define TEST(name, function)                                                           \
  g_test_add ("/latent/" name, LatentFixture, NULL, latent_set_up, function,           \
              latent_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latent/choices", test_choices);
  TEST ("order", test_order);
  TEST ("remove-and-add", test_remove_and_add);
  TEST ("drag", test_drag);
  TEST ("units", test_units);
  TEST ("refinement", test_refinement);
  TEST ("edge", test_edge);
  TEST ("referees", test_referees);
  TEST ("channels", test_channels);
  TEST ("odd-points", test_odd_points);
  TEST ("refused", test_refused);
  TEST ("many", test_many);
  return g_test_run ();
}
