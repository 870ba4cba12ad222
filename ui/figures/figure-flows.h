/* The plots of the Flows figure. Shared by the figure-flows files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-flows.h"
#include "plot/figure.h"

/* What every plot is made from. */
typedef struct {
  const OdlFrame *frame;
  const OdlFlowsPayload *payload;
  double depth;               /* 0: the inputs … 1: what the readout sees */
  gboolean by_nfe;            /* points are coloured by what they cost */
  double nfe_low, nfe_high;   /* over the points of all models; equal: none is known */
} OdlFlowsPage;

/* A box of a plane. */
typedef struct {
  double x0, x1, y0, y1;
} OdlFlowsBox;

/* Whether the setting `show` has a layer. */
gboolean odl_flows_shows (const OdlFlowsPage *page, const char *layer);
int odl_flows_class_color (guint label);
int odl_flows_model_color (OdlFlowKind kind);
/* "1.3e-5", "0.042", "12"; "–" when there is none. Free it. */
char *odl_flows_number (double value);
/* "98.4 %"; "–" when there is none. Free it. */
char *odl_flows_percent (double part);

/* figure-flows-places.c: where things are at a depth, joined linearly between samples. */
/* Coordinate `c` of n places of a depth-major array, at a depth of 0 … 1. */
void odl_flows_places (const OdlFlowModel *model, const float *from, guint n, guint c, double depth, double *to);
/* The same along a direction of the state space (dim numbers). */
void odl_flows_project (const OdlFlowModel *model, const float *from, guint n, const double *direction, double depth,
                        double *to);
/* The path of one point from the input to `depth`: at most ODL_FLOWS_MAX_DEPTHS + 1 places along `direction`. Returns their
 * number; `at` (nullable) gets their depths in the model's own units. */
guint odl_flows_path (const OdlFlowModel *model, guint n, guint point, const double *direction, double depth, double *to,
                      double *at);
/* The range that holds all points at every depth, on round numbers so that it does not tremble while training goes on. */
OdlFlowsBox odl_flows_box (const OdlFlowsPage *page, const OdlFlowModel *model, const double *direction_x,
                           const double *direction_y);
/* The range of the first two coordinates; it holds the box of the inputs too, so that the paper lies still while one paints. */
OdlFlowsBox odl_flows_plane (const OdlFlowsPage *page, const OdlFlowModel *model);
/* One of the coordinate directions: `dim` numbers. */
void odl_flows_unit (double direction[ODL_FLOWS_MAX_DIM], guint c);

/* figure-flows-sheet.c: the deforming grid and the decision background. */
/* Paints the deformed sheet, seen from above, into side × side values: `value` (one per vertex) blended over
 * its triangles; NaN where there is no sheet. */
void odl_flows_raster (const OdlFlowModel *model, double depth, const OdlFlowsBox *box, guint side, const double *value,
                       double *z);
/* Lines of the grid, `every`-th row and column, with gaps. Arrays from *x, *y (and *z along `up`, when not NULL); free them. */
guint odl_flows_grid (const OdlFlowModel *model, double depth, guint every, const double *up, double **x, double **y,
                      double **z);
/* 0 … 1 per vertex: how surely class 1 is given, of two classes; otherwise 1 where `label` is given, else 0. */
double *odl_flows_verdicts (const OdlFlowsPage *page, const OdlFlowModel *model, guint label);

/* figure-flows-points.c: points as clouds, in class colours or by what they cost. */
typedef struct {
  guint n;
  double *x, *y, *z;          /* z nullable */
  const OdlFlowModel *model;  /* whose evaluations colour them */
} OdlFlowsPlaces;
void odl_flows_add_points (const OdlFlowsPage *page, OdlPlot *plot, const OdlFlowsPlaces *places, const OdlCloud *tails);
void odl_flows_add_mistakes (const OdlFlowsPage *page, OdlPlot *plot, const OdlFlowsPlaces *places);

OdlPlot *odl_flows_flow (const OdlFlowsPage *page, const OdlFlowModel *model);     /* the plane of the first coordinates */
OdlPlot *odl_flows_line (const OdlFlowsPage *page, const OdlFlowModel *model);     /* data of one dimension: over depth */
OdlPlot *odl_flows_inputs (const OdlFlowsPage *page, const OdlFlowModel *model);
OdlPlot *odl_flows_lift (const OdlFlowsPage *page, const OdlFlowModel *model);     /* NULL: nothing is lifted */
OdlPlot *odl_flows_loss (const OdlFlowsPage *page);
OdlPlot *odl_flows_accuracy (const OdlFlowsPage *page);
OdlPlot *odl_flows_nfe (const OdlFlowsPage *page);
OdlPlot *odl_flows_meters (const OdlFlowsPage *page);
