/* Series for the canvas from the families. SPDX-License-Identifier: MIT
 *
 * Drawn points lie at random times. The examples are chosen members of the families, so
 * that the true curve is known for them too; what they show is a gap, an outlier, or
 * what comes after the end of a sine. */
#include "latent-slate.h"

#include <math.h>

#define STREAM_SERIES                                                                  \
  (G_GUINT64_CONSTANT (1) << 50) /* of random numbers, under the seed */

OdlSeriesScale
odl_slate_family_frame (OdlFamily family)
{
  const OdlFamilyInfo *info = odl_family_info (family);
  OdlSeriesScale frame = { .span = info->span };
  for (guint c = 0; c < ODL_SERIES_MAX_CHANNELS; c++) {
    frame.offset[c] = info->offset;
    frame.scale[c] = info->scale;
  }
  return frame;
}

static void
begin (OdlSlate *slate, const OdlFamilyDraw *draw)
{
  slate->draw = *draw;
  slate->known = slate->untouched = TRUE;
  slate->frame = odl_slate_family_frame (draw->family);
  g_clear_pointer (&slate->names, g_strfreev);
  g_array_set_size (slate->points, 0);
}

/* An observation of all channels at a time. */
static void
observe (OdlSlate *slate, double t, OdlRandom *random)
{
  const OdlFamilyInfo *info = odl_family_info (slate->draw.family);
  double y[ODL_SERIES_MAX_CHANNELS];
  odl_family_at (&slate->draw, t, y);
  for (guint c = 0; c < info->channels; c++) {
    const OdlSlatePoint point
        = { t, y[c] + info->sigma * odl_random_normal (random), c };
    g_array_append_val (slate->points, point);
  }
}

void
odl_slate_draw (OdlSlate *slate, OdlFamily family, guint n, guint64 seed)
{
  OdlRandom random = odl_random (seed, STREAM_SERIES + family);
  const OdlFamilyDraw draw = odl_family_draw (family, &random);
  begin (slate, &draw);
  for (guint i = 0; i < n; i++)
    observe (slate, odl_family_info (family)->span * odl_random_uniform (&random),
             &random);
  odl_slate_sort (slate);
}

typedef struct {
  const char *id;
  OdlFamilyDraw draw;
  guint n;
  double gap_low, gap_high; /* no points between */
  guint outlier;            /* place of a point that is far off, n: none */
} Example;

static const Example examples[] = {
  { "sine", { ODL_FAMILY_SINES, { 0.9, 0, 0.18, 0.3, 0.4, 0 } }, 16, 0, 0, 16 },
  { "gap", { ODL_FAMILY_SINES, { 0.75, 0.3, 0.12, 0.31, 1, 0.5 } }, 18, 3.6, 6.6, 18 },
  { "outlier", { ODL_FAMILY_DAMPED, { 1.2, 0.12, 0.22, 0.3 } }, 16, 0, 0, 9 },
  { "empty", { ODL_FAMILY_SINES, { 0 } }, 0, 0, 0, 0 },
};

/* Even times, each moved a little by chance. */
gboolean
odl_slate_show (OdlSlate *slate, const char *example, guint64 seed)
{
  const Example *found = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    if (g_str_equal (examples[i].id, example))
      found = &examples[i];
  if (found == NULL)
    return FALSE;
  OdlRandom random = odl_random (seed, STREAM_SERIES - 1);
  begin (slate, &found->draw);
  slate->known = found->n > 0;
  const double span = slate->frame.span, wide = found->gap_high - found->gap_low;
  for (guint i = 0; i < found->n; i++) {
    double place = (i + 0.2 + 0.6 * odl_random_uniform (&random)) / found->n;
    double t = place * (span - wide);
    observe (slate, t < found->gap_low || wide == 0 ? t : t + wide, &random);
    if (i == found->outlier)
      g_array_index (slate->points, OdlSlatePoint, i).y += 1.1;
  }
  odl_slate_sort (slate);
  return TRUE;
}
