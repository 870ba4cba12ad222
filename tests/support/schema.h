/* Checks a document against a JSON Schema, as far as our own schema uses the language.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <jansson.h>

/* NULL: the document is as the schema has it; else the place and what is wrong there (free it). A word of the language that is not
 * known here is wrong too, so that no rule goes unchecked. Known: $ref to #/$defs/…, anyOf, type, const, enum, required,
 * properties, additionalProperties, items, maxItems, minLength, minimum, and $schema, $defs, title, description. */
char *schema_fault (const json_t *schema, const json_t *document);
