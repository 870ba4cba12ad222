/* The Solvers panel under real hands: drag, choose, type, zoom, run.
 * SPDX-License-Identifier: MIT */
#include "gui.h"

#include <math.h>

#include "experiment-solvers.h"

static Gui gui;

/* Euler's colour in the light theme, as it is on the screen. */
#define EULER_COLOR 0xd55e00

static const OdlSolversPayload *
payload (void)
{
  return odl_panel_get_frame (gui.panel)->payload;
}

static const double *
start (void)
{
  guint n;
  const double *y = odl_values_reals (gui_values (&gui), "start", &n);
  g_assert_cmpuint (n, ==, 2);
  return y;
}

static void
test_opening (void)
{
  g_assert_cmpstr (odl_panel_get_class (gui.panel)->id, ==, "solvers");
  g_assert_true (gui_text_is (&gui, "methods", "euler,rk4"));
  g_assert_cmpuint (payload ()->n_runs, ==, 2);
  g_assert_cmpuint (gui_count (gui_plot (&gui, "phase"), EULER_COLOR, 12), >, 100);
  GtkAccessible *phase = GTK_ACCESSIBLE (gui_plot (&gui, "phase"));
  gtk_test_accessible_assert_role (phase, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (phase, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Phase plane");
}

/* The start is where the hand holds it, within a pixel or two. The range shown may move
 * a little as the drag begins, so this is asked of the plot and not of a number. */
static gboolean
start_is_at (GtkWidget *phase, double px, double py)
{
  double x, y;
  gui_pixel_of (phase, start ()[0], start ()[1], &x, &y);
  return hypot (x - px, y - py) < 3;
}

static void
test_drag_start (void)
{
  GtkWidget *phase = gui_plot (&gui, "phase");
  double x0, y0, x1, y1;
  gui_pixel_of (phase, 2, 0, &x0, &y0);
  gui_pixel_of (phase, 1, 1, &x1, &y1);
  gui_move (phase, x0, y0);
  gui_button (1, TRUE);
  for (int i = 1; i <= 8; i++) {
    gui_move (phase, x0 + (x1 - x0) * i / 8, y0 + (y1 - y0) * i / 8);
    gui_wait_frame (phase);
  }
  /* Once the range stands still, a last small motion places it exactly. */
  gui_settle (&gui);
  gui_move (phase, x1 + 4, y1);
  GUI_WAIT (start_is_at (phase, x1 + 4, y1));
  gui_move (phase, x1, y1);
  GUI_WAIT (start_is_at (phase, x1, y1));
  gui_button (1, FALSE);
  gui_settle (&gui);
  double dragged = start ()[0];
  g_assert_cmpfloat_with_epsilon (dragged, 1, 0.15);
  g_assert_cmpfloat (payload ()->start[0], ==, dragged);
  g_assert_true (odl_document_is_modified (odl_window_get_document (gui.window)));
  GtkWidget *entry = gui_control (&gui, "start", GTK_TYPE_ENTRY);
  g_assert_true (
      gui_text_is (&gui, "start", gtk_editable_get_text (GTK_EDITABLE (entry))));
  /* One drag is one step back, and one forward. */
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (start ()[0] == 2 && start ()[1] == 0);
  gui_hold (XK_Shift_L, TRUE);
  gui_key (XK_Control_L, XK_z);
  gui_hold (XK_Shift_L, FALSE);
  GUI_WAIT (start ()[0] == dragged);
}

static void
test_pick_method (void)
{
  GtkWidget *button = gui_control (&gui, "methods", GTK_TYPE_MENU_BUTTON);
  gui_click_middle (button);
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (button));
  GUI_WAIT (gtk_widget_get_mapped (GTK_WIDGET (popover)));
  gui_wait_frame (GTK_WIDGET (popover));
  gui_click_middle (gui_find (GTK_WIDGET (popover), GTK_TYPE_CHECK_BUTTON, "Heun"));
  GUI_WAIT (gui_text_is (&gui, "methods", "euler,heun,rk4"));
  gui_key (0, XK_Escape);
  GUI_WAIT (!gtk_widget_get_mapped (GTK_WIDGET (popover)));
  gui_settle (&gui);
  g_assert_cmpuint (payload ()->n_runs, ==, 3);
}

static GtkTextBuffer *
editor (void)
{
  return gtk_text_view_get_buffer (
      GTK_TEXT_VIEW (gui_control (&gui, "equations", GTK_TYPE_TEXT_VIEW)));
}

static char *
typed (void)
{
  GtkTextIter from, to;
  gtk_text_buffer_get_bounds (editor (), &from, &to);
  return gtk_text_buffer_get_text (editor (), &from, &to, FALSE);
}

static void
retype (const char *text)
{
  GtkWidget *view = gui_control (&gui, "equations", GTK_TYPE_TEXT_VIEW);
  gui_click_middle (view);
  GUI_WAIT (gtk_widget_has_focus (view));
  gui_key (XK_Control_L, XK_a);
  gui_type (text);
}

static gboolean
is_typed (const char *text)
{
  g_autofree char *present = typed ();
  return g_str_equal (present, text);
}

static void
test_equation (void)
{
  const OdlControl *control;
  gui_act (&gui, "set", g_variant_new ("(ss)", "system", "typed"));
  gui_settle (&gui);
  control = odl_controls_find (odl_panel_get_controls (gui.panel), "equations");
  GUI_WAIT (gtk_widget_get_mapped (control->root));
  gui_wait_frame (GTK_WIDGET (gui.window));
  retype ("dx = y\ndy = -k*x +");
  GUI_WAIT (is_typed ("dx = y\ndy = -k*x +")
            && gtk_widget_get_visible (control->sentence));
  /* The last good picture stays. */
  g_assert_cmpuint (payload ()->n_runs, ==, 2);
  gui_type (" 0");
  GUI_WAIT (gui_text_is (&gui, "equations", "dx = y\ndy = -k*x + 0"));
  gui_settle (&gui);
  g_assert_false (gtk_widget_get_visible (control->sentence));
  const OdlFrame *frame = odl_panel_get_frame (gui.panel);
  g_assert_cmpuint (frame->n_parameters, ==, 1);
  g_assert_cmpstr (frame->parameters[0].name, ==, "k");
  /* The parameter is a slider: keys on it change the number. */
  GtkWidget *scale = gui_control (&gui, "parameters", GTK_TYPE_SCALE);
  double before = frame->parameters[0].value;
  gtk_widget_grab_focus (scale);
  gui_key (0, XK_Right);
  GUI_WAIT (odl_panel_get_frame (gui.panel)->parameters[0].value != before);
}

static gboolean
is_entered (GtkWidget *entry, const char *text)
{
  return g_str_equal (gtk_editable_get_text (GTK_EDITABLE (entry)), text);
}

static void
test_wrong_number (void)
{
  const OdlControl *control
      = odl_controls_find (odl_panel_get_controls (gui.panel), "steps");
  GtkWidget *entry = gui_control (&gui, "steps", GTK_TYPE_ENTRY);
  gui_click_middle (entry);
  gui_key (XK_Control_L, XK_a);
  gui_type ("many");
  GUI_WAIT (is_entered (entry, "many") && gtk_widget_get_visible (control->sentence));
  g_assert_true (gui_text_is (&gui, "steps", "15"));
  gui_key (XK_Control_L, XK_a);
  gui_type ("31\n");
  GUI_WAIT (gui_text_is (&gui, "steps", "31"));
  gui_settle (&gui);
  g_assert_false (gtk_widget_get_visible (control->sentence));
  g_assert_true (is_entered (entry, "31"));
}

static double
width_shown (GtkWidget *plot)
{
  OdlPlotArea *area = ODL_PLOT_AREA (plot);
  OdlRect rect = { 0, 0, gtk_widget_get_width (plot), gtk_widget_get_height (plot) };
  OdlTheme theme;
  double x0, x1, y0, y1;
  odl_plot_area_get_theme (area, &theme);
  odl_plot_shown_range (odl_plot_area_get_plot (area), &rect,
                        odl_plot_area_get_view (area), &theme, &x0, &x1, &y0, &y1);
  return x1 - x0;
}

/* The point (½, ½) is shown within a pixel or two of this one. */
static gboolean
half_is_at (GtkWidget *phase, double px, double py)
{
  double x, y;
  gui_pixel_of (phase, 0.5, 0.5, &x, &y);
  return hypot (x - px, y - py) < 3;
}

static void
test_zoom (void)
{
  GtkWidget *phase = gui_plot (&gui, "phase");
  double whole = width_shown (phase), x, y;
  gui_pixel_of (phase, 0.5, 0.5, &x, &y);
  gui_wheel (phase, x, y, -3);
  /* Three clicks of a factor of 1.2. */
  GUI_WAIT (width_shown (phase) < 0.6 * whole);
  double zoomed = width_shown (phase);
  g_assert_true (half_is_at (phase, x, y));
  /* Pan moves what is under the pointer with it. */
  gui_drag (phase, x, y, x + 60, y + 20, 1, 0);
  GUI_WAIT (half_is_at (phase, x + 60, y + 20));
  /* A box, with Shift. */
  gui_drag (phase, x - 60, y - 60, x + 60, y + 60, 1, XK_Shift_L);
  GUI_WAIT (width_shown (phase) < 0.6 * zoomed);
  /* Undo goes back over the box, the pan, and the wheel; double click fits. */
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (fabs (width_shown (phase) - zoomed) < 1e-6 * zoomed);
  gui_click (phase, x, y, 1, 0);
  gui_click (phase, x, y, 1, 0);
  GUI_WAIT (fabs (width_shown (phase) - whole) < 1e-9 * whole);
}

static void
test_legend (void)
{
  GtkWidget *phase = gui_plot (&gui, "phase");
  OdlPlotView *view = odl_plot_area_get_view (ODL_PLOT_AREA (phase));
  OdlRect rect = { 0, 0, gtk_widget_get_width (phase), gtk_widget_get_height (phase) };
  OdlTheme theme;
  odl_plot_area_get_theme (ODL_PLOT_AREA (phase), &theme);
  guint before = gui_count (phase, EULER_COLOR, 12);
  for (double x = rect.width - 4; x > 0; x -= 8)
    for (double y = 20; y < rect.height; y += 6) {
      OdlPick picked = odl_plot_pick (odl_plot_area_get_plot (ODL_PLOT_AREA (phase)),
                                      &rect, view, &theme, x, y);
      if (picked.kind != ODL_PICK_LEGEND || g_strcmp0 (picked.series, "Euler") != 0)
        continue;
      gui_click (phase, x, y, 1, 0);
      GUI_WAIT (odl_plot_view_is_hidden (view, "Euler"));
      g_assert_cmpuint (gui_count (phase, EULER_COLOR, 12), <, before / 2);
      gui_click (phase, x, y, 1, 0);
      GUI_WAIT (!odl_plot_view_is_hidden (view, "Euler"));
      return;
    }
  g_assert_not_reached ();
}

static void
test_play (void)
{
  gui_act (&gui, "scrub", g_variant_new_double (1.5));
  gui_settle (&gui);
  gui_click_middle (gui_plot (&gui, "time"));
  gui_key (0, XK_space);
  GUI_WAIT (gui_state (&gui, "run"));
  GUI_WAIT (odl_panel_get_scrub (gui.panel) > 1.6);
  gui_key (0, XK_space);
  GUI_WAIT (!gui_state (&gui, "run"));
  double stopped = odl_panel_get_scrub (gui.panel);
  gui_wait_frame (GTK_WIDGET (gui.window));
  gui_wait_frame (GTK_WIDGET (gui.window));
  g_assert_cmpfloat (odl_panel_get_scrub (gui.panel), ==, stopped);
  gui_key (0, XK_s);
  GUI_WAIT (odl_panel_get_scrub (gui.panel) > stopped);
  gui_key (0, XK_r);
  GUI_WAIT (isnan (odl_panel_get_scrub (gui.panel)));
}

static void
test_lesson (void)
{
  GtkWidget *button = NULL;
  OdlSides *sides = odl_panel_get_sides (gui.panel);
  gui_act (&gui, "try",
           g_variant_new_string ("system=typed; equations=dx = q*x; q = 2; "
                                 "steps=40"));
  gui_settle (&gui);
  g_assert_true (gui_text_is (&gui, "steps", "40"));
  g_assert_cmpstr (odl_panel_get_frame (gui.panel)->parameters[0].name, ==, "q");
  /* All of it is one step back. */
  gui_act (&gui, "undo", NULL);
  gui_settle (&gui);
  g_assert_true (gui_text_is (&gui, "steps", "15"));
  g_assert_true (gui_text_is (&gui, "system", "spiral"));
  g_assert_false (gui_enabled (&gui, "undo"));
  button = gui_find (GTK_WIDGET (sides), GTK_TYPE_LABEL, "Thirty-one steps: inward");
  g_assert_nonnull (button);
  gui_click_middle (button);
  GUI_WAIT (gui_text_is (&gui, "steps", "31")
            && gui_text_is (&gui, "system", "spiral"));
  g_assert_true (gui_state (&gui, "lesson"));
  gui_key (0, XK_F9);
  GUI_WAIT (!gui_state (&gui, "lesson"));
  gui_key (0, XK_F9);
  GUI_WAIT (gui_state (&gui, "lesson"));
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
    { "/window/opening", test_opening },
    { "/window/drag-start", test_drag_start },
    { "/window/pick-method", test_pick_method },
    { "/window/equation", test_equation },
    { "/window/wrong-number", test_wrong_number },
    { "/window/zoom", test_zoom },
    { "/window/legend", test_legend },
    { "/window/play", test_play },
    { "/window/lesson", test_lesson },
  };
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].name, (gconstpointer)tests[i].run, set_up);
  int status = g_test_run ();
  gui_stop (&gui);
  return status;
}
