/* A control: one row of an experiment's settings as a widget. The base that every kind shares.
 * SPDX-License-Identifier: MIT
 *
 * A control posts values that are acceptable and keeps what was typed when it is not, with the sentence about it underneath.
 * A frame from before the last post does not move it: the hand is ahead of the worker. */
#pragma once

#include <gtk/gtk.h>
#include "experiment.h"

/* Posts a value; returns the number of the command. */
typedef guint64 (*OdlControlPost) (gpointer data, guint setting, const OdlValue *value);

typedef struct _OdlControl OdlControl;
struct _OdlControl {
  const OdlSetting *setting;
  guint index;
  GtkWidget *root;             /* title, widget, sentence; owned by whoever it is added to */
  GtkWidget *head;             /* the line of the title: kinds put small things at its end */
  GtkWidget *title;
  GtkWidget *sentence;         /* what is wrong */
  OdlControlPost post;
  gpointer post_data;
  guint64 sent;                /* number of the last command posted */
  gboolean has_shown, showing; /* showing: changes of the widget are ours, not the hand's */
  OdlValue shown;
  char *wrong;                 /* what the hand typed is not acceptable, and why; NULL: it is */
  /* Of the kind: puts a value into the widget; follows what else a frame says (nullable); gives its own parts back. */
  void (*show) (OdlControl *control, const OdlValue *value);
  void (*follow) (OdlControl *control, const OdlFrame *frame);
  void (*clear) (OdlControl *control);
};

/* Fills the base; `size` is that of the kind's own struct, which begins with an OdlControl. */
OdlControl *odl_control_new (gsize size, const OdlSetting *setting, guint index);
void odl_control_free (OdlControl *control);
/* Names the widget to the title's mnemonic and to screen readers, gives it the help as tooltip, and adds it. */
void odl_control_add (OdlControl *control, GtkWidget *widget);
void odl_control_label (OdlControl *control, GtkWidget *widget);
/* The hand made this value. */
void odl_control_send (OdlControl *control, const OdlValue *value);
/* The hand typed this text: sent if it parses, complained about if not. TRUE: it parsed. */
gboolean odl_control_send_text (OdlControl *control, const char *text);
/* A frame came. */
void odl_control_take (OdlControl *control, const OdlFrame *frame);

/* The kinds. */
OdlControl *odl_control_switch_new (const OdlSetting *setting, guint index);
OdlControl *odl_control_number_new (const OdlSetting *setting, guint index);
OdlControl *odl_control_choice_new (const OdlSetting *setting, guint index);
OdlControl *odl_control_choices_new (const OdlSetting *setting, guint index);
OdlControl *odl_control_text_new (const OdlSetting *setting, guint index);
OdlControl *odl_control_editor_new (const OdlSetting *setting, guint index);
OdlControl *odl_control_parameters_new (const OdlSetting *setting, guint index);
OdlControl *odl_control_new_for (const OdlSetting *setting, guint index);
