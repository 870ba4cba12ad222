/* The canvas of the Latent panel: the user's points, where they came from, and the series that they make.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "learn/families.h"
#include "learn/series.h"

#define ODL_SLATE_MAX_SIZE 1e15 /* of a time or a value */
#define ODL_SLATE_MAX_SET  64u  /* own series */

typedef struct {
  double t, y;
  guint channel;
} OdlSlatePoint;

/* Points stand in order of time, channel and value, except the one that is being dragged: so the order of clicks leaves no trace. */
typedef struct {
  GArray *points;          /* OdlSlatePoint */
  OdlSeriesScale frame;    /* where the canvas lies: of the family, or of the file */
  char **names;            /* of time and channels, NULL-terminated, or NULL */
  gboolean known;          /* the curve behind the points is `draw` */
  OdlFamilyDraw draw;
  gboolean untouched;      /* as drawn; follows the settings */
  GPtrArray *set;          /* OdlSeries: own series to learn from */
} OdlSlate;

void odl_slate_init (OdlSlate *slate);
void odl_slate_clear (OdlSlate *slate);
/* `to` is uninitialised. */
void odl_slate_copy (OdlSlate *to, const OdlSlate *from);
void odl_slate_sort (OdlSlate *slate);
guint odl_slate_n_channels (const OdlSlate *slate);

/* Each leaves the canvas as it was when it returns FALSE with ODL_ERROR_INVALID. */
gboolean odl_slate_add (OdlSlate *slate, double t, double y, int channel, GError **error);
gboolean odl_slate_move (OdlSlate *slate, int place, double t, double y, GError **error);
gboolean odl_slate_remove (OdlSlate *slate, int place, GError **error);
/* The place of the channel's point nearest to (t, y), distances as a part of width and height; −1: it has none. */
int odl_slate_nearest (const OdlSlate *slate, double t, double y, guint channel, double width, double height);
/* The points of a file and its frame. */
gboolean odl_slate_read (OdlSlate *slate, const char *text, GError **error);
void odl_slate_take (OdlSlate *slate, const OdlSeries *series);
/* n noisy points of a family at random times within its span. */
void odl_slate_draw (OdlSlate *slate, OdlFamily family, guint n, guint64 seed);
/* A series with something to see: "sine", "gap", "outlier", or "empty". FALSE: there is none of this name. */
gboolean odl_slate_show (OdlSlate *slate, const char *example, guint64 seed);

/* Points of the channels first … first + n − 1 as a series, in the user's units: those of one time share a row. Free it. */
OdlSeries *odl_slate_series (const OdlSlate *slate, guint first, guint n_channels);
/* A frame, grown to what the points need. */
OdlSeriesScale odl_slate_scale (const OdlSlate *slate, const OdlSeriesScale *frame);
/* Where a family lives. */
OdlSeriesScale odl_slate_family_frame (OdlFamily family);

/* Adds each channel with at least two points to the own series, as a series of its own. */
gboolean odl_slate_keep (OdlSlate *slate, GError **error);
gboolean odl_slate_same_points (const OdlSlate *a, const OdlSlate *b); /* and frames */
gboolean odl_slate_same_set (const OdlSlate *a, const OdlSlate *b);

/* Exact. */
json_t *odl_slate_save (const OdlSlate *slate);
/* `slate` is uninitialised, and stays so on FALSE. */
gboolean odl_slate_load (OdlSlate *slate, const json_t *from, GError **error);
