/* What the files of the window share.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "memory.h"
#include "window.h"

/* What was asked for and waits for an answer about unsaved work. */
typedef enum { ODL_NEXT_NOTHING, ODL_NEXT_BEGIN, ODL_NEXT_OPEN, ODL_NEXT_CLOSE } OdlNext;

struct _OdlWindow {
  AdwApplicationWindow parent_instance;
  OdlWorker *worker;
  OdlDocument *document;
  GPtrArray *panels;         /* of OdlPanel, in the order of the registry; owned by the stack */
  GtkWidget *stack, *switcher, *bar, *head, *head_stack, *title, *name, *toasts, *notice;
  GMenu *recent;
  guint wake_id, tick_id, rest_id;
  gint64 taken_us, taken_computed_us; /* when the last frame was taken, and what this thread had computed by then */
  OdlNext next;
  char *next_path;
  GtkWidget *question;
  gboolean closing;
  OdlMemory memory;
};

void odl_window_say (OdlWindow *window, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Brings actions, title and switchers up to date. */
void odl_window_update (OdlWindow *window);
guint odl_window_shown_index (OdlWindow *window);
void odl_window_show_panel (OdlWindow *window, const char *id);
json_t *odl_window_save_view (OdlWindow *window);
void odl_window_load_view (OdlWindow *window, const json_t *view);

/* window-frames.c */
/* The worker's file descriptor can be read. */
gboolean odl_window_wake (int fd, GIOCondition condition, gpointer window);
/* The window has a frame clock. */
void odl_window_join_clock (OdlWindow *window);
/* There is a frame of the shown panel, or will be. */
void odl_window_watch_frames (OdlWindow *window);

/* window-actions.c */
void odl_window_add_actions (OdlWindow *window);
void odl_window_update_actions (OdlWindow *window);

/* window-files.c */
void odl_window_begin (OdlWindow *window);
void odl_window_ask_open (OdlWindow *window);
void odl_window_save (OdlWindow *window);
void odl_window_ask_save (OdlWindow *window);
void odl_window_save_to (OdlWindow *window, const char *path);
void odl_window_ask_import (OdlWindow *window);
void odl_window_import (OdlWindow *window, const char *path);
void odl_window_drop (OdlWindow *window, GSList *files);
void odl_window_list_recent (OdlWindow *window);
void odl_window_offer_recovery (OdlWindow *window);
/* TRUE: it may be closed now. FALSE: asks, and closes after the answer. */
gboolean odl_window_may_close (OdlWindow *window);

/* window-export.c */
void odl_window_ask_export (OdlWindow *window, const char *plot);
void odl_window_export_to (OdlWindow *window, const char *plot, const char *path, double scale);
