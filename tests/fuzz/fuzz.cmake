# The fuzz targets: every fuzz-*.c, with clang's libFuzzer under AddressSanitizer and UndefinedBehaviourSanitizer.
# SPDX-License-Identifier: MIT
target_compile_options (odelab_flags INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined)
file (GLOB fuzzers CONFIGURE_DEPENDS tests/fuzz/fuzz-*.c)
foreach (source ${fuzzers})
  get_filename_component (target ${source} NAME_WE)
  add_executable (${target} ${source})
  target_include_directories (${target} PRIVATE core tests)
  target_link_libraries (${target} PRIVATE core)
  target_link_options (${target} PRIVATE -fsanitize=fuzzer)
endforeach ()
