/* The generic panel.
 * SPDX-License-Identifier: MIT
 *
 * Everything that is particular to an experiment comes as data: settings become
 * controls, the figure of a frame becomes plots, handles and clicks in the figure
 * become actions, the lesson is a text in the resources. The panel posts commands and
 * takes frames; it computes nothing. */
#include "panel-inside.h"

#include <math.h>

#include "figures/figures.h"
#include "widgets/compat.h"
#include "widgets/lesson-text.h"
#include "widgets/lesson.h"
#include "widgets/notice.h"

G_DEFINE_FINAL_TYPE (OdlPanel, odl_panel, GTK_TYPE_WIDGET)

enum { SIGNAL_CHANGED, SIGNAL_TOUCHED, SIGNAL_EXPORT, SIGNAL_MESSAGE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- Commands out ---- */

guint64
odl_panel_posted (OdlPanel *panel, guint64 command)
{
  guint slot = command % ODL_PANEL_POSTS;
  panel->sent = command;
  panel->posts[slot].command = command;
  panel->posts[slot].posted_us = g_get_monotonic_time ();
  g_signal_emit (panel, signals[SIGNAL_TOUCHED], 0);
  return command;
}

static guint64
post (gpointer data, guint setting, const OdlValue *value)
{
  OdlPanel *panel = data;
  odl_panel_forget_view (panel, TRUE);
  return odl_panel_posted (
      panel, odl_worker_set (panel->worker, panel->experiment, setting, value));
}

void
odl_panel_act (OdlPanel *panel, const OdlAction *action)
{
  g_return_if_fail (ODL_IS_PANEL (panel) && action != NULL);
  odl_panel_forget_view (panel, TRUE);
  odl_panel_posted (panel, odl_worker_act (panel->worker, panel->experiment, action));
}

static void
press_button (OdlPanel *panel, const OdlButton *button)
{
  OdlAction action = { .phase = ODL_PHASE_END, .button = 1 };
  g_strlcpy (action.kind, button->kind, sizeof action.kind);
  odl_panel_act (panel, &action);
}

typedef struct {
  OdlPanel *panel;
  const OdlButton *button;
} Pending;

static void
on_answer (gpointer data, OdlAnswer answer)
{
  g_autofree Pending *pending = data;
  if (answer == ODL_ANSWER_YES)
    press_button (pending->panel, pending->button);
  g_object_unref (pending->panel);
}

static void
on_pressed (gpointer data, const OdlButton *button)
{
  OdlPanel *panel = data;
  OdlQuestion question
      = { .heading = button->title, .body = button->help, .yes = button->title };
  if (!button->asks) {
    press_button (panel, button);
    return;
  }
  Pending *pending = g_new0 (Pending, 1);
  pending->panel = g_object_ref (panel);
  pending->button = button;
  odl_compat_ask (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (panel))), &question,
                  on_answer, pending);
}

/* "key" and "text" as a setting and its value; the value is to be cleared. */
static gboolean
read_setting (OdlPanel *panel, const char *key, const char *text, OdlAssignment *to,
              GError **error)
{
  g_autoptr (OdlValues) values
      = odl_values_new (panel->klass->settings, panel->klass->n_settings);
  int index = odl_values_find (values, key, error);
  if (index < 0)
    return FALSE;
  to->setting = (guint)index;
  return odl_value_parse (&panel->klass->settings[index], text, &to->value, error);
}

gboolean
odl_panel_set_text (OdlPanel *panel, const char *key, const char *text, GError **error)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel) && key != NULL && text != NULL, FALSE);
  OdlAssignment set;
  if (!read_setting (panel, key, text, &set, error))
    return FALSE;
  post (panel, set.setting, &set.value);
  odl_value_clear (&set.value);
  return TRUE;
}

static GPtrArray *
read_trials (OdlPanel *panel, const char *call)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  for (guint i = 0; i < panel->klass->n_settings; i++)
    g_ptr_array_add (keys, (gpointer)panel->klass->settings[i].key);
  g_ptr_array_add (keys, NULL);
  return odl_lesson_trials (call, (const char *const *)keys->pdata);
}

static void
clear_assignment (gpointer data)
{
  odl_value_clear (&((OdlAssignment *)data)->value);
}

/* Everything the button sets is one command, so one step of undo takes it back. */
void
odl_panel_try (OdlPanel *panel, const char *call)
{
  g_return_if_fail (ODL_IS_PANEL (panel) && call != NULL);
  g_autoptr (GPtrArray) trials = read_trials (panel, call);
  g_autoptr (GArray) sets = g_array_new (FALSE, FALSE, sizeof (OdlAssignment));
  g_autoptr (GError) error = NULL;
  gboolean run = FALSE;
  g_array_set_clear_func (sets, clear_assignment);
  for (guint i = 0; i < trials->len; i++) {
    const OdlTrial *trial = trials->pdata[i];
    OdlAssignment set;
    if (trial->value == NULL) {
      run = TRUE;
    } else if (read_setting (panel, trial->key, trial->value, &set, &error)) {
      g_array_append_val (sets, set);
    } else {
      g_signal_emit (panel, signals[SIGNAL_MESSAGE], 0, error->message);
      return;
    }
  }
  odl_panel_forget_view (panel, TRUE);
  if (sets->len > 0)
    odl_panel_posted (panel, odl_worker_set_many (panel->worker, panel->experiment,
                                                  (const OdlAssignment *)sets->data,
                                                  sets->len));
  if (run)
    odl_panel_run (panel, TRUE);
}

static void
on_try (gpointer data, const char *call)
{
  odl_panel_try (data, call);
}

/* ---- Running ---- */

void
odl_panel_run (OdlPanel *panel, gboolean run)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  gboolean can_run = panel->frame == NULL || panel->frame->can_run;
  if (can_run || (panel->frame && panel->frame->running))
    odl_panel_posted (panel, odl_worker_run (panel->worker, panel->experiment, run));
  else
    odl_panel_play (panel, run);
}

gboolean
odl_panel_is_running (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), FALSE);
  if (panel->frame == NULL || !panel->frame->can_run)
    return odl_panel_is_playing (panel) || (panel->frame && panel->frame->running);
  return panel->frame->running;
}

void
odl_panel_step (OdlPanel *panel)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  const OdlFrame *frame = panel->frame;
  if (frame == NULL || frame->can_run) {
    odl_panel_posted (panel, odl_worker_step (panel->worker, panel->experiment));
    return;
  }
  double span = frame->scrub_max - frame->scrub_min;
  gboolean at_end = isnan (panel->scrub);
  odl_panel_play (panel, FALSE);
  if (span > 0)
    odl_panel_scrub (panel, at_end ? frame->scrub_min : panel->scrub + span / 50);
}

void
odl_panel_reset (OdlPanel *panel)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  odl_panel_play (panel, FALSE);
  odl_panel_scrub (panel, NAN);
  odl_panel_posted (panel, odl_worker_reset (panel->worker, panel->experiment));
}

static void
on_speed (OdlTransport *transport, double speed, OdlPanel *panel)
{
  if (panel->frame && panel->frame->can_run)
    odl_worker_set_speed (panel->worker, panel->experiment, speed);
  else
    panel->speed = speed;
}

static void
on_scrub (OdlTransport *transport, double to, OdlPanel *panel)
{
  odl_panel_play (panel, FALSE);
  odl_panel_scrub (panel, to);
}

/* ---- Frames in ---- */

void
odl_panel_refresh (OdlPanel *panel)
{
  OdlFigureView view = { .scrub = panel->scrub };
  if (panel->frame)
    odl_plot_page_set_figure (ODL_PLOT_PAGE (panel->page),
                              odl_figure_of (panel->frame, &view));
}

/* How long the newest command that this frame answers has waited for it. */
static void
time_answer (OdlPanel *panel, const OdlFrame *frame)
{
  guint slot = frame->command % ODL_PANEL_POSTS;
  if (frame->command <= panel->answered || panel->posts[slot].command != frame->command)
    return;
  panel->answered = frame->command;
  double ms = (g_get_monotonic_time () - panel->posts[slot].posted_us) / 1000.0;
  odl_transport_set_latency (ODL_TRANSPORT (panel->transport), ms);
}

/* An error that belongs to no control stands above the plots until it is closed. */
static void
show_notice (OdlPanel *panel, const OdlFrame *frame)
{
  OdlNotice *notice = ODL_NOTICE (panel->notice);
  if (frame->error && frame->error_key == NULL)
    odl_notice_say (notice, frame->error);
  else
    odl_notice_hide (notice);
}

void
odl_panel_focus (OdlPanel *panel)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  OdlPlotPage *page = ODL_PLOT_PAGE (panel->page);
  panel->wants_focus = odl_plot_page_n_areas (page) == 0;
  if (!panel->wants_focus)
    gtk_widget_grab_focus (GTK_WIDGET (odl_plot_page_area (page, 0)));
}

void
odl_panel_take (OdlPanel *panel, OdlFrame *frame)
{
  g_return_if_fail (ODL_IS_PANEL (panel) && frame != NULL);
  OdlFrame *old = panel->frame;
  panel->frame = frame;
  if (isfinite (panel->scrub)
      && (panel->scrub < frame->scrub_min || panel->scrub > frame->scrub_max))
    panel->scrub = NAN;
  if (panel->controls)
    odl_controls_take (ODL_CONTROLS (panel->controls), frame);
  odl_transport_take (ODL_TRANSPORT (panel->transport), frame);
  odl_transport_set_scrub (ODL_TRANSPORT (panel->transport), panel->scrub);
  show_notice (panel, frame);
  time_answer (panel, frame);
  odl_panel_refresh (panel);
  odl_frame_unref (old);
  if (panel->wants_focus)
    odl_panel_focus (panel);
  g_signal_emit (panel, signals[SIGNAL_CHANGED], 0);
}

/* ---- Plots ---- */

static void
on_act (OdlPlotArea *area, const OdlAction *action, OdlPanel *panel)
{
  odl_panel_act (panel, action);
}

static void
on_export (OdlPlotArea *area, OdlPanel *panel)
{
  const OdlPlot *plot = odl_plot_area_get_plot (area);
  if (plot)
    g_signal_emit (panel, signals[SIGNAL_EXPORT], 0, odl_plot_id (plot));
}

static void
on_made (gpointer data, OdlPlotArea *area, const char *id)
{
  OdlPanel *panel = data;
  g_signal_connect (area, "act", G_CALLBACK (on_act), panel);
  g_signal_connect_swapped (area, "gesture", G_CALLBACK (odl_panel_note_view), panel);
  g_signal_connect (area, "export", G_CALLBACK (on_export), panel);
}

/* ---- Sides ---- */

static GtkWidget *
make_lesson (OdlPanel *panel)
{
  g_autofree char *path
      = g_strdup_printf ("/io/github/odelab/Odelab/lessons/%s.md", panel->klass->id);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, NULL);
  g_autofree char *plain
      = g_strdup_printf ("# %s\n\n%s", panel->klass->title, panel->klass->about);
  g_autofree char *text
      = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
              : g_steal_pointer (&plain);
  return odl_lesson_new (text, on_try, panel);
}

/* Controls and lesson are many widgets: those of a panel that nobody looks at would
 * keep a starting window from its first picture. */
static void
fill_sides (OdlPanel *panel)
{
  if (panel->controls)
    return;
  panel->controls = odl_controls_new (panel->klass, post, on_pressed, panel);
  gtk_scrolled_window_set_child (panel->start, panel->controls);
  gtk_scrolled_window_set_child (panel->end, make_lesson (panel));
  if (panel->frame)
    odl_controls_take (ODL_CONTROLS (panel->controls), panel->frame);
}

static void
map (GtkWidget *widget)
{
  fill_sides (ODL_PANEL (widget));
  GTK_WIDGET_CLASS (odl_panel_parent_class)->map (widget);
}

/* ---- Parts ---- */

const OdlExperimentClass *
odl_panel_get_class (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NULL);
  return panel->klass;
}

const OdlFrame *
odl_panel_get_frame (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NULL);
  return panel->frame;
}

guint64
odl_panel_get_sent (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), 0);
  return panel->sent;
}

gboolean
odl_panel_is_waiting (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), FALSE);
  return panel->frame == NULL || panel->frame->command < panel->sent;
}

gint64
odl_panel_rested_us (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), G_MAXINT64);
  gint64 posted_us = panel->posts[panel->sent % ODL_PANEL_POSTS].posted_us;
  return g_get_monotonic_time () - posted_us;
}

OdlControls *
odl_panel_get_controls (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NULL);
  fill_sides (panel);
  return ODL_CONTROLS (panel->controls);
}

OdlPlotPage *
odl_panel_get_page (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NULL);
  return ODL_PLOT_PAGE (panel->page);
}

OdlSides *
odl_panel_get_sides (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NULL);
  return ODL_SIDES (panel->sides);
}

OdlTransport *
odl_panel_get_transport (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NULL);
  return ODL_TRANSPORT (panel->transport);
}

/* ---- Making it ---- */

static GtkWidget *
scrolled (GtkWidget *child)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), child);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static void
build (OdlPanel *panel)
{
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *start = scrolled (NULL), *end = scrolled (NULL);
  panel->start = GTK_SCROLLED_WINDOW (start);
  panel->end = GTK_SCROLLED_WINDOW (end);
  panel->page = odl_plot_page_new (on_made, panel);
  panel->transport = odl_transport_new ();
  panel->notice = odl_notice_new ();
  gtk_box_append (GTK_BOX (middle), panel->notice);
  gtk_box_append (GTK_BOX (middle), scrolled (panel->page));
  panel->sides = odl_sides_new (start, middle, end);
  gtk_widget_set_vexpand (panel->sides, TRUE);
  panel->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (panel->box), panel->sides);
  gtk_box_append (GTK_BOX (panel->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (panel->box), panel->transport);
  gtk_widget_set_parent (panel->box, GTK_WIDGET (panel));
  g_signal_connect (panel->transport, "scrub", G_CALLBACK (on_scrub), panel);
  g_signal_connect (panel->transport, "speed", G_CALLBACK (on_speed), panel);
}

static void
dispose (GObject *object)
{
  OdlPanel *panel = ODL_PANEL (object);
  if (panel->tick_id)
    gtk_widget_remove_tick_callback (GTK_WIDGET (panel), panel->tick_id);
  panel->tick_id = 0;
  odl_panel_forget_view (panel, FALSE);
  g_clear_pointer (&panel->box, gtk_widget_unparent);
  g_clear_pointer (&panel->frame, odl_frame_unref);
  G_OBJECT_CLASS (odl_panel_parent_class)->dispose (object);
}

static void
odl_panel_class_init (OdlPanelClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = dispose;
  GTK_WIDGET_CLASS (klass)->map = map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "panel");
  static const char *const plain[] = { "changed", "touched" };
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    signals[SIGNAL_CHANGED + i] = g_signal_new (plain[i], type, G_SIGNAL_RUN_LAST, 0,
                                                NULL, NULL, NULL, G_TYPE_NONE, 0);
  static const char *const worded[] = { "export", "message" };
  for (guint i = 0; i < G_N_ELEMENTS (worded); i++)
    signals[SIGNAL_EXPORT + i]
        = g_signal_new (worded[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
odl_panel_init (OdlPanel *panel)
{
  panel->scrub = NAN;
  panel->speed = 1;
}

GtkWidget *
odl_panel_new (OdlWorker *worker, guint experiment)
{
  g_return_val_if_fail (worker != NULL, NULL);
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  g_return_val_if_fail (experiment < n, NULL);
  OdlPanel *panel = g_object_new (ODL_TYPE_PANEL, NULL);
  panel->worker = worker;
  panel->experiment = experiment;
  panel->klass = all[experiment];
  build (panel);
  return GTK_WIDGET (panel);
}
