/* One axis: data to pixels and back, and where its ticks are.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/plot.h"

/* An axis maps data low … high to pixels from … to (to < from for a vertical axis). */
typedef struct {
  OdlScale scale;
  double low, high, from, to;
  double start, factor;         /* px = from + (scaled (value) − start) · factor */
} OdlAxis;
/* low < high, both above 0 on a log axis; anything else is mended to a range near it. */
void odl_axis_set (OdlAxis *axis, OdlScale scale, double low, double high, double from, double to);
/* NaN where the value has no place; never beyond ±1e15. */
double odl_axis_pixel (const OdlAxis *axis, double value);
double odl_axis_value (const OdlAxis *axis, double pixel);
double odl_scale_forward (OdlScale scale, double value);
double odl_scale_back (OdlScale scale, double scaled);

#define ODL_MAX_TICKS 64
typedef struct {
  double value, pixel;
  double width;                 /* px of the label */
  char label[40];               /* "" for a minor tick */
} OdlTick;
typedef struct {
  guint n;
  OdlTick tick[ODL_MAX_TICKS];
} OdlTicks;
/* How labels are measured and kept apart. A vertical axis counts line heights, a horizontal one widths. */
typedef struct {
  gboolean vertical;
  double line_height, gap;      /* px; gap: at least between labels */
  double wanted;                /* px between labels that looks quiet */
  double (*measure) (gpointer data, const char *label);
  gpointer data;
} OdlTickRule;
/* Linear: 1, 2 or 5 times a power of ten apart. Log: decades, with unlabelled ticks between; 1-2-5 or linear ticks in short ranges.
 * Labels never overlap. */
void odl_axis_ticks (const OdlAxis *axis, const OdlTickRule *rule, OdlTicks *ticks);
