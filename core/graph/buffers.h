/* The buffers of a program that is being compiled.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/program.h"

/* An address in a buffer has the base ODL_BASE_BUFFERS + its number, and `lanes` counts
 * its rows, until the buffer is placed. */
#define ODL_BASE_BUFFERS 0x40000000u

typedef struct {
  gsize rows;
  int output;      /* the output it is, or −1: scratch */
  int first, last; /* instructions that touch it; −1: none */
  gsize at;        /* row of scratch, once placed */
} OdlBuffer;

/* Gives every scratch buffer its rows, and every address its final base; counts the
 * rows in program->rows. `buffers`: of OdlBuffer. */
void odl_buffers_place (const GArray *buffers, OdlProgram *program);
