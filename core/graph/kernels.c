/* Which kernels this machine can run. SPDX-License-Identifier: MIT
 *
 * The sources kernels-elementwise.c and kernels-products.c are compiled once for each
 * instruction set (core/kernels.cmake); here the machine is asked what it has. On
 * processors other than x86 there is the baseline alone, in the vectors of that
 * machine. */
#include "graph/kernels.h"

#if defined __x86_64__
#define HAS_AVX2 (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
#define HAS_AVX512                                                                     \
  (HAS_AVX2 && __builtin_cpu_supports ("avx512f")                                      \
   && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
#else
#define HAS_AVX2   FALSE
#define HAS_AVX512 FALSE
#endif

gboolean
odl_isa_available (OdlIsa isa)
{
  switch (isa) {
  case ODL_ISA_BEST:
  case ODL_ISA_BASELINE:
    return TRUE;
  case ODL_ISA_AVX2:
    return HAS_AVX2;
  case ODL_ISA_AVX512:
    return HAS_AVX512;
  default:
    return FALSE;
  }
}

static OdlIsa
best (void)
{
  for (int isa = ODL_N_ISAS - 1; isa > ODL_ISA_BASELINE; isa--)
    if (odl_isa_available ((OdlIsa)isa))
      return (OdlIsa)isa;
  return ODL_ISA_BASELINE;
}

const char *
odl_isa_name (OdlIsa isa)
{
  static const char *const names[] = { "baseline", "avx2", "avx512" };
  if (isa == ODL_ISA_BEST)
    isa = best ();
  g_return_val_if_fail (isa >= 0 && isa < ODL_N_ISAS, NULL);
  return names[isa];
}

const OdlKernels *
odl_kernels (OdlIsa isa)
{
  g_return_val_if_fail (odl_isa_available (isa), NULL);
  switch (isa == ODL_ISA_BEST ? best () : isa) {
#if defined __x86_64__
  case ODL_ISA_AVX512:
    return &odl_kernels_avx512;
  case ODL_ISA_AVX2:
    return &odl_kernels_avx2;
#endif
  default:
    return &odl_kernels_baseline;
  }
}
