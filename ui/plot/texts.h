/* Texts laid out, kept from one drawing to the next: the numbers at the axes and the names in a legend are the same in most
 * frames, and shaping them costs more than drawing them. Belongs to whoever draws again and again; one thread at a time.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <pango/pangocairo.h>

#include "plot/draw.h"

/* What a layout depends on; the font is the same for all. */
typedef struct {
  const char *text;
  double size, width;           /* px; width 0: as wide as it likes */
  gboolean bold, wrap, whole;   /* whole: glyphs lie on pixels */
} OdlTextKey;

/* A drawing begins: what was not asked for in the last few of them may go. */
void odl_texts_begin (OdlTexts *texts);
/* NULL: there is none; make one and keep it. Owned by `texts`, until the next drawing begins. */
PangoLayout *odl_texts_find (OdlTexts *texts, const OdlTextKey *key);
/* Takes over the reference. */
void odl_texts_keep (OdlTexts *texts, const OdlTextKey *key, PangoLayout *layout);
