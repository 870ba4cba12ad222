/* Clipping and decimation of polylines.
 * SPDX-License-Identifier: MIT
 *
 * A curve over time has many points in a pixel column; all that is seen of them is
 * where they enter, how far they reach and where they leave (Jugel et al. 2014, "M4"):
 * so the extent is exact to the pixel and a column takes four points at most. A curve
 * that turns back has no columns; there a point is kept when it is half a pixel from
 * the last that was kept. Segments are first cut to the box (Liang, Barsky 1984), in
 * double precision, for cairo counts in 24.8 bits. */
#include "plot/decimate.h"

#include <math.h>
#include <string.h>

/* What the eye cannot see, px. */
#define TOLERANCE 0.12

static void
put (OdlPath *path, double x, double y)
{
  if (path->n == path->size) {
    path->size = MAX (256, path->size * 2);
    path->point = g_renew (OdlPixel, path->point, path->size);
  }
  path->point[path->n++] = (OdlPixel){ x, y };
}

/* Ends the piece, unless none has begun. */
static void
end_piece (OdlPath *path)
{
  if (path->n > 0 && !isnan (path->point[path->n - 1].x))
    put (path, NAN, NAN);
}

void
odl_path_clear (OdlPath *path)
{
  g_clear_pointer (&path->point, g_free);
  path->n = path->size = 0;
}

static gboolean
is_inside (const OdlBox *box, OdlPixel p)
{
  return p.x >= box->x0 && p.x <= box->x1 && p.y >= box->y0 && p.y <= box->y1;
}

/* One side of the box: narrows [in, out]. */
static gboolean
narrow (double direction, double distance, double *in, double *out)
{
  if (direction == 0)
    return distance >= 0;
  double at = distance / direction;
  if (direction < 0)
    *in = fmax (*in, at);
  else
    *out = fmin (*out, at);
  return *in <= *out;
}

/* The part of a → b within the box, as parameters 0 … 1. */
static gboolean
cut_segment (const OdlBox *box, OdlPixel a, OdlPixel b, double *in, double *out)
{
  double dx = b.x - a.x, dy = b.y - a.y;
  *in = 0;
  *out = 1;
  return narrow (-dx, a.x - box->x0, in, out) && narrow (dx, box->x1 - a.x, in, out)
         && narrow (-dy, a.y - box->y0, in, out) && narrow (dy, box->y1 - a.y, in, out);
}

/* Adds segment a → b, cut. `open`: the path ends at a. Returns whether it ends at b. */
static gboolean
add_segment (OdlPath *path, const OdlBox *box, OdlPixel a, OdlPixel b, gboolean open)
{
  double in, out;
  if (is_inside (box, a) && is_inside (box, b)) {
    if (!open)
      put (path, a.x, a.y);
    put (path, b.x, b.y);
    return TRUE;
  }
  if (!cut_segment (box, a, b, &in, &out)) {
    end_piece (path);
    return FALSE;
  }
  if (!open)
    put (path, a.x + in * (b.x - a.x), a.y + in * (b.y - a.y));
  put (path, a.x + out * (b.x - a.x), a.y + out * (b.y - a.y));
  if (out >= 1)
    return TRUE;
  end_piece (path);
  return FALSE;
}

/* Adds a piece without gaps. */
static void
add_cut (OdlPath *path, const OdlPixel *points, gsize n, const OdlBox *box)
{
  gboolean open = FALSE;
  if (n == 1 && is_inside (box, points[0]))
    put (path, points[0].x, points[0].y);
  for (gsize i = 0; i + 1 < n; i++)
    open = add_segment (path, box, points[i], points[i + 1], open);
  end_piece (path);
}

static gboolean
never_turns (const OdlPixel *points, gsize n)
{
  gboolean up = FALSE, down = FALSE;
  for (gsize i = 1; i < n && !(up && down); i++) {
    up |= points[i].x > points[i - 1].x;
    down |= points[i].x < points[i - 1].x;
  }
  return !(up && down);
}

/* Keeps first, lowest, highest and last of each column, in their order. Returns how
 * many. */
static gsize
thin_columns (const OdlPixel *points, gsize n, OdlPixel *kept)
{
  gsize count = 0;
  for (gsize first = 0, next; first < n; first = next) {
    double column = floor (points[first].x);
    gsize low = first, high = first;
    for (next = first + 1; next < n && floor (points[next].x) == column; next++) {
      low = points[next].y < points[low].y ? next : low;
      high = points[next].y > points[high].y ? next : high;
    }
    gsize order[4] = { first, MIN (low, high), MAX (low, high), next - 1 };
    for (guint i = 0; i < 4; i++)
      if (i == 0 || order[i] != order[i - 1])
        kept[count++] = points[order[i]];
  }
  return count;
}

static gsize
thin_near (const OdlPixel *points, gsize n, OdlPixel *kept)
{
  gsize count = 1;
  kept[0] = points[0];
  for (gsize i = 1; i < n; i++) {
    double dx = points[i].x - kept[count - 1].x, dy = points[i].y - kept[count - 1].y;
    if (dx * dx + dy * dy >= 0.25 || i + 1 == n)
      kept[count++] = points[i];
  }
  return count;
}

/* The directions in which a line from an anchor passes all points so far: between two
 * vectors, the right one and the left one. */
typedef struct {
  OdlPixel right, left;
  double reach; /* the farthest of the points; 0: none yet */
} Cone;

static double
cross (OdlPixel a, OdlPixel b)
{
  return a.x * b.y - a.y * b.x;
}

/* Narrows the cone to what passes `d` within TOLERANCE; FALSE, and nothing done, when
 * the middle of that is outside, or d turns back. */
static gboolean
narrow_cone (Cone *cone, OdlPixel d)
{
  double length = sqrt (d.x * d.x + d.y * d.y);
  if (length <= TOLERANCE)
    return cone->reach <= 2 * TOLERANCE;
  double s = TOLERANCE / length, c = sqrt (1 - s * s);
  OdlPixel right = { d.x * c + d.y * s, d.y * c - d.x * s };
  OdlPixel left = { d.x * c - d.y * s, d.y * c + d.x * s };
  if (cone->reach == 0) {
    *cone = (Cone){ right, left, length };
    return TRUE;
  }
  if (cross (cone->right, d) < 0 || cross (d, cone->left) < 0
      || length < cone->reach - TOLERANCE)
    return FALSE;
  if (cross (cone->right, right) > 0)
    cone->right = right;
  if (cross (left, cone->left) > 0)
    cone->left = left;
  cone->reach = fmax (cone->reach, length);
  return TRUE;
}

/* Leaves out points that lie within TOLERANCE of the straight line between those kept:
 * a point is kept when the next one is outside the cone. In place; returns how many are
 * left. */
static gsize
thin_straight (OdlPixel *points, gsize n)
{
  gsize count = 1;
  Cone cone = { .reach = 0 };
  OdlPixel anchor = points[0], before = points[0];
  for (gsize i = 1; i < n; i++) {
    OdlPixel d = { points[i].x - anchor.x, points[i].y - anchor.y };
    if (!narrow_cone (&cone, d)) {
      anchor = points[count++] = before;
      cone.reach = 0;
      d = (OdlPixel){ points[i].x - anchor.x, points[i].y - anchor.y };
      narrow_cone (&cone, d);
    }
    before = points[i];
  }
  if (n > 1)
    points[count++] = points[n - 1];
  return count;
}

/* Adds a piece without gaps, thinned when it is long. */
static void
add_piece (OdlPath *path, const OdlPixel *points, gsize n, const OdlBox *box)
{
  if (n < 8) {
    add_cut (path, points, n, box);
    return;
  }
  OdlPixel *kept = g_new (OdlPixel, n);
  gsize count = n;
  if (!never_turns (points, n))
    count = thin_near (points, n, kept);
  else if ((double)n > 2 * fabs (points[n - 1].x - points[0].x))
    count = thin_columns (points, n, kept);
  else
    memcpy (kept, points, n * sizeof *points);
  count = thin_straight (kept, count);
  add_cut (path, kept, count, box);
  g_free (kept);
}

void
odl_path_add (OdlPath *path, const OdlPixel *points, gsize n, const OdlBox *box)
{
  for (gsize first = 0, next; first < n; first = next + 1) {
    for (next = first; next < n && !isnan (points[next].x) && !isnan (points[next].y);
         next++) {
    }
    if (next > first)
      add_piece (path, points + first, next - first, box);
  }
}
