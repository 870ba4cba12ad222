/* The verbs, one row each, defined in the file of their name.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "call.h"

extern const OdlVerb odl_verb_solve, odl_verb_new, odl_verb_train, odl_verb_gradient, odl_verb_render, odl_verb_inspect, odl_verb_list, odl_verb_bench, odl_verb_latent;
