/* The controls of a panel, made from the settings of an experiment and kept in step with its frames.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "control.h"

#define ODL_TYPE_CONTROLS (odl_controls_get_type ())
G_DECLARE_FINAL_TYPE (OdlControls, odl_controls, ODL, CONTROLS, GtkWidget)

/* A button of the experiment was pressed. */
typedef void (*OdlControlsPress) (gpointer data, const OdlButton *button);
GtkWidget *odl_controls_new (const OdlExperimentClass *klass, OdlControlPost post, OdlControlsPress press, gpointer data);
void odl_controls_take (OdlControls *controls, const OdlFrame *frame);
/* The control of a key; NULL: no such key. */
const OdlControl *odl_controls_find (OdlControls *controls, const char *key);
