/* Driving the real window: the application in this process, events from a second connection to the X server.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <X11/X.h>
#include <X11/keysym.h>
#include <gtk/gtk.h>
#include "application.h"
#include "window.h"

/* The main loop runs until the condition holds; after a minute the test fails. Nothing sleeps. */
#define GUI_WAIT(condition)                                                              \
  do {                                                                                   \
    GuiDeadline deadline_ = gui_deadline_new ();                                         \
    while (!(condition) && gui_deadline_iterate (&deadline_))                            \
      ;                                                                                  \
    gui_deadline_clear (&deadline_);                                                     \
    g_assert_true (condition);                                                           \
  } while (0)
typedef struct {
  gint64 end_us;
  guint source;
} GuiDeadline;
GuiDeadline gui_deadline_new (void);
gboolean gui_deadline_iterate (GuiDeadline *deadline);
void gui_deadline_clear (GuiDeadline *deadline);

typedef struct {
  OdlApplication *application;
  OdlWindow *window;
  OdlPanel *panel;       /* the one shown */
} Gui;

/* Starts the application and waits for a drawn window at rest. Exits with 77 where there is no display. */
void gui_start (Gui *gui, int *argc, char ***argv);
/* Destroys the window, whatever is unsaved, and gives everything back. */
void gui_stop (Gui *gui);
/* A folder of files, and the files. */
void gui_remove_folder (const char *path);
/* Everything posted is answered, nothing is busy, and the answer is drawn. */
void gui_settle (Gui *gui);
/* New session, by the action, without a question. */
void gui_reset (Gui *gui);

/* ---- Hands ---- */
void gui_move (GtkWidget *widget, double x, double y);
void gui_button (guint button, gboolean down);
void gui_click (GtkWidget *widget, double x, double y, guint button, KeySym modifier);
void gui_click_middle (GtkWidget *widget);
void gui_drag (GtkWidget *widget, double x0, double y0, double x1, double y1, guint button, KeySym modifier);
void gui_wheel (GtkWidget *widget, double x, double y, int clicks);
void gui_key (KeySym modifier, KeySym key);
void gui_hold (KeySym key, gboolean down);
void gui_type (const char *text);
/* Into the entry of a setting, with Return, in sight or not. */
void gui_enter (Gui *gui, const char *key, const char *text);
/* A button of the panel's controls, by the keyboard. */
void gui_press (Gui *gui, const char *label);
/* Gives the window, or another one, the focus, as a window manager does when windows come and go. */
void gui_focus (Gui *gui);
void gui_focus_on (GtkWidget *window);
/* Waits until the focused entry of a window holds this text. */
void gui_wait_text (GtkWidget *window, const char *text);
/* Does what a window manager does with the window's wish to fill the screen (or not): waits for it, and grants it. */
void gui_manage_fullscreen (Gui *gui, gboolean fill);
/* The pointer leaves the plots. */
void gui_park (Gui *gui);

/* ---- Finding ---- */
GtkWidget *gui_plot (Gui *gui, const char *id);
/* A pixel, of a net of them, under which there is this; of a cell only one that does `deed` to `index`. FALSE: nowhere. */
gboolean gui_find_pick (GtkWidget *plot, OdlPickKind kind, const char *deed, int index, double *px, double *py);
/* Pixel of a data point of a plot with linear axes. */
void gui_pixel_of (GtkWidget *plot, double x, double y, double *px, double *py);
/* First widget below root, depth first, of this type; label NULL: any. Labels lose their mnemonic's underscore. */
GtkWidget *gui_find (GtkWidget *root, GType type, const char *label);
GtkWidget *gui_control (Gui *gui, const char *key, GType type);
const OdlValues *gui_values (Gui *gui);
gboolean gui_text_is (Gui *gui, const char *key, const char *text);

/* ---- Actions and pixels ---- */
void gui_act (Gui *gui, const char *action, GVariant *argument);
/* Another panel, settled. */
void gui_show (Gui *gui, const char *panel);
/* A setting from its text, by the action. */
void gui_put (Gui *gui, const char *key, const char *text);
/* A file falls on the window. */
void gui_drop (Gui *gui, const char *path);
gboolean gui_enabled (Gui *gui, const char *action);
gboolean gui_state (Gui *gui, const char *action);
/* Pixels of the plot that are near a colour (0xrrggbb). */
guint gui_count (GtkWidget *plot, guint32 rgb, int tolerance);
/* Of the whole texture; free it. */
guint32 *gui_pixels (GdkTexture *texture, int *width, int *height);
/* Waits until the widget's window has drawn a frame. */
void gui_wait_frame (GtkWidget *widget);
