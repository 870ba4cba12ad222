/* Draws the layers of a plot onto its axes.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/scene.h"

/* One layer, by its kind. The clip is set by the caller. */
void odl_layer_draw (OdlScene *scene, const OdlLayer *layer);

void odl_layer_draw_line (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_band (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_region (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_markers (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_arrows (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_bars (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_rule (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_words (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_cloud (OdlScene *scene, const OdlLayer *layer);
void odl_layer_draw_heat (OdlScene *scene, const OdlLayer *layer);
/* The bar beside the axes that explains the colours. */
void odl_layer_draw_bar (OdlScene *scene);
/* The cube and all its layers. */
void odl_three_draw (OdlScene *scene);
void odl_table_draw (OdlScene *scene);
/* The cell of a table at a point; FALSE: none. */
gboolean odl_table_find (OdlScene *scene, double px, double py, guint *row, guint *column);
