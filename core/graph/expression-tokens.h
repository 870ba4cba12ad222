/* Text → tokens, for the expression parser.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef enum {
  ODL_TOKEN_END,
  ODL_TOKEN_BREAK, /* ; or the end of a line */
  ODL_TOKEN_NUMBER,
  ODL_TOKEN_NAME,
  ODL_TOKEN_SYMBOL, /* one of + - * / ^ ( ) , = : */
  ODL_TOKEN_BAD,    /* what follows cannot be read; `text` is the sentence */
} OdlTokenKind;

typedef struct {
  OdlTokenKind kind;
  char symbol;        /* of SYMBOL and BREAK ('\n' for the end of a line) */
  guint line, column; /* from 1, in characters */
  const char *text;   /* as typed, long numbers shortened; for messages and names */
  double value;       /* of NUMBER: finite */
} OdlToken;

typedef struct {
  GArray *tokens; /* of OdlToken; the last is END */
  GStringChunk *strings;
} OdlTokens;

/* Reads all of `text`; never fails: what it cannot read becomes a BAD token, the last
 * but END. Time and memory are linear in the length. */
OdlTokens *odl_tokens_read (const char *text, gsize length);
void odl_tokens_free (OdlTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlTokens, odl_tokens_free)
/* The token as a message shows it. */
const char *odl_token_describe (const OdlToken *token);
