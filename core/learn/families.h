/* Families of series with exact definitions: what the latent ODE is trained on, and where random series come from.
 * SPDX-License-Identifier: MIT
 *
 * Every family has its own time, 0 … span; training sees points there and predicts to 1.5 × span. Noise is Gaussian.
 *   periodic  sin φ(t) + s, dφ/dt = 2π f(t), f linear from f0 to f1 over the span, f0, f1 ~ U(0.4, 0.8), s ~ N(1, 0.1)
 *             (the toy set of Rubanova and others 2019)
 *   damped    A e^{−γt} cos (2πft + φ), A ~ U(0.7, 1.5), γ ~ U(0.05, 0.3), f ~ U(0.15, 0.4), φ ~ U(0, 2π)
 *   logistic  K / (1 + e^{−r(t − m)}), K ~ U(0.5, 1.5), r ~ U(0.6, 2), m ~ U(2, 8)
 *   chirp     A sin (2π (f t + c t²/2) + φ), A ~ U(0.5, 1.2), f ~ U(0.2, 0.4), c ~ U(0.02, 0.06), φ ~ U(0, 2π)
 *   sines     a sin (2πft + φ) + b sin (2πgt + ψ), a ~ U(0.5, 1), b ~ U(0.2, 0.6), f ~ U(0.08, 0.2), g ~ U(0.22, 0.4)
 *   decay     b + A e^{−kt}, A ~ U(0.5, 2), k ~ U(0.3, 1.5), b ~ U(−0.3, 0.3)
 *   spirals   two channels r cos θ, r sin θ with r = a + bt, θ = φ ± 2πft, a ~ U(0.2, 0.5), b ~ U(0.02, 0.1),
 *             f ~ U(0.1, 0.25), both directions equally likely (after Chen and others 2018) */
#pragma once

#include "base/random.h"
#include "base/status.h"

/* X (ID, "id", "title", channels, span, σ of the noise, offset, scale): offset and scale bring values to about −1 … 1. */
#define ODL_FAMILIES(X)                                                                  \
  X (PERIODIC, "periodic", "Periodic, drifting frequency", 1, 5, 0.01, 1, 1)             \
  X (DAMPED, "damped", "Damped oscillation", 1, 10, 0.05, 0, 1)                          \
  X (LOGISTIC, "logistic", "Logistic growth", 1, 10, 0.03, 0.5, 0.5)                     \
  X (CHIRP, "chirp", "Chirp", 1, 5, 0.05, 0, 1)                                          \
  X (SINES, "sines", "Sum of two sines", 1, 10, 0.05, 0, 1)                              \
  X (DECAY, "decay", "Decay", 1, 5, 0.05, 0.5, 1)                                        \
  X (SPIRALS, "spirals", "Spirals, two channels", 2, 10, 0.05, 0, 1)
typedef enum {
#define X(ID, ...) ODL_FAMILY_##ID,
  ODL_FAMILIES (X)
#undef X
  ODL_N_FAMILIES
} OdlFamily;

typedef struct {
  const char *id, *title;
  guint channels;
  double span, sigma, offset, scale;
} OdlFamilyInfo;
const OdlFamilyInfo *odl_family_info (OdlFamily family);
/* FALSE with ODL_ERROR_INVALID naming what is accepted. */
gboolean odl_family_find (const char *id, OdlFamily *family, GError **error);

/* One series of a family: its parameters. A value. */
typedef struct {
  OdlFamily family;
  double p[6];
} OdlFamilyDraw;
OdlFamilyDraw odl_family_draw (OdlFamily family, OdlRandom *random);
/* The curve without noise, y[channels]. */
void odl_family_at (const OdlFamilyDraw *draw, double t, double *y);
