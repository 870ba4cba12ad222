/* The text of a lesson, read into blocks.
 * SPDX-License-Identifier: MIT
 *
 * A line "# …" is the title, "## …" a heading, "- …" an item, lines indented by four spaces are a formula,
 * "[Title](try: key=value; key=value)" on a line of its own is a button; other lines up to an empty one are a paragraph. */
#pragma once

#include <glib.h>

typedef enum {
  ODL_BLOCK_TITLE, ODL_BLOCK_HEADING, ODL_BLOCK_PARAGRAPH, ODL_BLOCK_ITEM, ODL_BLOCK_FORMULA, ODL_BLOCK_TRY,
} OdlBlockKind;
typedef struct {
  OdlBlockKind kind;
  char *text;          /* of a button: its title */
  char *call;          /* of a button: what stands after "try:" */
} OdlBlock;

/* Array of OdlBlock *. */
GPtrArray *odl_lesson_parse (const char *text);

/* One assignment of a button; key "run" with value NULL starts running. */
typedef struct {
  char *key, *value;
} OdlTrial;
/* Splits "key=value; key=value". A part that does not begin with one of `keys` (NULL-terminated) belongs to the value
 * before it, so that equations may hold semicolons. Array of OdlTrial *. */
GPtrArray *odl_lesson_trials (const char *call, const char *const *keys);
