/* A setting is a parameter of an experiment described as data: the control in the window, the --set key=value of the
 * command line, the key in the session, the tooltip and the validation message all come from one row.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef enum {
  ODL_SETTING_BOOLEAN,
  ODL_SETTING_INTEGER,
  ODL_SETTING_REAL,
  ODL_SETTING_CHOICE,   /* one of choices */
  ODL_SETTING_CHOICES,  /* some of choices, "euler,rk4" */
  ODL_SETTING_TEXT,     /* free text, at most 65,536 bytes */
  ODL_SETTING_REALS,    /* numbers, "2, 0" */
  ODL_SETTING_PARAMETERS, /* named numbers, "a=1, mu=5"; the frame says which exist and their ranges */
} OdlSettingKind;

typedef enum {
  ODL_SETTING_RESTARTS = 1 << 0,  /* a change starts training again */
  ODL_SETTING_ADVANCED = 1 << 1,  /* folded away in the window */
  ODL_SETTING_MULTILINE = 1 << 2,
  ODL_SETTING_LOG = 1 << 3,       /* the slider is logarithmic */
} OdlSettingFlags;

typedef struct {
  const char *key, *title, *unit, *group, *help;   /* unit, group nullable */
  OdlSettingKind kind;
  double min, max;              /* INTEGER, REAL, elements of REALS; count for CHOICES (min) and REALS is the experiment's */
  const char *fallback;         /* the default, as text */
  const char *const *choices;   /* NULL-terminated pairs id, title, id, title … */
  guint flags;
  const char *shown_if;         /* "key=value|value" of another CHOICE or BOOLEAN setting, or NULL: always */
} OdlSetting;

typedef struct {
  OdlSettingKind kind;
  union {
    gboolean boolean;
    gint64 integer;
    double real;
    char *text;                             /* CHOICE, CHOICES, TEXT, PARAMETERS (canonical text) */
    struct { double *items; guint n; } reals;
  };
} OdlValue;

/* Of a kind whose changes come in rows (a slider moved, a word typed), so that one gesture is many values. */
gboolean odl_setting_is_stream (OdlSettingKind kind);

/* Text → value, checked against the row. FALSE with ODL_ERROR_INVALID: a sentence naming key, value and what is accepted.
 * NaN and infinities are refused. */
gboolean odl_value_parse (const OdlSetting *setting, const char *text, OdlValue *value, GError **error);
/* The text odl_value_parse reads back to the same bits. Free it. */
char *odl_value_to_text (const OdlSetting *setting, const OdlValue *value);
json_t *odl_value_to_json (const OdlSetting *setting, const OdlValue *value);
gboolean odl_value_from_json (const OdlSetting *setting, const json_t *json, OdlValue *value, GError **error);
void odl_value_copy (OdlValue *to, const OdlValue *from);   /* `to` is uninitialised */
gboolean odl_value_equal (const OdlValue *a, const OdlValue *b);
void odl_value_clear (OdlValue *value);

/* All values of an experiment, aligned with its settings. */
typedef struct {
  const OdlSetting *settings;
  guint n;
  OdlValue *values;
} OdlValues;
OdlValues *odl_values_new (const OdlSetting *settings, guint n);   /* the defaults */
OdlValues *odl_values_copy (const OdlValues *values);
void odl_values_free (OdlValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlValues, odl_values_free)
/* Index of a key; −1 with ODL_ERROR_INVALID listing the keys. */
int odl_values_find (const OdlValues *values, const char *key, GError **error);
/* Typed reads; the key must exist and have the kind (asserted). */
gboolean odl_values_boolean (const OdlValues *values, const char *key);
gint64 odl_values_integer (const OdlValues *values, const char *key);
double odl_values_real (const OdlValues *values, const char *key);
const char *odl_values_text (const OdlValues *values, const char *key);
const double *odl_values_reals (const OdlValues *values, const char *key, guint *n);
gboolean odl_values_has_choice (const OdlValues *values, const char *key, const char *id);
/* Named numbers of a PARAMETERS value: FALSE when `name` is not in it. */
gboolean odl_values_parameter (const OdlValues *values, const char *key, const char *name, double *number);
/* Parses and stores; on failure the present value stays. */
gboolean odl_values_set_text (OdlValues *values, const char *key, const char *text, GError **error);
/* Lines "key=value" of what differs from the defaults. Free it. */
char *odl_values_describe (const OdlValues *values);
json_t *odl_values_to_json (const OdlValues *values);
/* Unknown keys and wrong kinds are refused; absent keys keep their present value. */
gboolean odl_values_from_json (OdlValues *values, const json_t *json, GError **error);
