/* A slider: positions of 0 … 1 and the numbers they mean.
 * SPDX-License-Identifier: MIT */
#include "slider.h"

#include <math.h>

double
odl_slider_position_of (const OdlSlider *slider, double number)
{
  double x = CLAMP (number, slider->min, slider->max);
  if (!(slider->max > slider->min))
    return 0;
  return slider->log ? log (x / slider->min) / log (slider->max / slider->min)
                     : (x - slider->min) / (slider->max - slider->min);
}

/* To a unit that is a thousandth of the size at hand. */
static double
round_to (double number, double size)
{
  if (!(size > 0))
    return number;
  double unit = pow (10, floor (log10 (size)) - 2);
  /* Dividing by a whole power gives the decimal number nearest to what is meant. */
  return unit >= 1 ? round (number / unit) * unit
                   : round (number / unit) / round (1 / unit);
}

double
odl_slider_number_at (const OdlSlider *slider, double position)
{
  double x = slider->log ? slider->min * pow (slider->max / slider->min, position)
                         : slider->min + position * (slider->max - slider->min);
  x = slider->whole ? round (x)
      : slider->log ? round_to (x, x)
                    : round_to (x, slider->max - slider->min);
  return CLAMP (x, slider->min, slider->max);
}

static void
on_value (GtkRange *range, OdlSlider *slider)
{
  if (!slider->setting)
    slider->slid (slider->data,
                  odl_slider_number_at (slider, gtk_range_get_value (range)));
}

/* The number where the hand puts the mark, which need not be a whole number of steps.
 */
void
odl_slider_init (OdlSlider *slider, OdlSlid slid, gpointer data)
{
  g_return_if_fail (slider != NULL && slid != NULL);
  slider->slid = slid;
  slider->data = data;
  slider->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.01);
  gtk_scale_set_draw_value (GTK_SCALE (slider->scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (slider->scale), -1);
  g_signal_connect (slider->scale, "value-changed", G_CALLBACK (on_value), slider);
}

void
odl_slider_set_range (OdlSlider *slider, double min, double max, gboolean log,
                      gboolean whole)
{
  slider->min = min;
  slider->max = max;
  slider->log = log && min > 0;
  slider->whole = whole;
  /* A key moves a whole number by at least one. */
  double step
      = whole && !slider->log && max > min ? fmax (0.01, 1 / (max - min)) : 0.01;
  gtk_range_set_increments (GTK_RANGE (slider->scale), step, 10 * step);
}

void
odl_slider_set (OdlSlider *slider, double number)
{
  if (slider->scale == NULL)
    return;
  slider->setting = TRUE;
  gtk_range_set_value (GTK_RANGE (slider->scale),
                       odl_slider_position_of (slider, number));
  slider->setting = FALSE;
}
