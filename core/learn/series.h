/* Irregular series: points in time with one or several channels, missing values included, and their CSV form.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/status.h"

#define ODL_SERIES_MAX_POINTS   100000
#define ODL_SERIES_MAX_CHANNELS 4
#define ODL_SERIES_MAX_VALUE    1e15

typedef struct {
  guint n, channels;
  double *t;     /* n, ascending; equal times are legal */
  double *y;     /* n × channels, row-major; NaN: missing */
  char **names;  /* of the time and the channels, NULL-terminated, or NULL */
} OdlSeries;

OdlSeries *odl_series_new (guint n, guint channels); /* all zero */
OdlSeries *odl_series_copy (const OdlSeries *series);
void odl_series_free (OdlSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSeries, odl_series_free)
/* By time, then by the values, so that the order of arrival leaves no trace. */
void odl_series_sort (OdlSeries *series);
/* About n points, evenly picked; both ends are kept. */
OdlSeries *odl_series_thin (const OdlSeries *series, guint n);

/* CSV: a time and up to ODL_SERIES_MAX_CHANNELS values in each line (commas, semicolons or tabs; blanks where there is
 * none of those). A head line, empty lines and # comments are skipped; empty cells, NA and nan are missing values; lines
 * may come in any order and are sorted. Errors name the line and what is accepted. */
OdlSeries *odl_series_parse_csv (const char *text, gsize length, GError **error);
/* 17 digits; with a head line. Free it. */
char *odl_series_to_csv (const OdlSeries *series);

/* Inner time and values: (t − t0) / span, (y − offset) / scale. */
typedef struct {
  double t0, span;
  double offset[ODL_SERIES_MAX_CHANNELS], scale[ODL_SERIES_MAX_CHANNELS];
} OdlSeriesScale;
/* From the points: the first time at 0, the last at 1; each channel's mean at 0, its standard deviation at ½ (about that of
 * a sine between −0.7 and 0.7). One time, or one value, is given a span of 1, or of its own size. */
OdlSeriesScale odl_series_scale (const OdlSeries *series);
/* To inner time and values, in place. */
void odl_series_apply (OdlSeries *series, const OdlSeriesScale *scale);
