/* Series for the canvas from the families. SPDX-License-Identifier: MIT
 *
 * Drawn points lie at random times. The examples are chosen members of the families, so
 * that the true curve is known for them too; what they show is a gap, an outlier, or
 * what comes after the end of a sine. */
#include "latent-canvas.h"

#include <math.h>

#define STREAM_SERIES                                                                  \
  (G_GUINT64_CONSTANT (1) << 50) /* of random numbers, under the seed */

OdlSeriesScale
odl_canvas_family_frame (OdlFamily family)
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
begin (OdlCanvas *canvas, const OdlFamilyDraw *draw)
{
  canvas->draw = *draw;
  canvas->known = canvas->untouched = TRUE;
  canvas->frame = odl_canvas_family_frame (draw->family);
  g_clear_pointer (&canvas->names, g_strfreev);
  g_array_set_size (canvas->points, 0);
}

/* An observation of all channels at a time. */
static void
observe (OdlCanvas *canvas, double t, OdlRandom *random)
{
  const OdlFamilyInfo *info = odl_family_info (canvas->draw.family);
  double y[ODL_SERIES_MAX_CHANNELS];
  odl_family_at (&canvas->draw, t, y);
  for (guint c = 0; c < info->channels; c++) {
    const OdlCanvasPoint point
        = { t, y[c] + info->sigma * odl_random_normal (random), c };
    g_array_append_val (canvas->points, point);
  }
}

void
odl_canvas_draw (OdlCanvas *canvas, OdlFamily family, guint n, guint64 seed)
{
  OdlRandom random = odl_random (seed, STREAM_SERIES + family);
  const OdlFamilyDraw draw = odl_family_draw (family, &random);
  begin (canvas, &draw);
  for (guint i = 0; i < n; i++)
    observe (canvas, odl_family_info (family)->span * odl_random_uniform (&random),
             &random);
  odl_canvas_sort (canvas);
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
odl_canvas_show (OdlCanvas *canvas, const char *example, guint64 seed)
{
  const Example *found = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    if (g_str_equal (examples[i].id, example))
      found = &examples[i];
  if (found == NULL)
    return FALSE;
  OdlRandom random = odl_random (seed, STREAM_SERIES - 1);
  begin (canvas, &found->draw);
  canvas->known = found->n > 0;
  const double span = canvas->frame.span, wide = found->gap_high - found->gap_low;
  for (guint i = 0; i < found->n; i++) {
    double place = (i + 0.2 + 0.6 * odl_random_uniform (&random)) / found->n;
    double t = place * (span - wide);
    observe (canvas, t < found->gap_low || wide == 0 ? t : t + wide, &random);
    if (i == found->outlier)
      g_array_index (canvas->points, OdlCanvasPoint, i).y += 1.1;
  }
  odl_canvas_sort (canvas);
  return TRUE;
}
