/* The window by keyboard alone, narrow and wide, and where files are not taken.
 * SPDX-License-Identifier: MIT */
#include "gui.h"

#include <math.h>

static Gui gui;

static OdlPlotView *
view_of (GtkWidget *plot)
{
  return odl_plot_area_get_view (ODL_PLOT_AREA (plot));
}

static gboolean
is_inside (GtkWidget *widget, GtkWidget *ancestor)
{
  return widget && (widget == ancestor || gtk_widget_is_ancestor (widget, ancestor));
}

static GtkWidget *
focus (void)
{
  return gtk_window_get_focus (GTK_WINDOW (gui.window));
}

/* The keyboard is in the plots: Space plays at once; Control with a digit shows another
 * panel, where the keys work at once too. */
static void
test_at_once (void)
{
  static const KeySym digits[]
      = { XK_1, XK_2, XK_3, XK_4, XK_5, XK_6, XK_7, XK_8, XK_9 };
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  g_assert_true (is_inside (focus (), GTK_WIDGET (odl_panel_get_page (gui.panel))));
  for (guint i = MIN (n, G_N_ELEMENTS (digits)); i-- > 0;) {
    gui_key (XK_Control_L, digits[i]);
    GUI_WAIT (odl_window_get_shown (gui.window)
              == odl_window_get_panel (gui.window, all[i]->id));
    gui_settle (&gui);
    GUI_WAIT (is_inside (focus (), GTK_WIDGET (odl_panel_get_page (gui.panel))));
  }
  gui_key (0, XK_space);
  GUI_WAIT (gui_state (&gui, "run"));
  gui_key (0, XK_space);
  GUI_WAIT (!gui_state (&gui, "run"));
}

/* Tab reaches the controls, the plots and the transport. */
static void
test_tab (void)
{
  GtkWidget *parts[] = { GTK_WIDGET (odl_panel_get_controls (gui.panel)),
                         GTK_WIDGET (odl_panel_get_page (gui.panel)),
                         GTK_WIDGET (odl_panel_get_transport (gui.panel)) };
  gboolean reached[G_N_ELEMENTS (parts)] = { FALSE };
  for (guint i = 0; i < 90; i++) {
    GtkWidget *before = focus ();
    gui_key (0, XK_Tab);
    GUI_WAIT (focus () != before);
    for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
      reached[k] = reached[k] || is_inside (focus (), parts[k]);
  }
  for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
    g_assert_true (reached[k]);
}

/* The start is taken with H, moved with arrows, and let go with Enter: one gesture. */
static void
test_handle (void)
{
  GtkWidget *phase = gui_plot (&gui, "phase");
  guint n;
  gtk_widget_grab_focus (phase);
  gui_key (0, XK_h);
  for (guint i = 0; i < 5; i++)
    gui_key (0, XK_Up);
  GUI_WAIT (odl_values_reals (gui_values (&gui), "start", &n)[1] > 0.2);
  gui_key (0, XK_Escape);
  gui_settle (&gui);
  g_assert_cmpfloat_with_epsilon (odl_values_reals (gui_values (&gui), "start", &n)[0],
                                  2, 1e-3);
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (odl_values_reals (gui_values (&gui), "start", &n)[1] == 0);
}

static void
test_view (void)
{
  GtkWidget *plot = gui_plot (&gui, "error");
  gtk_widget_grab_focus (plot);
  gui_key (0, XK_minus);
  GUI_WAIT (view_of (plot)->zoomed);
  double x0 = view_of (plot)->x0;
  gui_key (0, XK_Right);
  GUI_WAIT (view_of (plot)->x0 > x0);
  gui_key (0, XK_Home);
  GUI_WAIT (!view_of (plot)->zoomed);
  gui_key (0, XK_l);
  GUI_WAIT (view_of (plot)->log_y_flip);
  gui_key (0, XK_l);
  GUI_WAIT (!view_of (plot)->log_y_flip);
  gui_key (XK_Shift_L, XK_Right);
  GUI_WAIT (view_of (plot)->hovering);
  gui_key (XK_Shift_L, XK_F10);
  GtkWidget *menu = NULL;
  GUI_WAIT ((menu = gui_find (plot, GTK_TYPE_POPOVER_MENU, NULL)) != NULL
            && gtk_widget_get_mapped (menu));
  gui_key (0, XK_Escape);
  GUI_WAIT (!gtk_widget_get_mapped (menu));
}

/* What one would do with assistive technology: class actions, no pointer, no key. */
static void
test_actions (void)
{
  GtkWidget *phase = gui_plot (&gui, "phase");
  g_assert_true (gtk_widget_activate_action (phase, "plot.zoom-in", NULL));
  g_assert_true (view_of (phase)->zoomed);
  g_assert_true (gtk_widget_activate_action (phase, "plot.fit", NULL));
  g_assert_false (view_of (phase)->zoomed);
  g_assert_true (gtk_widget_activate_action (phase, "plot.toggle", "s", "Euler"));
  g_assert_true (odl_plot_view_is_hidden (view_of (phase), "Euler"));
  gui_act (&gui, "undo", NULL);
  g_assert_false (odl_plot_view_is_hidden (view_of (phase), "Euler"));
  gui_act (&gui, "redo", NULL);
  g_assert_true (odl_plot_view_is_hidden (view_of (phase), "Euler"));
}

/* Changes of the view and of settings are undone in the order they were made. */
static void
test_undo_order (void)
{
  GtkWidget *phase = gui_plot (&gui, "phase");
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "20"));
  gui_settle (&gui);
  gtk_widget_activate_action (phase, "plot.toggle", "s", "Euler");
  gui_act (&gui, "set", g_variant_new ("(ss)", "mode", "adaptive"));
  gui_settle (&gui);
  gui_act (&gui, "undo", NULL);
  gui_settle (&gui);
  g_assert_true (gui_text_is (&gui, "mode", "fixed"));
  g_assert_true (odl_plot_view_is_hidden (view_of (phase), "Euler"));
  gui_act (&gui, "undo", NULL);
  g_assert_false (odl_plot_view_is_hidden (view_of (phase), "Euler"));
  g_assert_true (gui_text_is (&gui, "steps", "20"));
  gui_act (&gui, "undo", NULL);
  gui_settle (&gui);
  g_assert_true (gui_text_is (&gui, "steps", "15"));
  for (guint i = 0; i < 3; i++) {
    gui_act (&gui, "redo", NULL);
    gui_settle (&gui);
  }
  g_assert_true (gui_text_is (&gui, "steps", "20"));
  g_assert_true (gui_text_is (&gui, "mode", "adaptive"));
  g_assert_true (odl_plot_view_is_hidden (view_of (phase), "Euler"));
}

static void
test_menu (void)
{
  gui_key (0, XK_F10);
  GUI_WAIT (focus () && gtk_widget_get_native (focus ()) != GTK_NATIVE (gui.window));
  gui_key (0, XK_Escape);
  GUI_WAIT (!focus () || gtk_widget_get_native (focus ()) == GTK_NATIVE (gui.window));
}

/* The window that is shown beside ours, or NULL. */
static GtkWidget *
other_window (void)
{
  GListModel *all = gtk_window_get_toplevels ();
  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkWidget) one = g_list_model_get_item (all, i);
    if (one != GTK_WIDGET (gui.window) && gtk_widget_get_mapped (one))
      return one;
  }
  return NULL;
}

static void
close_other (void)
{
  GtkWidget *other;
  GUI_WAIT ((other = other_window ()) != NULL);
  gui_wait_frame (other);
  gtk_window_close (GTK_WINDOW (other));
  GUI_WAIT (other_window () == NULL);
  gui_focus (&gui);
}

static void
test_help (void)
{
  gui_key (0, XK_F1);
  close_other ();
  gui_hold (XK_Control_L, TRUE);
  gui_key (XK_Shift_L, XK_question);
  gui_hold (XK_Control_L, FALSE);
  close_other ();
}

static void
resize (int width, int height)
{
  gtk_window_set_default_size (GTK_WINDOW (gui.window), width, height);
  /* Less the border that a window has without a compositor. */
  GUI_WAIT (ABS (gtk_widget_get_width (GTK_WIDGET (gui.window)) - width) < 40);
  gui_settle (&gui);
}

/* On a narrow window the sides are sheets: folded at first, one at a time, closed by
 * Escape; the plots have the whole width, and nothing reaches beyond the window. */
static void
test_narrow (void)
{
  OdlSides *sides = odl_panel_get_sides (gui.panel);
  GtkWidget *page = GTK_WIDGET (odl_panel_get_page (gui.panel));
  int before_width = gtk_widget_get_width (GTK_WIDGET (gui.window));
  int before_height = gtk_widget_get_height (GTK_WIDGET (gui.window));
  resize (700, 900);
  GUI_WAIT (odl_sides_is_narrow (sides) && !gui_state (&gui, "controls"));
  GUI_WAIT (gtk_widget_get_width (page) > 650);
  gui_key (0, XK_F8);
  GUI_WAIT (gui_state (&gui, "controls") && !gui_state (&gui, "lesson"));
  GtkWidget *controls = GTK_WIDGET (odl_panel_get_controls (gui.panel));
  GUI_WAIT (gtk_widget_get_mapped (controls));
  gui_key (0, XK_F9);
  GUI_WAIT (gui_state (&gui, "lesson") && !gui_state (&gui, "controls"));
  gtk_widget_grab_focus (page);
  gui_settle (&gui);
  gui_click (GTK_WIDGET (sides), 40, 300, 1, 0);
  GUI_WAIT (!gui_state (&gui, "lesson"));
  resize (before_width, before_height);
  GUI_WAIT (!odl_sides_is_narrow (sides) && gui_state (&gui, "controls")
            && gui_state (&gui, "lesson"));
}

static void
set_up (gconstpointer test)
{
  gui_reset (&gui);
  ((void (*) (void))test) ();
}

int
main (int argc, char **argv)
{
  gui_start (&gui, &argc, &argv);
  static const struct {
    const char *name;
    void (*run) (void);
  } tests[] = {
    { "/keys/at-once", test_at_once }, { "/keys/tab", test_tab },
    { "/keys/handle", test_handle },   { "/keys/view", test_view },
    { "/keys/actions", test_actions }, { "/keys/undo", test_undo_order },
    { "/keys/menu", test_menu },       { "/keys/help", test_help },
    { "/keys/narrow", test_narrow },
  };
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].name, (gconstpointer)tests[i].run, set_up);
  int status = g_test_run ();
  gui_stop (&gui);
  return status;
}
