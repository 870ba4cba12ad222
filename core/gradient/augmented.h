/* The fields that adjoint methods solve backwards.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "field/field.h"

/* With a(t) = dL/dy(t): ȧ = −(∂f/∂y)ᵀ a, and rows for the integrals of −(∂f/∂aux)ᵀ a and
 * −(∂f/∂θ)ᵀ a, so that solved from t1 to t0 they end as dL/daux and dL/dθ of a lane. */

/* State y (dim), a (dim), aux (n_aux), θ (n_theta); aux and θ as of the field. */
OdlField *odl_augmented_backsolve (const OdlField *field);
/* State a (dim), aux (n_aux), θ (n_theta); its own aux is y (dim), then the field's. */
OdlField *odl_augmented_along (const OdlField *field);
