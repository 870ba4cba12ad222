/* The transport bar.
 * SPDX-License-Identifier: MIT
 *
 * Two rows: what one does, and what is going on. What an experiment has nothing of (an
 * iteration to run, a range to scrub) is not shown. Labels are set only when their text
 * changes: a label that is set lays out its whole row again. */
#include "transport.h"

#include <math.h>

#define LATENCY_SHOWN_MS 1500

struct _OdlTransport {
  GtkWidget parent_instance;
  GtkWidget *box, *run, *step, *play, *scale, *moment, *speed;
  GtkWidget *icon, *status, *rate, *latency, *progress;
  GtkAdjustment *range;
  double scrub_min, scrub_max;
  char *scrub_label;
  gboolean can_run, known, setting;
  guint latency_id;
};

G_DEFINE_FINAL_TYPE (OdlTransport, odl_transport, GTK_TYPE_WIDGET)

enum { SIGNAL_SCRUB, SIGNAL_SPEED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const struct {
  const char *title;
  double value;
} rates[] = { { "Full speed", 0 },   { "100 a second", 100 }, { "30 a second", 30 },
              { "10 a second", 10 }, { "3 a second", 3 },     { "1 a second", 1 } },
  factors[]
  = { { "4 ×", 4 }, { "2 ×", 2 }, { "1 ×", 1 }, { "½ ×", 0.5 }, { "¼ ×", 0.25 } };
#define FACTOR_ONE 2

/* ---- Small things ---- */

static void
set_label (GtkWidget *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
}

static void
show_moment (OdlTransport *self)
{
  double value = gtk_adjustment_get_value (self->range);
  const char *label = self->scrub_label ? self->scrub_label : "";
  gboolean whole = self->scrub_max - self->scrub_min >= 100
                   || g_str_has_prefix (label, "iteration");
  g_autofree char *text = g_strdup_printf ("%s %.*f", label, whole ? 0 : 2, value);
  set_label (self->moment, text);
}

static void
on_value (GtkAdjustment *range, OdlTransport *self)
{
  show_moment (self);
  if (!self->setting)
    g_signal_emit (self, signals[SIGNAL_SCRUB], 0, gtk_adjustment_get_value (range));
}

static void
on_speed (GtkDropDown *drop, GParamSpec *spec, OdlTransport *self)
{
  guint at = gtk_drop_down_get_selected (drop);
  if (self->setting || at == GTK_INVALID_LIST_POSITION)
    return;
  g_signal_emit (self, signals[SIGNAL_SPEED], 0,
                 self->can_run ? rates[at].value : factors[at].value);
}

static void
list_speeds (OdlTransport *self)
{
  guint n = self->can_run ? G_N_ELEMENTS (rates) : G_N_ELEMENTS (factors);
  GtkStringList *titles = gtk_string_list_new (NULL);
  for (guint i = 0; i < n; i++)
    gtk_string_list_append (titles, self->can_run ? rates[i].title : factors[i].title);
  self->setting = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->speed), G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->speed),
                              self->can_run ? 0 : FACTOR_ONE);
  self->setting = FALSE;
  g_object_unref (titles);
}

/* ---- A frame ---- */

static void
take_range (OdlTransport *self, const OdlFrame *frame)
{
  gboolean there = frame->scrub_max > frame->scrub_min;
  gtk_widget_set_sensitive (self->scale, there);
  gtk_widget_set_visible (self->scale, there);
  gtk_widget_set_visible (self->moment, there);
  gtk_widget_set_visible (self->play, there && frame->can_run);
  if (!there
      || (frame->scrub_min == self->scrub_min && frame->scrub_max == self->scrub_max
          && g_strcmp0 (frame->scrub_label, self->scrub_label) == 0))
    return;
  double span = frame->scrub_max - frame->scrub_min;
  self->scrub_min = frame->scrub_min;
  self->scrub_max = frame->scrub_max;
  g_free (self->scrub_label);
  self->scrub_label = g_strdup (frame->scrub_label);
  self->setting = TRUE;
  gtk_adjustment_configure (self->range, gtk_adjustment_get_value (self->range),
                            self->scrub_min, self->scrub_max, span / 100, span / 10, 0);
  self->setting = FALSE;
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
      self->scrub_label ? self->scrub_label : "Scrubber", -1);
  show_moment (self);
}

static void
take_run (OdlTransport *self, const OdlFrame *frame)
{
  if (!self->known || frame->can_run != self->can_run) {
    self->known = TRUE;
    self->can_run = frame->can_run;
    list_speeds (self);
  }
  gtk_widget_set_visible (self->speed,
                          frame->can_run || gtk_widget_get_visible (self->scale));
}

static void
take_words (OdlTransport *self, const OdlFrame *frame)
{
  static const char *const icons[]
      = { [ODL_SEVERITY_INFO] = NULL,
          [ODL_SEVERITY_WARNING] = "dialog-warning-symbolic",
          [ODL_SEVERITY_ERROR] = "dialog-error-symbolic" };
  const char *icon = icons[frame->severity];
  g_autofree char *rate
      = frame->running ? g_strdup_printf ("%.0f iterations/s", frame->rate) : NULL;
  g_autofree char *done
      = frame->iteration > 0
            ? g_strdup_printf ("iteration %" G_GUINT64_FORMAT, frame->iteration)
            : NULL;
  g_autofree char *both = rate && done ? g_strconcat (done, " · ", rate, NULL) : NULL;
  set_label (self->status, frame->status ? frame->status : "");
  if (g_strcmp0 (frame->status, gtk_widget_get_tooltip_text (self->status)) != 0)
    gtk_widget_set_tooltip_text (self->status, frame->status);
  gtk_widget_set_visible (self->icon, icon != NULL);
  if (icon)
    gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon);
  set_label (self->rate, both ? both : done ? done : rate ? rate : "");
}

static void
take_progress (OdlTransport *self, const OdlFrame *frame)
{
  GtkProgressBar *bar = GTK_PROGRESS_BAR (self->progress);
  gboolean known = isfinite (frame->progress);
  /* Its place stays when there is nothing to tell, so that nothing jumps. */
  gtk_widget_set_opacity (self->progress, known ? 1 : 0);
  if (known)
    gtk_progress_bar_set_fraction (bar, CLAMP (frame->progress, 0, 1));
}

void
odl_transport_take (OdlTransport *self, const OdlFrame *frame)
{
  g_return_if_fail (ODL_IS_TRANSPORT (self) && frame != NULL);
  take_range (self, frame);
  take_run (self, frame);
  take_words (self, frame);
  take_progress (self, frame);
}

void
odl_transport_set_scrub (OdlTransport *self, double scrub)
{
  g_return_if_fail (ODL_IS_TRANSPORT (self));
  self->setting = TRUE;
  gtk_adjustment_set_value (self->range, isnan (scrub) ? self->scrub_max : scrub);
  self->setting = FALSE;
}

/* A button that is on pauses. */
static void
show_buttons (OdlTransport *self)
{
  GtkWidget *buttons[] = { self->run, self->play };
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++) {
    gboolean on = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (buttons[i]));
    gtk_button_set_icon_name (GTK_BUTTON (buttons[i]),
                              on ? "media-playback-pause-symbolic"
                              : buttons[i] == self->play
                                  ? "media-seek-forward-symbolic"
                                  : "media-playback-start-symbolic");
  }
}

static gboolean
hide_latency (gpointer data)
{
  OdlTransport *self = data;
  self->latency_id = 0;
  set_label (self->latency, "");
  return G_SOURCE_REMOVE;
}

void
odl_transport_set_latency (OdlTransport *self, double milliseconds)
{
  g_return_if_fail (ODL_IS_TRANSPORT (self));
  g_autofree char *text = g_strdup_printf ("answered in %.0f ms", ceil (milliseconds));
  set_label (self->latency, text);
  g_clear_handle_id (&self->latency_id, g_source_remove);
  self->latency_id = g_timeout_add (LATENCY_SHOWN_MS, hide_latency, self);
}

const char *
odl_transport_get_status (OdlTransport *self)
{
  g_return_val_if_fail (ODL_IS_TRANSPORT (self), NULL);
  return gtk_label_get_text (GTK_LABEL (self->status));
}

GtkWidget *
odl_transport_get_scale (OdlTransport *self)
{
  g_return_val_if_fail (ODL_IS_TRANSPORT (self), NULL);
  return self->scale;
}

/* ---- Making it ---- */

static GtkWidget *
button (const char *icon, const char *action, const char *name, const char *tooltip)
{
  gboolean toggles
      = g_str_equal (action, "win.run") || g_str_equal (action, "win.play");
  GtkWidget *widget = toggles ? gtk_toggle_button_new () : gtk_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (widget), icon);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (widget), action);
  gtk_widget_set_tooltip_text (widget, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  return widget;
}

static GtkWidget *
make_buttons (OdlTransport *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->run = button ("media-playback-start-symbolic", "win.run", "Run",
                      "Run or pause (Space)");
  self->step
      = button ("media-skip-forward-symbolic", "win.step", "One step", "One step (S)");
  GtkWidget *reset
      = button ("view-refresh-symbolic", "win.reset", "Reset", "Start again (R)");
  self->play = button ("media-seek-forward-symbolic", "win.play", "Play",
                       "Play the scrubber (P)");
  self->range = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  self->scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, self->range);
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (self->scale), -1);
  gtk_widget_set_hexpand (self->scale, TRUE);
  self->moment = gtk_label_new (NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->moment), 12);
  gtk_label_set_xalign (GTK_LABEL (self->moment), 0);
  gtk_widget_add_css_class (self->moment, "numeric");
  self->speed = gtk_drop_down_new (NULL, NULL);
  gtk_widget_set_tooltip_text (self->speed, "How fast");
  gtk_widget_set_valign (self->speed, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, "Speed", -1);
  GtkWidget *row[] = { self->run,   self->step,   reset,      self->play,
                       self->scale, self->moment, self->speed };
  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    gtk_box_append (GTK_BOX (box), row[i]);
  return box;
}

static GtkWidget *
make_words (OdlTransport *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->icon = gtk_image_new ();
  self->status = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->status), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->status, TRUE);
  self->latency = gtk_label_new (NULL);
  self->rate = gtk_label_new (NULL);
  self->progress = gtk_progress_bar_new ();
  gtk_widget_set_valign (self->progress, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (self->progress, 110, -1);
  gtk_widget_add_css_class (self->latency, "dim-label");
  gtk_widget_add_css_class (self->latency, "numeric");
  gtk_widget_add_css_class (self->rate, "numeric");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, "Progress", -1);
  GtkWidget *row[]
      = { self->icon, self->status, self->latency, self->rate, self->progress };
  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    gtk_box_append (GTK_BOX (box), row[i]);
  gtk_widget_add_css_class (box, "words");
  return box;
}

static void
dispose (GObject *object)
{
  OdlTransport *self = ODL_TRANSPORT (object);
  g_clear_handle_id (&self->latency_id, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->scrub_label, g_free);
  G_OBJECT_CLASS (odl_transport_parent_class)->dispose (object);
}

static void
odl_transport_class_init (OdlTransportClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "transport");
  signals[SIGNAL_SCRUB] = g_signal_new ("scrub", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[SIGNAL_SPEED] = g_signal_new ("speed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
odl_transport_init (OdlTransport *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_box_append (GTK_BOX (self->box), make_buttons (self));
  gtk_box_append (GTK_BOX (self->box), make_words (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect (self->range, "value-changed", G_CALLBACK (on_value), self);
  g_signal_connect (self->speed, "notify::selected", G_CALLBACK (on_speed), self);
  g_signal_connect_swapped (self->run, "notify::active", G_CALLBACK (show_buttons),
                            self);
  g_signal_connect_swapped (self->play, "notify::active", G_CALLBACK (show_buttons),
                            self);
}

GtkWidget *
odl_transport_new (void)
{
  return g_object_new (ODL_TYPE_TRANSPORT, NULL);
}
