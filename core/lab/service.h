/* What the command line asks of the core beyond experiments: errors of its own making, and a bench to run one
 * experiment on without a worker.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment.h"
#include "history.h"

/* A call or a value that is not acceptable, as every part of the core reports it. */
void odl_error_set_invalid (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean odl_error_is_invalid (const GError *error);
/* What is wrong is in a file, not in the call: an invalid value becomes an unreadable file. */
void odl_error_blame_file (GError **error, const char *path);

/* Told how far the work is: done of total, or total 0 when that is not known. FALSE stops it. */
typedef gboolean (*OdlServiceProgress) (gpointer data, double done, double total);

/* An experiment with its book of runs and its threads. The caller's thread computes. */
typedef struct _OdlStand OdlStand;

/* `what`: the id of an experiment, which then has its defaults, or the path of a session, whose experiment in view, or
 * first, is taken. settings: "key=value" texts set in order, NULL-terminated or NULL. threads 0: one per core. */
OdlStand *odl_stand_open (const char *what, const char *const *settings, guint threads, GError **error);
void odl_stand_free (OdlStand *stand);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlStand, odl_stand_free)
OdlExperiment *odl_stand_experiment (OdlStand *stand);
OdlRuns *odl_stand_runs (OdlStand *stand);
/* "key=value" on an experiment; the error names what is accepted. */
gboolean odl_stand_set (OdlStand *stand, const char *assignment, GError **error);
/* Does all work that is due. FALSE: stopped by `progress` (nullable). */
gboolean odl_stand_settle (OdlStand *stand, OdlServiceProgress progress, gpointer data);
/* One iteration more; FALSE: nothing left to do, or error set. */
gboolean odl_stand_iterate (OdlStand *stand, GError **error);
/* The settings as lines "key=value", headed by program and experiment: metadata of an export. Free it. */
char *odl_stand_describe (OdlStand *stand);
/* Writes a session with this experiment and its runs; the window opens it on this panel. */
gboolean odl_stand_save (OdlStand *stand, const char *path, GError **error);
/* Writes a session with settings and weights alone: the same training gives the same file. FALSE with ODL_ERROR_INVALID for
 * an experiment whose weights are not handed on. */
gboolean odl_stand_save_weights (OdlStand *stand, const char *path, GError **error);
