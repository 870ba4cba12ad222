/* The parser of one expression, shared by equations, assignments and plain expressions.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/expression-tokens.h"
#include "graph/graph.h"

typedef enum {
  ODL_SYMBOL_INPUT,      /* row `index` of the input "y" */
  ODL_SYMBOL_PARAMETER,  /* θ[index] */
  ODL_SYMBOL_TIME,       /* the input "t" */
  ODL_SYMBOL_NUMBER,     /* pi, e */
  ODL_SYMBOL_FUNCTION,   /* sin … */
  ODL_SYMBOL_DERIVATIVE, /* dx, where x is a state: not a value */
} OdlSymbolKind;

typedef struct {
  OdlSymbolKind kind;
  guint index; /* row, θ index, or index in the table of functions */
  double value;
  OdlNode node; /* made at first use */
} OdlSymbol;

typedef struct {
  const OdlToken *first, *token; /* of the text; the next one */
  OdlGraph *graph;
  OdlNode t, y;          /* the inputs; y may be none */
  GHashTable *symbols;   /* name → OdlSymbol */
  GPtrArray *parameters; /* names in order of first use */
  guint max_parameters;
  gboolean open; /* unknown names become parameters */
  guint depth;
  GError **error; /* set once something failed */
} OdlParser;

/* Makes the graph with inputs "t" (1) and, when n_inputs > 0, "y" (n_inputs), and the
 * symbols t, pi, e and the functions. */
void odl_parser_init (OdlParser *parser, const OdlToken *tokens, guint n_inputs,
                      GError **error);
void odl_parser_clear (OdlParser *parser);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OdlParser, odl_parser_clear)

OdlSymbol *
odl_parser_add (OdlParser *parser, const char *name, OdlSymbolKind kind, guint index);
const OdlSymbol *odl_parser_find (const OdlParser *parser, const char *name);
/* Adds a parameter with the next index; NULL with the error set at `token` when there
 * are too many. */
OdlSymbol *odl_parser_add_parameter (OdlParser *parser, const OdlToken *token);

/* Reads one expression up to the first token that cannot continue it, which must be
 * `closing` (a symbol), a break or the end. One row. ODL_NODE_NONE with the error set.
 */
OdlNode odl_parser_expression (OdlParser *parser, char closing);
/* Whether a node is a known number; folds arithmetic on numbers. */
gboolean odl_parser_is_number (const OdlParser *parser, OdlNode node, double *value);

/* Sets the error "line L, column C: …" at a token, unless it is set; a BAD token speaks
 * for itself. Returns ODL_NODE_NONE. */
OdlNode odl_parser_fail (OdlParser *parser, const OdlToken *token, const char *format,
                         ...) G_GNUC_PRINTF (3, 4);
/* The same with "expected WHAT after the token before, found …" at the next token. */
OdlNode odl_parser_expected (OdlParser *parser, const char *what);
