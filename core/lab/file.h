/* Files as they are written and watched: whole or not at all.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* Replaces the file at `path` by these bytes: whole, or not at all, and a link is followed. backup: the file that stood there
 * becomes `path~`. On failure the old file is whole and error says why. */
gboolean odl_file_replace (const char *path, const char *bytes, gsize n, gboolean backup, GError **error);
/* Which file stands at a path, to see later whether another program has replaced or changed it; all 0: none. */
typedef struct {
  guint64 inode, size;
  gint64 modified_ns;
} OdlFileStamp;
OdlFileStamp odl_file_stamp (const char *path);
gboolean odl_file_stamp_equal (const OdlFileStamp *a, const OdlFileStamp *b);
