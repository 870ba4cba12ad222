/* Axes and their ticks.
 * SPDX-License-Identifier: MIT
 *
 * Everything happens on the scaled line: the value itself, or its decimal logarithm.
 * Ticks are tried from fine to coarse and the first set whose labels stand apart is
 * taken, first by the distance that looks quiet, and by the bare minimum where that
 * leaves fewer than two. On a log axis the ladder of sets is: decades with 2 and 5
 * between them (in short ranges), every decade, every second, third, fifth, …; where
 * less than about one decade is shown, the ticks are those of a linear axis in their
 * places. Numbers are written by the decimals that the step needs. */
#include "plot/axis.h"

#include <math.h>
#include <string.h>

#define FAR 1e15

double
odl_scale_forward (OdlScale scale, double value)
{
  return scale == ODL_SCALE_LINEAR ? value : value > 0 ? log10 (value) : NAN;
}

double
odl_scale_back (OdlScale scale, double scaled)
{
  return scale == ODL_SCALE_LINEAR ? scaled : pow (10, scaled);
}

/* A usable range: ordered, finite, wide enough to be told apart in double precision. */
static void
mend (OdlScale scale, double *low, double *high)
{
  if (!isfinite (*low) || !isfinite (*high) || *low > *high) {
    *low = scale == ODL_SCALE_LOG ? 0.1 : 0;
    *high = 1;
  }
  *low = CLAMP (*low, -1e300, 1e300);
  *high = CLAMP (*high, -1e300, 1e300);
  if (scale == ODL_SCALE_LOG) {
    *high = *high > 0 ? fmax (*high, 1e-300) : 1;
    *low = *low > 0 ? fmax (*low, 1e-305) : *high * 1e-3;
  }
  double size = fmax (fabs (*low), fabs (*high));
  if (*high - *low > 1e-13 * size
      && *high - *low > (scale == ODL_SCALE_LOG ? 0 : 1e-290))
    return;
  double half = size > 1e-270 ? size * 1e-12 : 0.5, low_before = *low;
  if (scale == ODL_SCALE_LOG || *high == *low)
    half = size > 1e-270 ? size / 10 : 0.5;
  *low -= half;
  *high += half;
  if (scale == ODL_SCALE_LOG && *low <= 0)
    *low = low_before / 2;
}

void
odl_axis_set (OdlAxis *axis, OdlScale scale, double low, double high, double from,
              double to)
{
  mend (scale, &low, &high);
  *axis = (OdlAxis){ .scale = scale, .low = low, .high = high, .from = from, .to = to };
  axis->start = odl_scale_forward (scale, low);
  axis->factor = (to - from) / (odl_scale_forward (scale, high) - axis->start);
}

double
odl_axis_pixel (const OdlAxis *axis, double value)
{
  if (!isfinite (value))
    return NAN;
  double pixel
      = axis->from
        + (odl_scale_forward (axis->scale, value) - axis->start) * axis->factor;
  return pixel > FAR ? FAR : pixel < -FAR ? -FAR : pixel;
}

double
odl_axis_value (const OdlAxis *axis, double pixel)
{
  return odl_scale_back (axis->scale,
                         axis->start + (pixel - axis->from) / axis->factor);
}

/* ── Numbers as text ── */

static void
append_superscript (GString *text, int number)
{
  static const char *const digits[]
      = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  char plain[16];
  g_snprintf (plain, sizeof plain, "%d", number);
  for (const char *c = plain; *c != '\0'; c++)
    g_string_append (text, *c == '-' ? "⁻" : digits[*c - '0']);
}

static void
append_fixed (GString *text, double value, int decimals)
{
  char plain[400];
  g_ascii_formatd (plain, sizeof plain, "%.0f", value);
  char format[16];
  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 20));
  g_ascii_formatd (plain, sizeof plain, format, value);
  gboolean zero = strspn (plain, "-0.") == strlen (plain);
  const char *rest = plain;
  if (*rest == '-') {
    g_string_append (text, zero ? "" : "−");
    rest++;
  }
  g_string_append (text, rest);
}

/* mantissa × 10^exponent; a mantissa of 1 is left out when `bare`. */
static void
append_scientific (GString *text, double value, int exponent, int decimals,
                   gboolean bare)
{
  /* Two factors: 10^−exponent itself may overflow. */
  double mantissa
      = value * pow (10, -(exponent / 2)) * pow (10, -(exponent - exponent / 2));
  if (!(bare && fabs (mantissa - 1) < 1e-9)) {
    append_fixed (text, mantissa, decimals);
    g_string_append (text, "×");
  }
  g_string_append (text, "10");
  append_superscript (text, exponent);
}

/* Takes zeros after the decimal point away. */
static void
trim_zeros (GString *text)
{
  if (strchr (text->str, '.') == NULL)
    return;
  while (text->str[text->len - 1] == '0')
    g_string_truncate (text, text->len - 1);
  if (text->str[text->len - 1] == '.')
    g_string_truncate (text, text->len - 1);
}

char *
odl_number_text (double value, guint digits)
{
  g_autoptr (GString) text = g_string_new (NULL);
  if (isnan (value))
    return g_strdup ("–");
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "−∞");
  if (value == 0)
    return g_strdup ("0");
  int exponent = (int)floor (log10 (fabs (value)) + 1e-15);
  if (exponent >= -4 && exponent < 6) {
    append_fixed (text, value, MAX ((int)digits - 1 - exponent, 0));
    trim_zeros (text);
    return g_string_free (g_steal_pointer (&text), FALSE);
  }
  double mantissa
      = value * pow (10, -(exponent / 2)) * pow (10, -(exponent - exponent / 2));
  append_fixed (text, mantissa, (int)digits - 1);
  trim_zeros (text);
  g_string_append (text, "×10");
  append_superscript (text, exponent);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ── Ticks ── */

static void
add_tick (const OdlAxis *axis, OdlTicks *ticks, double value, const char *label,
          double width)
{
  if (ticks->n == ODL_MAX_TICKS || isnan (odl_axis_pixel (axis, value)))
    return;
  OdlTick *tick = &ticks->tick[ticks->n++];
  tick->value = value;
  tick->pixel = odl_axis_pixel (axis, value);
  tick->width = width;
  g_strlcpy (tick->label, label, sizeof tick->label);
}

/* Whether every label keeps `apart` px from the next labelled tick; `spacing` px at
 * least from middle to middle. */
static gboolean
stand_apart (const OdlTicks *ticks, const OdlTickRule *rule, double spacing)
{
  const OdlTick *last = NULL;
  for (guint i = 0; i < ticks->n; i++) {
    const OdlTick *tick = &ticks->tick[i];
    if (*tick->label == '\0')
      continue;
    double need = rule->vertical || last == NULL
                      ? rule->line_height + rule->gap
                      : (last->width + tick->width) / 2 + rule->gap;
    if (last != NULL && fabs (tick->pixel - last->pixel) < fmax (need, spacing))
      return FALSE;
    last = tick;
  }
  return TRUE;
}

static void
label_linear (char *label, gsize size, double value, double step, double most)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int order = (int)floor (log10 (step) + 1e-9);
  int top = (int)floor (log10 (most) + 1e-9);
  if (fabs (value) < step / 2)
    g_string_append (text, "0");
  else if (top >= 5 || top < -3)
    append_scientific (text, value, top, MAX (top - order, 0), FALSE);
  else
    append_fixed (text, value, MAX (-order, 0));
  g_strlcpy (label, text->str, size);
}

/* Ticks `step` apart; FALSE: too many. */
static gboolean
fill_linear (const OdlAxis *axis, const OdlTickRule *rule, double step, OdlTicks *ticks)
{
  ticks->n = 0;
  double first = ceil (axis->low / step - 1e-9),
         last = floor (axis->high / step + 1e-9);
  if (!(last - first < ODL_MAX_TICKS - 1))
    return FALSE;
  for (double i = first; i <= last; i++) {
    char label[40];
    label_linear (label, sizeof label, i * step, step,
                  fmax (fabs (axis->low), fabs (axis->high)));
    add_tick (axis, ticks, i * step, label, rule->measure (rule->data, label));
  }
  return TRUE;
}

static double
nice_step (guint index, double unit)
{
  static const double steps[] = { 1, 2, 5 };
  return steps[index % 3] * pow (10, index / 3) * unit;
}

/* What a step takes on the axis; on a log axis, at its wide end. */
static double
step_pixels (const OdlAxis *axis, double step)
{
  if (axis->scale == ODL_SCALE_LINEAR)
    return step * fabs (axis->factor);
  return fabs (odl_axis_pixel (axis, axis->low + step)
               - odl_axis_pixel (axis, axis->low));
}

static void
linear_ticks (const OdlAxis *axis, const OdlTickRule *rule, double spacing,
              OdlTicks *ticks)
{
  double span = axis->high - axis->low;
  double unit = pow (10, floor (log10 (span)) - 2);
  double least
      = fmax (rule->vertical ? rule->line_height + rule->gap : rule->gap, spacing);
  for (guint index = 0; index < 12; index++)
    if (step_pixels (axis, nice_step (index, unit)) >= least
        && fill_linear (axis, rule, nice_step (index, unit), ticks)
        && stand_apart (ticks, rule, spacing))
      return;
  ticks->n = 0;
}

/* The k-th tick of a decade: 1 … 9 times its power of ten. */
static void
add_log_tick (const OdlAxis *axis, const OdlTickRule *rule, int exponent, guint k,
              gboolean labelled, OdlTicks *ticks)
{
  double value = k * pow (10, exponent);
  if (value < axis->low * (1 - 1e-9) || value > axis->high * (1 + 1e-9))
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  if (labelled && axis->low >= 0.9e-3 && axis->high <= 1.1e4)
    append_fixed (text, value, MAX (-exponent, 0));
  else if (labelled)
    append_scientific (text, value, exponent, 0, TRUE);
  add_tick (axis, ticks, value, text->str,
            labelled ? rule->measure (rule->data, text->str) : 0);
}

/* Labels at every `stride`-th decade, at 2 and 5 too when `halves`; minor ticks between
 * when there is room. */
static void
fill_log (const OdlAxis *axis, const OdlTickRule *rule, int stride, gboolean halves,
          OdlTicks *ticks)
{
  ticks->n = 0;
  int first = (int)floor (log10 (axis->low) + 1e-9),
      last = (int)floor (log10 (axis->high) + 1e-9);
  double decade = fabs (axis->factor);
  gboolean minor = stride == 1 && decade > 24 && (last - first + 1) * 9 < ODL_MAX_TICKS;
  if ((last - first) / stride + 1 > ODL_MAX_TICKS - 2)
    return;
  for (int exponent = first; exponent <= last; exponent++) {
    gboolean labelled = exponent % stride == 0;
    if (labelled || (last - first < ODL_MAX_TICKS / 2 && decade > 5))
      add_log_tick (axis, rule, exponent, 1, labelled, ticks);
    for (guint k = 2; k < 10 && minor; k++)
      add_log_tick (axis, rule, exponent, k, halves && (k == 2 || k == 5), ticks);
  }
}

static guint
count_labels (const OdlTicks *ticks)
{
  guint n = 0;
  for (guint i = 0; i < ticks->n; i++)
    n += *ticks->tick[i].label != '\0';
  return n;
}

static void
log_ticks (const OdlAxis *axis, const OdlTickRule *rule, double spacing,
           OdlTicks *ticks)
{
  static const int strides[] = { 1, 2, 3, 5, 10, 20, 50, 100, 200 };
  double decades = log10 (axis->high / axis->low);
  if (decades < 2.5) {
    fill_log (axis, rule, 1, TRUE, ticks);
    if (count_labels (ticks) >= 3 && stand_apart (ticks, rule, rule->gap))
      return;
    ticks->n = 0;
  }
  for (guint i = 0; i < G_N_ELEMENTS (strides) && decades > 1; i++) {
    fill_log (axis, rule, strides[i], FALSE, ticks);
    if (count_labels (ticks) > 0 && stand_apart (ticks, rule, spacing))
      break;
    ticks->n = 0;
  }
  if (count_labels (ticks) >= 2 || decades > 1.5)
    return;
  linear_ticks (axis, rule, spacing, ticks);
}

void
odl_axis_ticks (const OdlAxis *axis, const OdlTickRule *rule, OdlTicks *ticks)
{
  const double spacings[] = { rule->wanted, 0 };
  for (guint i = 0; i < 2; i++) {
    ticks->n = 0;
    if (axis->scale == ODL_SCALE_LOG)
      log_ticks (axis, rule, spacings[i], ticks);
    else
      linear_ticks (axis, rule, spacings[i], ticks);
    if (count_labels (ticks) >= 3)
      return;
  }
}
