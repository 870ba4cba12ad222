/* Words taken down while a page is drawn, for file formats that can hold text as text.
 * SPDX-License-Identifier: MIT
 *
 * An exporter hangs a record on its cairo_t. From then on odl_canvas_text draws, in place of glyphs, a mark one pixel
 * wide whose colour is the text's number, and notes text, place and style here. The exporter finds the marks in the
 * file and puts text elements there, so words keep their order among the shapes. */
#pragma once

#include <cairo.h>
#include <glib.h>

#include "plot/palette.h"

typedef struct {
  char *text, *family;
  cairo_matrix_t matrix;        /* of the baseline's start at (0, 0) */
  double size, width;           /* px */
  gboolean bold;
  OdlRgb color;
  double alpha;
} OdlTextEntry;

/* The opacity of a mark; nothing else may be drawn with it. */
#define ODL_TEXT_MARK_ALPHA (3.0 / 255)

GPtrArray *odl_text_record_attach (cairo_t *cr);
GPtrArray *odl_text_record_of (cairo_t *cr);
void odl_text_record_add (GPtrArray *record, cairo_t *cr, const OdlTextEntry *entry);
