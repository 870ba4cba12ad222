/* An experiment is what a panel runs: settings in, immutable frames out. This is the interface every experiment implements
 * and the wrapper through which the worker, the command line and the tests use one.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "frame.h"
#include "setting.h"

/* What a hand did on a plot. `kind` is the experiment's own word, put into the figure's handle or click (figure.h). */
typedef enum { ODL_PHASE_BEGIN, ODL_PHASE_UPDATE, ODL_PHASE_END } OdlPhase;
typedef struct {
  char kind[24];
  OdlPhase phase;      /* a drag is BEGIN, UPDATE …, END; a click is END alone */
  int index;           /* which handle, or the class painted, … */
  double x, y;         /* data coordinates */
  guint button;        /* 1 primary, 3 secondary */
  gboolean shift, control;
  char *text;          /* longer argument (a CSV to read, …) or NULL; owned by the worker once posted */
} OdlAction;

/* What a step may use. */
typedef struct {
  gint64 deadline_us;                       /* g_get_monotonic_time; return soon after it */
  gboolean (*interrupted) (gpointer data);  /* a command waits: return as soon as is sound (< 50 ms) */
  gpointer data;
  struct _OdlPool *pool;                    /* threads to spread tiles over; may be NULL */
  struct _OdlRuns *runs;                    /* the book of training runs (history.h) that all experiments write to */
} OdlTime;

typedef enum {
  ODL_SAVE_DATA = 1 << 0,    /* what the user made: points, observations, … (undo needs this part) */
  ODL_SAVE_STATE = 1 << 1,   /* weights, optimiser, random state, iteration, history */
  ODL_SAVE_WEIGHTS = 1 << 2, /* a state that holds weights alone; only where the class says that it saves them */
} OdlSaveParts;

#define ODL_ALL_SETTINGS G_MAXUINT

/* A file that an experiment takes: dropped on its panel or chosen there, its whole text comes as an action of this kind. */
typedef struct {
  const char *kind, *title;    /* "import-csv", "Import points…" */
  const char *endings;         /* ".csv .txt" */
} OdlImport;
/* A button among the controls: pressed, it is an action of this kind (phase END). */
typedef struct {
  const char *kind, *title, *help;
  const char *group;           /* beside the settings of this group */
  gboolean asks;               /* destroys work: the window asks first */
} OdlButton;

typedef struct _OdlExperimentClass {
  const char *id, *title, *about;
  const OdlSetting *settings;
  guint n_settings;
  gboolean saves_weights;  /* ODL_SAVE_WEIGHTS, for models that are handed on */
  gboolean watches_runs;   /* its frames show the book of runs: a new one is due when odl_runs_serial has changed */
  /* Values are the wrapper's; an experiment reads them through the pointer it is given here, which stays valid. In set, act
   * and reset it may also write values that follow from what was done (a dragged start, the start that belongs to a new
   * system) with odl_values_set_text: undo covers them. */
  gpointer (*create) (OdlValues *values, struct _OdlRuns *runs, GError **error);
  /* A setting has changed (values already hold it). FALSE: not acceptable; the wrapper puts the old value back, and the
   * error is shown beside the control. An experiment may also accept a text that is wrong and say so in its frames.
   * setting ODL_ALL_SETTINGS: many have changed together (a document, an undo): read all, write none. */
  gboolean (*set) (gpointer self, guint setting, GError **error);
  gboolean (*act) (gpointer self, const OdlAction *action, GError **error);
  /* Work that is due because a setting or an action changed something, whether or not the user pressed run (re-solving,
   * refining). Returns TRUE while more is left. NULL: none. */
  gboolean (*settle) (gpointer self, const OdlTime *time);
  /* One iteration, or several until the deadline when `many`. FALSE: nothing left to do, or error set: it stops. */
  gboolean (*step) (gpointer self, const OdlTime *time, gboolean many, GError **error);
  void (*reset) (gpointer self);
  OdlFrame *(*snapshot) (gpointer self);    /* bounded size */
  json_t *(*save) (gpointer self, guint parts);                           /* an object */
  /* Checks everything before it changes anything. */
  gboolean (*load) (gpointer self, const json_t *from, guint parts, GError **error);
  void (*destroy) (gpointer self);
  const OdlImport *import;     /* NULL: it takes no files */
  const OdlButton *buttons;    /* ended by a row without a kind; NULL: none */
  /* Kinds of action of which every UPDATE matters (painting); of others only the newest is sure to arrive. Ended by NULL;
   * NULL: none. */
  const char *const *strokes;
} OdlExperimentClass;

/* The registry (experiments.def). */
const OdlExperimentClass *const *odl_experiments (guint *n);
const OdlExperimentClass *odl_experiment_find (const char *id, GError **error);

/* The wrapper: class, values, undo. One owner at a time; the worker's when the window runs, the command's otherwise. */
typedef struct _OdlExperiment OdlExperiment;
OdlExperiment *odl_experiment_new (const OdlExperimentClass *klass, struct _OdlRuns *runs, GError **error);
void odl_experiment_free (OdlExperiment *experiment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlExperiment, odl_experiment_free)
const OdlExperimentClass *odl_experiment_class (const OdlExperiment *experiment);
const OdlValues *odl_experiment_values (const OdlExperiment *experiment);
gpointer odl_experiment_self (OdlExperiment *experiment);
gboolean odl_experiment_set (OdlExperiment *experiment, guint setting, const OdlValue *value, GError **error);
/* Several settings one after another, as one gesture; stops at the first that is refused, whose setting is *refused. */
typedef struct {
  guint setting;
  OdlValue value;
} OdlAssignment;
gboolean odl_experiment_set_many (OdlExperiment *experiment, const OdlAssignment *sets, guint n, guint *refused, GError **error);
gboolean odl_experiment_set_text (OdlExperiment *experiment, const char *key, const char *text, GError **error);
gboolean odl_experiment_act (OdlExperiment *experiment, const OdlAction *action, GError **error);
gboolean odl_experiment_settle (OdlExperiment *experiment, const OdlTime *time);
gboolean odl_experiment_step (OdlExperiment *experiment, const OdlTime *time, gboolean many, GError **error);
void odl_experiment_reset (OdlExperiment *experiment);
/* Undo and redo of settings and data; changes that belong to one gesture (a drag, one slider moved) are one entry. FALSE:
 * nothing to undo. */
gboolean odl_experiment_undo (OdlExperiment *experiment);
gboolean odl_experiment_redo (OdlExperiment *experiment);
OdlFrame *odl_experiment_snapshot (OdlExperiment *experiment);
/* {"experiment": id, "settings": {…}, "data": {…}, "state": {…}} */
json_t *odl_experiment_save (OdlExperiment *experiment);
/* Settings that are absent get their defaults; on failure everything stays and the error names the place ("settings.steps:
 * …"). Forgets what could be undone. */
gboolean odl_experiment_load (OdlExperiment *experiment, const json_t *from, GError **error);
