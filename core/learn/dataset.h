/* Labelled points: the toy sets of classification, painted points and CSV.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/random.h"
#include "base/status.h"

/* Points with a class each. */
typedef struct {
  guint n, dim, n_classes;
  double *x;  /* dim × n, feature-major: coordinate d of point i at d·n + i */
  int *label; /* n: 0 … n_classes − 1 */
} OdlDataset;

/* X (ID, "id", "title"). circles: disc r ∈ [0, ½] inside an annulus r ∈ [1, 1½],
 * uniform in area (Dupont 2019); flip: the points −1 and +1 of the line, class by sign,
 * to be mapped onto each other. */
#define ODL_DATASETS(X)                                                                \
  X (CIRCLES, "circles", "Disc and annulus")                                           \
  X (RINGS, "rings", "Thin rings")                                                     \
  X (MOONS, "moons", "Two moons")                                                      \
  X (SPIRALS, "spirals", "Two spirals")                                                \
  X (XOR, "xor", "Exclusive or")                                                       \
  X (FLIP, "flip", "Flip of the line")
typedef enum {
#define X(ID, id, title) ODL_DATASET_##ID,
  ODL_DATASETS (X)
#undef X
      ODL_N_DATASETS
} OdlDatasetKind;
const char *odl_dataset_id (OdlDatasetKind kind);

/* n points, classes in turn; `noise` is the standard deviation added to every
 * coordinate. The stream is advanced. */
OdlDataset *
odl_dataset_generate (OdlDatasetKind kind, guint n, double noise, OdlRandom *random);
OdlDataset *odl_dataset_new (guint n, guint dim);
OdlDataset *odl_dataset_copy (const OdlDataset *dataset);
void odl_dataset_free (OdlDataset *dataset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlDataset, odl_dataset_free)

/* CSV with x, y, class in each line (commas, semicolons, tabs or spaces; a head line,
 * empty lines and # comments are skipped; classes are whole numbers or words, numbered
 * in order of appearance). Errors name the line and what was expected; at most
 * ODL_DATASET_MAX points are accepted, coordinates must be finite and at most 1e6 in
 * size. */
#define ODL_DATASET_MAX 1000000
OdlDataset *odl_dataset_parse_csv (const char *text, gsize length, GError **error);
/* At least 4 points and two classes, or FALSE with a sentence. */
gboolean odl_dataset_check (const OdlDataset *dataset, GError **error);
