# The shipped models, resources/models/latent-*.odelab, are part of core as they are: a table of their texts
# (core/lab/latent-shipped.h), so that they are found without a display and from any folder.
# SPDX-License-Identifier: MIT
file (GLOB MODEL_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/resources/models/latent-*.odelab)
set (MODEL_TEXTS "")
set (MODEL_NAMES "")
set (MODEL_ROWS "")
foreach (file ${MODEL_FILES})
  get_filename_component (id ${file} NAME_WE)
  string (REPLACE "latent-" "" id ${id})
  string (MAKE_C_IDENTIFIER ${id} name)
  string (APPEND MODEL_TEXTS
    "__asm__ (\".section .rodata\\nodl_model_${name}: .incbin \\\"${file}\\\"\\nodl_model_${name}_end: .byte 0\\n.previous\");\n")
  string (APPEND MODEL_NAMES "extern const char odl_model_${name}[], odl_model_${name}_end[];\n")
  string (APPEND MODEL_ROWS "  { \"${id}\", odl_model_${name}, odl_model_${name}_end },\n")
endforeach ()
set (MODELS_C ${CMAKE_BINARY_DIR}/odelab-models.c)
file (CONFIGURE OUTPUT ${MODELS_C} CONTENT "#include \"lab/latent-shipped.h\"
${MODEL_TEXTS}${MODEL_NAMES}
const OdlShippedModel odl_shipped_models[] = {
${MODEL_ROWS}  { NULL, NULL, NULL },
};
" @ONLY)
set_property (SOURCE ${MODELS_C} PROPERTY OBJECT_DEPENDS "${MODEL_FILES}")
list (APPEND CORE_SOURCES ${MODELS_C})
