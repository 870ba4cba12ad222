/* Recursive descent over the tokens of one expression. SPDX-License-Identifier: MIT
 *
 *   sum     = product { (+ | -) product }
 *   product = unary { (* | /) unary }
 *   unary   = - unary | power
 *   power   = primary [ ^ unary ]            so -x^2 = -(x^2) and a^b^c = a^(b^c)
 *   primary = number | name | name ( sum { , sum } ) | ( sum )
 *
 * Every recursion passes through `unary`, which counts the depth, so that the stack is
 * bounded; each token is read once, so that the time is linear. Operations on known
 * numbers are carried out here: an exponent written 1/2 or -3 is then a number, and
 * whole powers become products, which are right for negative bases too. */
#include "graph/expression-parser.h"

#include <math.h>
#include <string.h>
#include "base/status.h"

#define MAX_DEPTH      200
#define MAX_OPERATIONS 4096 /* a field of so many is made in some 20 ms */
#define MAX_POWER      1024 /* largest whole exponent made into products */
#define VALUE_EXPECTED "a number, a name or ("

/* Functions of one argument, and those of two or more. `fold` gives the value at known
 * numbers. */
static const struct {
  const char *name;
  OdlOp op;
  double (*fold) (double);
  double (*fold_pair) (double, double);
} functions[] = {
  { "sin", ODL_OP_SIN, sin, NULL },    { "cos", ODL_OP_COS, cos, NULL },
  { "tan", ODL_OP_TAN, tan, NULL },    { "asin", ODL_OP_ASIN, asin, NULL },
  { "acos", ODL_OP_ACOS, acos, NULL }, { "atan", ODL_OP_ATAN, atan, NULL },
  { "sinh", ODL_OP_SINH, sinh, NULL }, { "cosh", ODL_OP_COSH, cosh, NULL },
  { "tanh", ODL_OP_TANH, tanh, NULL }, { "exp", ODL_OP_EXP, exp, NULL },
  { "log", ODL_OP_LOG, log, NULL },    { "sqrt", ODL_OP_SQRT, sqrt, NULL },
  { "abs", ODL_OP_ABS, fabs, NULL },   { "sign", ODL_OP_SIGN, NULL, NULL },
  { "step", ODL_OP_STEP, NULL, NULL }, { "min", ODL_OP_MIN, NULL, fmin },
  { "max", ODL_OP_MAX, NULL, fmax },
};

/* What people of other languages write. */
static const struct {
  const char *wrong, *right;
} habits[] = {
  { "ln", "log" },
  { "arcsin", "asin" },
  { "arccos", "acos" },
  { "arctan", "atan" },
  { "tg", "tan" },
  { "fabs", "abs" },
  { "sgn", "sign" },
  { "heaviside", "step" },
  { "pow", "the operator ^" },
  { "log10", "log (…)/log (10)" },
  { "square", "the operator ^" },
};

OdlNode
odl_parser_fail (OdlParser *parser, const OdlToken *token, const char *format, ...)
{
  if (parser->error == NULL || *parser->error != NULL)
    return ODL_NODE_NONE;
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *sentence = token->kind == ODL_TOKEN_BAD
                                  ? g_strdup (token->text)
                                  : g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (parser->error, ODL_ERROR, ODL_ERROR_INVALID, "line %u, column %u: %s",
               token->line, token->column, sentence);
  return ODL_NODE_NONE;
}

OdlNode
odl_parser_expected (OdlParser *parser, const char *what)
{
  const OdlToken *token = parser->token;
  const char *found = odl_token_describe (token);
  if (token == parser->first || token[-1].kind == ODL_TOKEN_BREAK)
    return odl_parser_fail (parser, token, "expected %s, found %s", what, found);
  return odl_parser_fail (parser, token, "expected %s after %s, found %s", what,
                          odl_token_describe (token - 1), found);
}

static gboolean
next_is (const OdlParser *parser, char symbol)
{
  return parser->token->kind == ODL_TOKEN_SYMBOL && parser->token->symbol == symbol;
}

static gboolean
accept (OdlParser *parser, char symbol)
{
  if (!next_is (parser, symbol))
    return FALSE;
  parser->token++;
  return TRUE;
}

void
odl_parser_init (OdlParser *parser, const OdlToken *tokens, guint n_inputs,
                 GError **error)
{
  *parser = (OdlParser){
    .first = tokens, .token = tokens, .error = error, .y = ODL_NODE_NONE
  };
  parser->graph = odl_graph_new ();
  parser->t = odl_graph_input (parser->graph, "t", 1);
  if (n_inputs > 0)
    parser->y = odl_graph_input (parser->graph, "y", n_inputs);
  parser->symbols = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  parser->parameters = g_ptr_array_new ();
  parser->max_parameters = G_MAXUINT;
  odl_parser_add (parser, "t", ODL_SYMBOL_TIME, 0)->node = parser->t;
  odl_parser_add (parser, "pi", ODL_SYMBOL_NUMBER, 0)->value = G_PI;
  odl_parser_add (parser, "e", ODL_SYMBOL_NUMBER, 0)->value = G_E;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    odl_parser_add (parser, functions[i].name, ODL_SYMBOL_FUNCTION, i);
}

void
odl_parser_clear (OdlParser *parser)
{
  g_clear_pointer (&parser->graph, odl_graph_free);
  g_clear_pointer (&parser->symbols, g_hash_table_unref);
  g_clear_pointer (&parser->parameters, g_ptr_array_unref);
}

OdlSymbol *
odl_parser_add (OdlParser *parser, const char *name, OdlSymbolKind kind, guint index)
{
  OdlSymbol *symbol = g_new0 (OdlSymbol, 1);
  *symbol = (OdlSymbol){ .kind = kind, .index = index, .node = ODL_NODE_NONE };
  g_hash_table_replace (parser->symbols, (gpointer)name, symbol);
  return symbol;
}

const OdlSymbol *
odl_parser_find (const OdlParser *parser, const char *name)
{
  return g_hash_table_lookup (parser->symbols, name);
}

OdlSymbol *
odl_parser_add_parameter (OdlParser *parser, const OdlToken *token)
{
  if (parser->parameters->len >= parser->max_parameters) {
    odl_parser_fail (parser, token,
                     "%s is one parameter too many: at most %u are "
                     "accepted",
                     token->text, parser->max_parameters);
    return NULL;
  }
  guint index = parser->parameters->len;
  g_ptr_array_add (parser->parameters, (gpointer)token->text);
  return odl_parser_add (parser, token->text, ODL_SYMBOL_PARAMETER, index);
}

gboolean
odl_parser_is_number (const OdlParser *parser, OdlNode node, double *value)
{
  const OdlOperation *operation = odl_graph_operation (parser->graph, node);
  *value = operation->value;
  return operation->op == ODL_OP_CONSTANT;
}

static OdlNode
number (OdlParser *parser, double value)
{
  return odl_graph_constant (parser->graph, value, 1);
}

static double
fold_pair (OdlOp op, double a, double b)
{
  switch (op) {
  case ODL_OP_ADD:
    return a + b;
  case ODL_OP_SUB:
    return a - b;
  case ODL_OP_MUL:
    return a * b;
  case ODL_OP_DIV:
    return a / b;
  case ODL_OP_MIN:
    return fmin (a, b);
  case ODL_OP_MAX:
    return fmax (a, b);
  default:
    g_assert (op == ODL_OP_POW);
    return pow (a, b);
  }
}

static OdlNode
binary (OdlParser *parser, OdlOp op, OdlNode a, OdlNode b)
{
  double x, y;
  if (odl_parser_is_number (parser, a, &x) && odl_parser_is_number (parser, b, &y))
    return number (parser, fold_pair (op, x, y));
  return odl_graph_binary (parser->graph, op, a, b);
}

static OdlNode
negative (OdlParser *parser, OdlNode a)
{
  double x;
  if (odl_parser_is_number (parser, a, &x))
    return number (parser, -x);
  return odl_graph_unary (parser->graph, ODL_OP_NEG, a);
}

/* x^n by squaring, from the highest bit of n down. */
static OdlNode
whole_power (OdlParser *parser, OdlNode x, guint n)
{
  OdlNode result = x;
  guint bit = 1;
  while (bit <= n / 2)
    bit *= 2;
  for (bit /= 2; bit > 0; bit /= 2) {
    result = odl_graph_unary (parser->graph, ODL_OP_SQUARE, result);
    if (n & bit)
      result = odl_graph_binary (parser->graph, ODL_OP_MUL, result, x);
  }
  return result;
}

static OdlNode
power (OdlParser *parser, OdlNode base, OdlNode exponent)
{
  double x, n;
  if (odl_parser_is_number (parser, base, &x)
      || !odl_parser_is_number (parser, exponent, &n))
    return binary (parser, ODL_OP_POW, base, exponent);
  if (n == 0)
    return number (parser, 1);
  if (n == 0.5)
    return odl_graph_unary (parser->graph, ODL_OP_SQRT, base);
  if (n != floor (n) || fabs (n) > MAX_POWER)
    return binary (parser, ODL_OP_POW, base, exponent);
  OdlNode product = whole_power (parser, base, (guint)fabs (n));
  return n > 0 ? product : odl_graph_unary (parser->graph, ODL_OP_RECIPROCAL, product);
}

/* The number of single-letter changes that make b of a, at most `limit` + 1. */
static guint
distance (const char *a, const char *b)
{
  guint n = strlen (b);
  guint row[80];
  if (n >= G_N_ELEMENTS (row))
    return G_MAXUINT;
  for (guint j = 0; j <= n; j++)
    row[j] = j;
  for (guint i = 1; *a; a++, i++) {
    guint diagonal = row[0];
    row[0] = i;
    for (guint j = 1; j <= n; j++) {
      guint changed = diagonal + (g_ascii_tolower (*a) != g_ascii_tolower (b[j - 1]));
      diagonal = row[j];
      row[j] = MIN (changed, MIN (row[j - 1], row[j]) + 1);
    }
  }
  return row[n];
}

/* " (did you mean sin?)" for a function that is not known, or "". */
static char *
suggest (const char *wrong)
{
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (g_ascii_strcasecmp (habits[i].wrong, wrong) == 0)
      return g_strdup_printf ("; use %s", habits[i].right);
  const char *best = NULL;
  guint least = strlen (wrong) > 3 ? 3 : 2;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    guint far = distance (wrong, functions[i].name);
    if (far < least) {
      least = far;
      best = functions[i].name;
    }
  }
  return best ? g_strdup_printf ("; did you mean %s?", best) : g_strdup ("");
}

static char *
list_functions (void)
{
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    g_string_append_printf (list, "%s%s", i ? " " : "", functions[i].name);
  return g_string_free (list, FALSE);
}

static OdlNode
refuse_call (OdlParser *parser, const OdlToken *name, const OdlSymbol *symbol)
{
  if (symbol)
    return odl_parser_fail (parser, name,
                            "%s is not a function: a product is written %s*(…)",
                            name->text, name->text);
  g_autofree char *hint = suggest (name->text), *known = list_functions ();
  return odl_parser_fail (parser, name, "unknown function %s%s (the functions are %s)",
                          name->text, hint, known);
}

static OdlNode parse_sum (OdlParser *parser);

/* The arguments of function `index`, after its opening parenthesis. */
static OdlNode
parse_arguments (OdlParser *parser, guint index)
{
  gboolean many = functions[index].fold_pair != NULL;
  OdlOp op = functions[index].op;
  OdlNode value = parse_sum (parser);
  double x;
  if (value < 0)
    return value;
  if (many && !next_is (parser, ','))
    return odl_parser_expected (parser, "an operator or a comma");
  while (many && accept (parser, ',')) {
    OdlNode other = parse_sum (parser);
    if (other < 0)
      return other;
    value = binary (parser, op, value, other);
  }
  if (!accept (parser, ')'))
    return odl_parser_expected (parser, many ? "an operator, a comma or )"
                                             : "an operator or )");
  if (many)
    return value;
  if (functions[index].fold && odl_parser_is_number (parser, value, &x))
    return number (parser, functions[index].fold (x));
  return odl_graph_unary (parser->graph, op, value);
}

/* The node of a name that stands for a value. */
static OdlNode
value_of (OdlParser *parser, const OdlToken *name, OdlSymbol *symbol)
{
  if (symbol->kind == ODL_SYMBOL_DERIVATIVE)
    return odl_parser_fail (parser, name,
                            "%s is the derivative of %s and cannot be used as a value",
                            name->text, name->text + 1);
  if (symbol->node >= 0)
    return symbol->node;
  if (symbol->kind == ODL_SYMBOL_NUMBER)
    symbol->node = number (parser, symbol->value);
  else if (symbol->kind == ODL_SYMBOL_INPUT)
    symbol->node = odl_graph_slice (parser->graph, parser->y, symbol->index, 1);
  else
    symbol->node = odl_graph_theta (parser->graph, symbol->index, 1);
  return symbol->node;
}

static OdlNode
refuse_name (OdlParser *parser, const OdlToken *name)
{
  g_autoptr (GList) keys = g_hash_table_get_keys (parser->symbols);
  keys = g_list_sort (keys, (GCompareFunc)strcmp);
  GString *known = g_string_new (NULL);
  for (GList *key = keys; key; key = key->next) {
    const OdlSymbol *symbol = odl_parser_find (parser, key->data);
    if (symbol->kind != ODL_SYMBOL_FUNCTION && symbol->kind != ODL_SYMBOL_DERIVATIVE)
      g_string_append_printf (known, "%s%s", known->len ? " " : "", (char *)key->data);
  }
  odl_parser_fail (parser, name, "unknown name %s (the names are %s)", name->text,
                   known->str);
  g_string_free (known, TRUE);
  return ODL_NODE_NONE;
}

static OdlNode
parse_name (OdlParser *parser)
{
  const OdlToken *name = parser->token++;
  OdlSymbol *symbol = g_hash_table_lookup (parser->symbols, name->text);
  gboolean function = symbol && symbol->kind == ODL_SYMBOL_FUNCTION;
  if (next_is (parser, '(') && !function)
    return refuse_call (parser, name, symbol);
  if (function)
    return accept (parser, '(') ? parse_arguments (parser, symbol->index)
                                : odl_parser_expected (parser, "(");
  if (!symbol && !parser->open)
    return refuse_name (parser, name);
  if (!symbol)
    symbol = odl_parser_add_parameter (parser, name);
  return symbol ? value_of (parser, name, symbol) : ODL_NODE_NONE;
}

static OdlNode
parse_primary (OdlParser *parser)
{
  if (parser->token->kind == ODL_TOKEN_NUMBER)
    return number (parser, parser->token++->value);
  if (parser->token->kind == ODL_TOKEN_NAME)
    return parse_name (parser);
  if (!accept (parser, '('))
    return odl_parser_expected (parser, VALUE_EXPECTED);
  OdlNode value = parse_sum (parser);
  if (value >= 0 && !accept (parser, ')'))
    return odl_parser_expected (parser, "an operator or )");
  return value;
}

static OdlNode
parse_unary (OdlParser *parser)
{
  if (parser->depth > MAX_DEPTH)
    return odl_parser_fail (parser, parser->token,
                            "this is nested too deeply: at most %d levels are accepted",
                            MAX_DEPTH);
  if (odl_graph_n_operations (parser->graph) > MAX_OPERATIONS)
    return odl_parser_fail (parser, parser->token,
                            "this is too long: at most %d operations are accepted",
                            MAX_OPERATIONS);
  parser->depth++;
  OdlNode value;
  if (accept (parser, '-')) {
    value = parse_unary (parser);
    value = value < 0 ? value : negative (parser, value);
  } else {
    value = parse_primary (parser);
    if (value >= 0 && accept (parser, '^')) {
      OdlNode exponent = parse_unary (parser);
      value = exponent < 0 ? exponent : power (parser, value, exponent);
    }
  }
  parser->depth--;
  return value;
}

static OdlNode
parse_product (OdlParser *parser)
{
  OdlNode value = parse_unary (parser);
  while (value >= 0 && (next_is (parser, '*') || next_is (parser, '/'))) {
    OdlOp op = parser->token++->symbol == '*' ? ODL_OP_MUL : ODL_OP_DIV;
    OdlNode other = parse_unary (parser);
    value = other < 0 ? other : binary (parser, op, value, other);
  }
  return value;
}

static OdlNode
parse_sum (OdlParser *parser)
{
  OdlNode value = parse_product (parser);
  while (value >= 0 && (next_is (parser, '+') || next_is (parser, '-'))) {
    OdlOp op = parser->token++->symbol == '+' ? ODL_OP_ADD : ODL_OP_SUB;
    OdlNode other = parse_product (parser);
    value = other < 0 ? other : binary (parser, op, value, other);
  }
  return value;
}

OdlNode
odl_parser_expression (OdlParser *parser, char closing)
{
  OdlNode value = parse_sum (parser);
  OdlTokenKind kind = parser->token->kind;
  if (value < 0 || kind == ODL_TOKEN_BREAK || kind == ODL_TOKEN_END
      || (closing && next_is (parser, closing)))
    return value;
  return odl_parser_expected (parser, "an operator, ; or a new line");
}
