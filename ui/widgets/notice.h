/* A notice above the content: a sentence that stays until it is closed, with up to two buttons.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

#define ODL_TYPE_NOTICE (odl_notice_get_type ())
G_DECLARE_FINAL_TYPE (OdlNotice, odl_notice, ODL, NOTICE, GtkWidget)

GtkWidget *odl_notice_new (void);
/* Nothing is offered but to close it. The same text as one that was closed stays closed. */
void odl_notice_say (OdlNotice *notice, const char *text);
typedef void (*OdlNoticeAnswer) (gpointer data);
/* Offers two ways; either one, and closing (which is the second), takes it away. */
void odl_notice_offer (OdlNotice *notice, const char *text, const char *yes, const char *no, OdlNoticeAnswer on_yes,
                       OdlNoticeAnswer on_no, gpointer data);
void odl_notice_hide (OdlNotice *notice);
/* The sentence that is shown, or NULL. */
const char *odl_notice_get_text (OdlNotice *notice);
/* As if a button had been pressed. */
void odl_notice_answer (OdlNotice *notice, gboolean yes);
