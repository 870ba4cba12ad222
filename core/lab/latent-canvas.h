/* The canvas of the Latent panel: the user's points, where they came from, and the series that they make.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "learn/families.h"
#include "learn/series.h"

#define ODL_CANVAS_MAX_SIZE 1e15 /* of a time or a value */
#define ODL_CANVAS_MAX_SET  64u  /* own series */

typedef struct {
  double t, y;
  guint channel;
} OdlCanvasPoint;

/* Points stand in order of time, channel and value, except the one that is being dragged: so the order of clicks leaves no trace. */
typedef struct {
  GArray *points;          /* OdlCanvasPoint */
  OdlSeriesScale frame;    /* where the canvas lies: of the family, or of the file */
  char **names;            /* of time and channels, NULL-terminated, or NULL */
  gboolean known;          /* the curve behind the points is `draw` */
  OdlFamilyDraw draw;
  gboolean untouched;      /* as drawn; follows the settings */
  GPtrArray *set;          /* OdlSeries: own series to learn from */
} OdlCanvas;

void odl_canvas_init (OdlCanvas *canvas);
void odl_canvas_clear (OdlCanvas *canvas);
/* `to` is uninitialised. */
void odl_canvas_copy (OdlCanvas *to, const OdlCanvas *from);
void odl_canvas_sort (OdlCanvas *canvas);
guint odl_canvas_n_channels (const OdlCanvas *canvas);

/* Each leaves the canvas as it was when it returns FALSE with ODL_ERROR_INVALID. */
gboolean odl_canvas_add (OdlCanvas *canvas, double t, double y, int channel, GError **error);
gboolean odl_canvas_move (OdlCanvas *canvas, int place, double t, double y, GError **error);
gboolean odl_canvas_remove (OdlCanvas *canvas, int place, GError **error);
/* The place of the channel's point nearest to (t, y), distances as a part of width and height; −1: it has none. */
int odl_canvas_nearest (const OdlCanvas *canvas, double t, double y, guint channel, double width, double height);
/* The points of a file and its frame. */
gboolean odl_canvas_read (OdlCanvas *canvas, const char *text, GError **error);
void odl_canvas_take (OdlCanvas *canvas, const OdlSeries *series);
/* n noisy points of a family at random times within its span. */
void odl_canvas_draw (OdlCanvas *canvas, OdlFamily family, guint n, guint64 seed);
/* A series with something to see: "sine", "gap", "outlier", or "empty". FALSE: there is none of this name. */
gboolean odl_canvas_show (OdlCanvas *canvas, const char *example, guint64 seed);

/* Points of the channels first … first + n − 1 as a series, in the user's units: those of one time share a row. Free it. */
OdlSeries *odl_canvas_series (const OdlCanvas *canvas, guint first, guint n_channels);
/* A frame, grown to what the points need. */
OdlSeriesScale odl_canvas_scale (const OdlCanvas *canvas, const OdlSeriesScale *frame);
/* Where a family lives. */
OdlSeriesScale odl_canvas_family_frame (OdlFamily family);

/* Adds each channel with at least two points to the own series, as a series of its own. */
gboolean odl_canvas_keep (OdlCanvas *canvas, GError **error);
gboolean odl_canvas_same_points (const OdlCanvas *a, const OdlCanvas *b); /* and frames */
gboolean odl_canvas_same_set (const OdlCanvas *a, const OdlCanvas *b);

/* Exact. */
json_t *odl_canvas_save (const OdlCanvas *canvas);
/* `canvas` is uninitialised, and stays so on FALSE. */
gboolean odl_canvas_load (OdlCanvas *canvas, const json_t *from, GError **error);
