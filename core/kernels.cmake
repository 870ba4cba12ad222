# The kernels are compiled once for each instruction set and chosen at run time (core/graph/kernels.c).
# SPDX-License-Identifier: MIT
# They are always optimised: without it a vector is slower than a scalar. Nothing else in core gets these flags.
set (KERNEL_SOURCES ${CMAKE_SOURCE_DIR}/core/graph/kernels-elementwise.c ${CMAKE_SOURCE_DIR}/core/graph/kernels-products.c
  ${CMAKE_SOURCE_DIR}/core/solve/kernels-step.c)
list (REMOVE_ITEM CORE_SOURCES ${KERNEL_SOURCES})

function (odelab_kernels isa)
  add_library (kernels_${isa} OBJECT ${KERNEL_SOURCES})
  target_include_directories (kernels_${isa} PRIVATE core)
  target_link_libraries (kernels_${isa} PRIVATE odelab_flags PkgConfig::GLIB)
  target_compile_definitions (kernels_${isa} PRIVATE ISA_NAME=${isa})
  target_compile_options (kernels_${isa} PRIVATE -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math ${ARGN})
  set (CORE_SOURCES ${CORE_SOURCES} $<TARGET_OBJECTS:kernels_${isa}> PARENT_SCOPE)
endfunction ()

odelab_kernels (baseline)
if (CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  odelab_kernels (avx2 -mavx2 -mfma)
  odelab_kernels (avx512 -mavx512f -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512)
endif ()
