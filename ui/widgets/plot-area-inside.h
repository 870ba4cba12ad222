/* What the files of the plot area share.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot-area.h"

/* What a pressed button is doing. */
typedef enum {
  ODL_HAND_NOTHING,
  ODL_HAND_PAN,
  ODL_HAND_BOX,
  ODL_HAND_HANDLE,
  ODL_HAND_PAINT,
  ODL_HAND_CLICK,    /* until it moves: then it pans */
  ODL_HAND_LEGEND,
  ODL_HAND_CELL,     /* a button in a table */
  ODL_HAND_MENU,     /* secondary button: until it moves, then a box */
} OdlHand;

struct _OdlPlotArea {
  GtkWidget parent_instance;
  const OdlPlot *plot;
  OdlPlotView view;
  OdlTexts *texts;         /* of this plot, from one drawing to the next */
  guint64 n_drawn;
  GtkWidget *menu;         /* popover, made when first asked for */
  guint late_id;           /* drawn after this at the latest */
  guint describe_id;       /* the accessible description is brought up to date later */
  int brush;

  OdlHand hand;
  OdlPickKind where;       /* what a pan began on: an axis pans alone */
  guint button;
  GdkModifierType modifiers;
  gboolean moved;
  double press_x, press_y, last_x, last_y;   /* px */
  double data_x, data_y;   /* where a handle was when the drag began */
  double grab_x, grab_y;   /* handle minus pointer, data units */
  char kind[24];           /* of the handle or stroke */
  int index;
  char *series;            /* of the legend row under the press */
  gint64 gesture_us;       /* when the view last changed by wheel or key: changes soon after belong together */

  int held;                /* handle that keys move, or −1 */
};

/* The rectangle that the plot is drawn into. */
OdlRect odl_plot_area_rect (OdlPlotArea *area);
/* Announces a change of the view; `merge`: those within a second are one gesture. */
void odl_plot_area_begin_gesture (OdlPlotArea *area, gboolean merge);
void odl_plot_area_act (OdlPlotArea *area, const char *kind, int index, OdlPhase phase, double x, double y);
/* A click; with Shift one on a handle is at the handle's very place. */
void odl_plot_area_click (OdlPlotArea *area, const char *kind, const OdlPick *picked);
void odl_plot_area_show_menu (OdlPlotArea *area, double x, double y);

/* plot-area-hands.c */
void odl_plot_area_add_hands (OdlPlotArea *area);
/* plot-area-keys.c */
void odl_plot_area_install_keys (GtkWidgetClass *klass);
