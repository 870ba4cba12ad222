/* Three panes: something in the middle, and at each side a pane that can be folded. On a narrow window a side pane lies over the
 * middle as a sheet instead of beside it.
 * SPDX-License-Identifier: MIT
 *
 * Signal "changed" (): a side was shown or hidden, or the width crossed the border between wide and narrow. */
#pragma once

#include <gtk/gtk.h>

#define ODL_TYPE_SIDES (odl_sides_get_type ())
G_DECLARE_FINAL_TYPE (OdlSides, odl_sides, ODL, SIDES, GtkWidget)

typedef enum { ODL_SIDE_START, ODL_SIDE_END } OdlSide;

/* Takes the three. On a wide window both sides are shown at first, on a narrow one neither. */
GtkWidget *odl_sides_new (GtkWidget *start, GtkWidget *middle, GtkWidget *end);
/* For the width at hand: wide and narrow remember their own. */
void odl_sides_show (OdlSides *sides, OdlSide side, gboolean shown);
gboolean odl_sides_is_shown (OdlSides *sides, OdlSide side);
gboolean odl_sides_is_narrow (OdlSides *sides);
/* What is shown when wide, whatever the width is now. */
void odl_sides_show_wide (OdlSides *sides, OdlSide side, gboolean shown);
gboolean odl_sides_is_shown_wide (OdlSides *sides, OdlSide side);
