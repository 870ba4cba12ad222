/* A network of one hidden layer from a file: W2·tanh (W1·h + b1) + b2.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

struct _OdlGraph;

/* θ is W1 (hidden × dim), b1, W2 (dim × hidden), b2, in that order, row-major. */
typedef struct {
  guint dim, hidden, n_theta;
  double *theta;
} OdlNetworkFile;

/* {"W1": [[…]], "b1": […], "W2": [[…]], "b2": […]}; NULL with file, place and what is accepted. */
OdlNetworkFile *odl_network_file_read (const char *path, GError **error);
void odl_network_file_free (OdlNetworkFile *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlNetworkFile, odl_network_file_free)
/* The field's graph. */
struct _OdlGraph *odl_network_file_graph (const OdlNetworkFile *network);
/* A vector over θ in the shape of the file. */
json_t *odl_network_file_shape (const OdlNetworkFile *network, const double *vector);
