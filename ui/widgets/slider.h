/* A slider over a range of numbers, linear or logarithmic.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

typedef void (*OdlSlid) (gpointer data, double number);
typedef struct {
  GtkWidget *scale;      /* NULL: there is none, and setting it does nothing */
  double min, max;
  gboolean log, whole;
  gboolean setting;      /* moved by us */
  OdlSlid slid;
  gpointer data;
} OdlSlider;

/* `slider` must stay where it is while its scale lives. */
void odl_slider_init (OdlSlider *slider, OdlSlid slid, gpointer data);
void odl_slider_set_range (OdlSlider *slider, double min, double max, gboolean log, gboolean whole);
/* Moves it without a call back. */
void odl_slider_set (OdlSlider *slider, double number);
/* The number at a position of 0 … 1, as the hand means it: rounded to three digits, or whole. */
double odl_slider_number_at (const OdlSlider *slider, double position);
double odl_slider_position_of (const OdlSlider *slider, double number);
