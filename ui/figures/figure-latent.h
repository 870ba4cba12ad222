/* The plots of the Latent figure. Shared by the figure-latent files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-latent.h"
#include "plot/figure.h"

/* What every plot is made from. */
typedef struct {
  const OdlFrame *frame;
  const OdlLatentPayload *payload;
  double x0, x1;              /* the time that is shown, the same in every plot over time */
} OdlLatentPage;

/* Whether the setting `show` has a layer. */
gboolean odl_latent_page_shows (const OdlLatentPage *page, const char *layer);
/* A channel is the same colour everywhere; none has that of the Gaussian process. */
int odl_latent_page_color (guint channel);
#define ODL_LATENT_PROCESS_COLOR 1
/* An id or a title of one of several: "latent", "latent-2", …; "Canvas" when it is the only one, else "Canvas: y". Free it. */
char *odl_latent_page_id (const char *stem, guint index);
char *odl_latent_page_title (const char *stem, const char *name, guint n);
/* Three digits, "–" when there is none. Free it. */
char *odl_latent_page_number (double value);

OdlPlot *odl_latent_page_canvas (const OdlLatentPage *page, guint channel);
OdlPlot *odl_latent_page_paths (const OdlLatentPage *page, guint reading);     /* NULL: there are none */
OdlPlot *odl_latent_page_encoder (const OdlLatentPage *page, guint reading);   /* NULL: it has seen nothing */
OdlPlot *odl_latent_page_refinement (const OdlLatentPage *page);
OdlPlot *odl_latent_page_loss (const OdlLatentPage *page);                     /* NULL: no training yet */
/* n_rows: how many lines it has. */
OdlPlot *odl_latent_page_numbers (const OdlLatentPage *page, guint *n_rows);
