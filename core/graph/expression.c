/* Equations, assignments and plain expressions: what statements mean.
 * SPDX-License-Identifier: MIT
 *
 * The text is read twice. The first pass looks only at how statements begin, so that
 * the names of the states are known before any right side is read: `dx =` makes x a
 * state wherever it stands. The second pass parses the right sides in order and reports
 * the first thing that is wrong, so that a message is about the place a reader reaches
 * first.
 */
#include "graph/expression.h"

#include <math.h>
#include <string.h>
#include "graph/expression-parser.h"

#define MAX_STATES     64
#define MAX_PARAMETERS 64

/* A statement NAME = …; `left` is its first token, whether or not it is well formed. */
typedef enum { STATEMENT_BAD, STATEMENT_EQUATION, STATEMENT_ASSIGNMENT } StatementKind;
typedef struct {
  const OdlToken *left;
  StatementKind kind;
} Statement;

static const OdlToken *
first_token (const OdlTokens *tokens)
{
  return &g_array_index (tokens->tokens, OdlToken, 0);
}

static gboolean
is_symbol (const OdlToken *token, char symbol)
{
  return token->kind == ODL_TOKEN_SYMBOL && token->symbol == symbol;
}

static gboolean
ends_statement (const OdlToken *token)
{
  return token->kind == ODL_TOKEN_BREAK || token->kind == ODL_TOKEN_END;
}

/* The statements that are not empty. */
static GArray *
find_statements (const OdlTokens *tokens)
{
  GArray *statements = g_array_new (FALSE, FALSE, sizeof (Statement));
  for (const OdlToken *token = first_token (tokens);; token++) {
    Statement statement = { token, STATEMENT_BAD };
    if (token->kind == ODL_TOKEN_NAME && is_symbol (token + 1, '='))
      statement.kind = STATEMENT_ASSIGNMENT;
    if (!ends_statement (token))
      g_array_append_val (statements, statement);
    while (!ends_statement (token))
      token++;
    if (token->kind == ODL_TOKEN_END)
      return statements;
  }
}

/* The names that stand on right sides. */
static GHashTable *
find_used_names (const OdlTokens *tokens)
{
  GHashTable *used = g_hash_table_new (g_str_hash, g_str_equal);
  for (const OdlToken *token = first_token (tokens); token->kind != ODL_TOKEN_END;
       token++)
    if (token->kind == ODL_TOKEN_NAME && !is_symbol (token + 1, '='))
      g_hash_table_add (used, (gpointer)token->text);
  return used;
}

/* Whether NAME = … is the equation of a state: see OdlEquations. */
static gboolean
is_equation (const OdlParser *parser, const char *name, GHashTable *used)
{
  const char *state = name + 1;
  if (name[0] != 'd' || !(g_ascii_isalpha (*state) || *state == '_'))
    return FALSE;
  const OdlSymbol *symbol = odl_parser_find (parser, state);
  gboolean reserved = symbol && symbol->kind != ODL_SYMBOL_INPUT;
  return !g_hash_table_contains (used, name)
         || (!reserved && g_hash_table_contains (used, state));
}

static const char *
describe_reserved (const OdlSymbol *symbol)
{
  if (symbol->kind == ODL_SYMBOL_TIME)
    return "time";
  if (symbol->kind == ODL_SYMBOL_DERIVATIVE)
    return "the derivative of a state";
  return symbol->kind == ODL_SYMBOL_NUMBER ? "a number" : "a function";
}

/* Parses `NAME =` and the expression behind it. */
static OdlNode
parse_right_side (OdlParser *parser)
{
  const OdlToken *left = parser->token;
  parser->token++;
  if (left->kind != ODL_TOKEN_NAME) {
    parser->token = left;
    return odl_parser_expected (parser, "a name and =");
  }
  if (!is_symbol (parser->token, '='))
    return odl_parser_expected (parser, "=");
  parser->token++;
  return odl_parser_expression (parser, 0);
}

/* Equations being read. */
typedef struct {
  OdlParser parser;
  GArray *statements;
  GPtrArray *states; /* names */
  OdlNode right[MAX_STATES];
  const OdlToken *at[MAX_STATES];
  double defaults[MAX_PARAMETERS];
  const OdlToken *given[MAX_PARAMETERS]; /* where a default is given */
} Reader;

static gboolean
refuse_state (Reader *reader, const OdlToken *left, const OdlSymbol *taken)
{
  OdlParser *parser = &reader->parser;
  const char *state = left->text + 1;
  if (taken && taken->kind == ODL_SYMBOL_INPUT)
    odl_parser_fail (parser, left, "%s has an equation already, in line %u", state,
                     reader->at[taken->index]->line);
  else if (taken)
    odl_parser_fail (parser, left, "%s is %s and cannot be a state", state,
                     describe_reserved (taken));
  else
    odl_parser_fail (parser, left, "%s is one state too many: at most %d are accepted",
                     state, MAX_STATES);
  return FALSE;
}

/* Makes x a state of the equation dx = …; what cannot be a state stays a statement that
 * the second pass refuses. */
static void
declare_state (Reader *reader, Statement *statement)
{
  OdlParser *parser = &reader->parser;
  const char *name = statement->left->text;
  statement->kind = STATEMENT_EQUATION;
  if (odl_parser_find (parser, name + 1) || reader->states->len == MAX_STATES)
    return;
  guint index = reader->states->len;
  reader->at[index] = statement->left;
  g_ptr_array_add (reader->states, (gpointer)(name + 1));
  odl_parser_add (parser, name + 1, ODL_SYMBOL_INPUT, index);
  if (!odl_parser_find (parser, name))
    odl_parser_add (parser, name, ODL_SYMBOL_DERIVATIVE, index);
}

static void
declare_states (Reader *reader, const OdlTokens *tokens)
{
  g_autoptr (GHashTable) used = find_used_names (tokens);
  for (guint i = 0; i < reader->statements->len; i++) {
    Statement *statement = &g_array_index (reader->statements, Statement, i);
    if (statement->kind == STATEMENT_ASSIGNMENT
        && is_equation (&reader->parser, statement->left->text, used))
      declare_state (reader, statement);
  }
}

static gboolean
read_equation (Reader *reader, const OdlToken *left)
{
  OdlParser *parser = &reader->parser;
  const OdlSymbol *symbol = odl_parser_find (parser, left->text + 1);
  if (!symbol || symbol->kind != ODL_SYMBOL_INPUT || reader->at[symbol->index] != left)
    return refuse_state (reader, left, symbol);
  OdlNode value = parse_right_side (parser);
  reader->right[symbol->index] = value;
  return value >= 0;
}

/* The parameter that `left` gives a default to, or NULL with the error set. */
static const OdlSymbol *
find_parameter (Reader *reader, const OdlToken *left)
{
  OdlParser *parser = &reader->parser;
  const OdlSymbol *symbol = odl_parser_find (parser, left->text);
  if (!symbol)
    return odl_parser_add_parameter (parser, left);
  if (symbol->kind == ODL_SYMBOL_INPUT)
    odl_parser_fail (parser, left,
                     "%s is a state: its equation is d%s = …, its start is set apart",
                     left->text, left->text);
  else if (symbol->kind != ODL_SYMBOL_PARAMETER)
    odl_parser_fail (parser, left, "%s is %s and cannot be given a value", left->text,
                     describe_reserved (symbol));
  else if (reader->given[symbol->index])
    odl_parser_fail (parser, left, "%s has a value already, in line %u", left->text,
                     reader->given[symbol->index]->line);
  else
    return symbol;
  return NULL;
}

static gboolean
read_default (Reader *reader, const OdlToken *left)
{
  OdlParser *parser = &reader->parser;
  const OdlSymbol *symbol = find_parameter (reader, left);
  if (!symbol)
    return FALSE;
  guint index = symbol->index;
  OdlNode value = parse_right_side (parser);
  if (value < 0)
    return FALSE;
  double *number = &reader->defaults[index];
  if (!odl_parser_is_number (parser, value, number))
    odl_parser_fail (parser, left + 2,
                     "%s is a parameter: its value must be a number; an equation is "
                     "written d%s = …",
                     left->text, left->text);
  else if (!isfinite (*number))
    odl_parser_fail (parser, left + 2, "the value of %s is not finite", left->text);
  reader->given[index] = left;
  return *parser->error == NULL;
}

/* Right sides in order; FALSE with the first thing that is wrong. */
static gboolean
read_statements (Reader *reader)
{
  OdlParser *parser = &reader->parser;
  for (guint i = 0; i < reader->statements->len; i++) {
    const Statement *statement = &g_array_index (reader->statements, Statement, i);
    parser->token = statement->left;
    gboolean good;
    if (statement->kind == STATEMENT_EQUATION)
      good = read_equation (reader, statement->left);
    else if (statement->kind == STATEMENT_ASSIGNMENT)
      good = read_default (reader, statement->left);
    else
      good = parse_right_side (parser) >= 0;
    if (!good)
      return FALSE;
  }
  if (reader->states->len > 0)
    return TRUE;
  odl_parser_fail (parser, parser->first, "expected an equation such as dx = -x");
  return FALSE;
}

static char **
copy_names (const GPtrArray *names)
{
  char **copy = g_new0 (char *, names->len + 1);
  for (guint i = 0; i < names->len; i++)
    copy[i] = g_strdup (names->pdata[i]);
  return copy;
}

static OdlNode
stack (OdlGraph *graph, const OdlNode *rows, guint n)
{
  OdlNode all = rows[0];
  for (guint i = 1; i < n; i++)
    all = odl_graph_concat (graph, all, rows[i]);
  return all;
}

static OdlEquations *
finish (Reader *reader)
{
  OdlParser *parser = &reader->parser;
  OdlEquations *equations = g_new0 (OdlEquations, 1);
  equations->n_states = reader->states->len;
  equations->n_parameters = parser->parameters->len;
  equations->states = copy_names (reader->states);
  equations->parameters = copy_names (parser->parameters);
  equations->defaults = g_new (double, equations->n_parameters + 1);
  for (guint i = 0; i < equations->n_parameters; i++)
    equations->defaults[i] = reader->given[i] ? reader->defaults[i] : 1;
  OdlNode dy = stack (parser->graph, reader->right, equations->n_states);
  odl_graph_output (parser->graph, "dy", dy);
  equations->graph = g_steal_pointer (&parser->graph);
  return equations;
}

/* The tokens of a text, or NULL with the error set when it is too long. */
static OdlTokens *
read_tokens (const char *text, GError **error)
{
  gsize length = strnlen (text, ODL_EQUATIONS_MAX + 1);
  if (length <= ODL_EQUATIONS_MAX)
    return odl_tokens_read (text, length);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "the text is too long: at most %d bytes are accepted",
               ODL_EQUATIONS_MAX);
  return NULL;
}

OdlEquations *
odl_equations_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL && (error == NULL || *error == NULL), NULL);
  g_autoptr (OdlTokens) tokens = read_tokens (text, error);
  if (!tokens)
    return NULL;
  g_autoptr (GError) fault = NULL;
  g_autofree Reader *reader = g_new0 (Reader, 1);
  reader->statements = find_statements (tokens);
  reader->states = g_ptr_array_new ();
  odl_parser_init (&reader->parser, first_token (tokens), 0, &fault);
  reader->parser.open = TRUE;
  reader->parser.max_parameters = MAX_PARAMETERS;
  declare_states (reader, tokens);
  if (reader->states->len > 0)
    reader->parser.y = odl_graph_input (reader->parser.graph, "y", reader->states->len);
  OdlEquations *equations = read_statements (reader) ? finish (reader) : NULL;
  odl_parser_clear (&reader->parser);
  g_array_unref (reader->statements);
  g_ptr_array_unref (reader->states);
  if (fault)
    g_propagate_error (error, g_steal_pointer (&fault));
  return equations;
}

void
odl_equations_free (OdlEquations *equations)
{
  g_return_if_fail (equations != NULL);
  g_strfreev (equations->states);
  g_strfreev (equations->parameters);
  g_free (equations->defaults);
  odl_graph_free (equations->graph);
  g_free (equations);
}

static guint
count (const char *const *names)
{
  return names ? g_strv_length ((char **)names) : 0;
}

/* A parser of closed expressions in `names` and `parameters`. */
static void
open_parser (OdlParser *parser, const OdlTokens *tokens, const char *const *names,
             const char *const *parameters, GError **error)
{
  odl_parser_init (parser, first_token (tokens), count (names), error);
  for (guint i = 0; i < count (parameters); i++)
    odl_parser_add (parser, parameters[i], ODL_SYMBOL_PARAMETER, i);
  for (guint i = 0; i < count (names); i++)
    odl_parser_add (parser, names[i], ODL_SYMBOL_INPUT, i);
}

OdlGraph *
odl_expression_parse (const char *text, const char *const *names,
                      const char *const *parameters, GError **error)
{
  g_return_val_if_fail (text != NULL && (error == NULL || *error == NULL), NULL);
  g_autoptr (OdlTokens) tokens = read_tokens (text, error);
  if (!tokens)
    return NULL;
  GError *fault = NULL;
  g_auto (OdlParser) parser = { 0 };
  open_parser (&parser, tokens, names, parameters, &fault);
  OdlNode value = odl_parser_expression (&parser, 0);
  while (value >= 0 && parser.token->kind == ODL_TOKEN_BREAK)
    parser.token++;
  if (value >= 0 && parser.token->kind != ODL_TOKEN_END)
    value = odl_parser_expected (&parser, "nothing more");
  if (value < 0) {
    g_propagate_error (error, fault);
    return NULL;
  }
  odl_graph_output (parser.graph, "value", value);
  return g_steal_pointer (&parser.graph);
}

static gboolean
read_assignment (OdlParser *parser, const char *const *targets, OdlNode *values)
{
  const OdlToken *left = parser->token;
  OdlNode value = parse_right_side (parser);
  if (value < 0)
    return FALSE;
  guint i = 0;
  while (targets[i] && strcmp (targets[i], left->text) != 0)
    i++;
  if (!targets[i] || values[i] >= 0) {
    g_autofree char *known = g_strjoinv (" ", (char **)targets);
    odl_parser_fail (parser, left,
                     targets[i] ? "%s has a value already (the names are %s)"
                                : "%s is not a state (the states are %s)",
                     left->text, known);
    return FALSE;
  }
  values[i] = value;
  return TRUE;
}

/* Targets without an assignment: see odl_assignments_parse. */
static gboolean
keep_values (OdlParser *parser, const char *const *targets, OdlNode *values)
{
  for (guint i = 0; targets[i]; i++) {
    const OdlSymbol *symbol = odl_parser_find (parser, targets[i]);
    if (values[i] >= 0)
      continue;
    if (!symbol || symbol->kind != ODL_SYMBOL_INPUT) {
      odl_parser_fail (parser, parser->token, "expected %s = …, found the end",
                       targets[i]);
      return FALSE;
    }
    values[i] = odl_graph_slice (parser->graph, parser->y, symbol->index, 1);
  }
  return TRUE;
}

OdlGraph *
odl_assignments_parse (const char *text, const char *const *targets,
                       const char *const *names, const char *const *parameters,
                       GError **error)
{
  g_return_val_if_fail (text != NULL && count (targets) > 0, NULL);
  g_autoptr (OdlTokens) tokens = read_tokens (text, error);
  if (!tokens)
    return NULL;
  GError *fault = NULL;
  g_auto (OdlParser) parser = { 0 };
  open_parser (&parser, tokens, names, parameters, &fault);
  guint n = count (targets);
  g_autofree OdlNode *values = g_new (OdlNode, n);
  for (guint i = 0; i < n; i++)
    values[i] = ODL_NODE_NONE;
  gboolean good = TRUE;
  while (good && parser.token->kind != ODL_TOKEN_END)
    if (parser.token->kind == ODL_TOKEN_BREAK)
      parser.token++;
    else
      good = read_assignment (&parser, targets, values);
  if (!good || !keep_values (&parser, targets, values)) {
    g_propagate_error (error, fault);
    return NULL;
  }
  odl_graph_output (parser.graph, "value", stack (parser.graph, values, n));
  return g_steal_pointer (&parser.graph);
}

gboolean
odl_number_parse (const char *text, double *value, GError **error)
{
  g_return_val_if_fail (text != NULL && value != NULL, FALSE);
  g_autoptr (OdlTokens) tokens = read_tokens (text, error);
  if (!tokens)
    return FALSE;
  GError *fault = NULL;
  g_auto (OdlParser) parser = { 0 };
  open_parser (&parser, tokens, NULL, NULL, &fault);
  OdlNode node = odl_parser_expression (&parser, 0);
  if (node >= 0 && parser.token->kind != ODL_TOKEN_END)
    node = odl_parser_expected (&parser, "nothing more");
  if (node >= 0 && (!odl_parser_is_number (&parser, node, value) || !isfinite (*value)))
    node = odl_parser_fail (&parser, parser.first, "expected a finite number");
  if (node < 0)
    g_propagate_error (error, fault);
  return node >= 0;
}
