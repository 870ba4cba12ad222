/* What the files of the panel share.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "panel.h"

#define ODL_PANEL_POSTS 64

struct _OdlPanel {
  GtkWidget parent_instance;
  OdlWorker *worker;
  guint experiment;
  const OdlExperimentClass *klass;
  OdlFrame *frame;
  guint64 sent;                      /* last command posted */
  struct {
    guint64 command;
    gint64 posted_us;
  } posts[ODL_PANEL_POSTS];          /* a ring: when the last commands were posted */
  guint64 answered;                  /* last command whose answer was timed */
  GtkWidget *box, *page, *sides, *transport, *notice;
  GtkScrolledWindow *start, *end;    /* the places of controls and lesson */
  GtkWidget *controls;               /* NULL until somebody looks at the panel or asks for them */

  gboolean wants_focus;              /* until there is a plot to give it to */

  double scrub;                      /* NaN: at the end */
  guint tick_id;                     /* playing */
  gint64 tick_us, hold_us;           /* frame time of the last tick; a rest at the ends until */
  gboolean backwards;
  double speed;                      /* factor of playing */

  GQueue view_undo, view_redo;       /* of OdlViewMoment, newest at the head */
};

typedef struct {
  guint64 depth;                     /* of the experiment's undo when the view was changed */
  json_t *views;
} OdlViewMoment;

/* Notes the number and the time of a command, and tells the window. */
guint64 odl_panel_posted (OdlPanel *panel, guint64 command);
/* Makes the figure of the present frame again. */
void odl_panel_refresh (OdlPanel *panel);

/* panel-view.c: undo of the view. */
void odl_panel_note_view (OdlPanel *panel);
void odl_panel_forget_view (OdlPanel *panel, gboolean redo_only);
