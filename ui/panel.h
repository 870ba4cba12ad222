/* The page of the window that shows one experiment: controls, plots, lesson, transport. One generic panel serves every experiment.
 * SPDX-License-Identifier: MIT
 *
 * Signals: "changed" (): what can be run, undone or played may have changed. "touched" (): the session is no longer as saved.
 * "export" (const char *): a plot is to be exported. "message" (const char *): a sentence for a person. */
#pragma once

#include <gtk/gtk.h>
#include "widgets/controls.h"
#include "widgets/plot-page.h"
#include "widgets/sides.h"
#include "widgets/transport.h"
#include "worker.h"

#define ODL_TYPE_PANEL (odl_panel_get_type ())
G_DECLARE_FINAL_TYPE (OdlPanel, odl_panel, ODL, PANEL, GtkWidget)

/* `experiment` is the index in the registry. The worker is borrowed and must outlive the panel's last command. */
GtkWidget *odl_panel_new (OdlWorker *worker, guint experiment);
const OdlExperimentClass *odl_panel_get_class (OdlPanel *panel);
/* Takes the frame. */
void odl_panel_take (OdlPanel *panel, OdlFrame *frame);
/* The last frame; NULL before the first. */
const OdlFrame *odl_panel_get_frame (OdlPanel *panel);
/* Number of the last command posted from here. */
guint64 odl_panel_get_sent (OdlPanel *panel);

/* Whether a command is not answered yet, and the time since the last one. */
gboolean odl_panel_is_waiting (OdlPanel *panel);
gint64 odl_panel_rested_us (OdlPanel *panel);

/* The parts, for the window and for tests. */
OdlControls *odl_panel_get_controls (OdlPanel *panel);
OdlPlotPage *odl_panel_get_page (OdlPanel *panel);
OdlSides *odl_panel_get_sides (OdlPanel *panel);
OdlTransport *odl_panel_get_transport (OdlPanel *panel);

/* What the transport and the actions do. Run plays the scrubber where there is nothing to run. */
void odl_panel_run (OdlPanel *panel, gboolean run);
gboolean odl_panel_is_running (OdlPanel *panel);
void odl_panel_step (OdlPanel *panel);
void odl_panel_reset (OdlPanel *panel);
void odl_panel_play (OdlPanel *panel, gboolean play);
gboolean odl_panel_is_playing (OdlPanel *panel);
/* NaN: at the end of its range. */
void odl_panel_scrub (OdlPanel *panel, double to);
double odl_panel_get_scrub (OdlPanel *panel);
gboolean odl_panel_can_undo (OdlPanel *panel);
gboolean odl_panel_can_redo (OdlPanel *panel);
void odl_panel_undo (OdlPanel *panel);
void odl_panel_redo (OdlPanel *panel);
/* A setting as text, as `--set` takes it. */
gboolean odl_panel_set_text (OdlPanel *panel, const char *key, const char *text, GError **error);
void odl_panel_act (OdlPanel *panel, const OdlAction *action);
/* A button of a lesson: what stands after "try:". */
void odl_panel_try (OdlPanel *panel, const char *call);
/* Gives the keyboard to the first plot, now or with the first frame, so that the plain keys (Space, S, R) work at once. */
void odl_panel_focus (OdlPanel *panel);
/* Fits every plot. */
void odl_panel_fit (OdlPanel *panel);

/* The view: scrubber, zoom and hidden series of every plot. Loading forgets what could be undone of it. */
json_t *odl_panel_save_view (OdlPanel *panel);
void odl_panel_load_view (OdlPanel *panel, const json_t *from);
