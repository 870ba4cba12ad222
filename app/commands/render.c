/* odelab render: the figure of an experiment or a session, drawn into a file without a
 * display. SPDX-License-Identifier: MIT
 *
 * The experiment is settled to the end first, so the picture does not depend on how
 * fast the machine is. The figure is the one that the window draws. */
#include <stdio.h>

#include "figures/figures.h"
#include "service.h"
#include "verbs.h"

static const char *const endings[] = { ".png", ".svg", ".pdf", ".csv" };

static gboolean
read_size (const char *text, OdlExport *to, GError **error)
{
  guint width = 0, height = 0;
  char rest;
  if (!text)
    return TRUE;
  if (sscanf (text, "%ux%u%c", &width, &height, &rest) != 2 || width < 200
      || height < 150 || width > 20000 || height > 20000) {
    odl_error_set_invalid (error,
                           "--size %s is not acceptable: WIDTHxHEIGHT in pixels, "
                           "from 200x150 to 20000x20000",
                           text);
    return FALSE;
  }
  to->width = width;
  to->height = height;
  return TRUE;
}

static gboolean
read_scale (const char *text, OdlExport *to, GError **error)
{
  char *end;
  if (!text)
    return TRUE;
  to->scale = g_ascii_strtod (text, &end);
  if (end != text && !*end && to->scale >= 0.1 && to->scale <= 10)
    return TRUE;
  odl_error_set_invalid (error, "--scale %s is not acceptable: a number from 0.1 to 10",
                         text);
  return FALSE;
}

static gboolean
read_theme (const char *text, OdlExport *to, GError **error)
{
  if (text && !g_str_equal (text, "light") && !g_str_equal (text, "dark")) {
    odl_error_set_invalid (error, "--theme %s is not acceptable: light or dark", text);
    return FALSE;
  }
  to->theme.dark = g_strcmp0 (text, "dark") == 0;
  return TRUE;
}

static gboolean
check_output (const char *path, GError **error)
{
  for (guint i = 0; path && i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (path, endings[i]))
      return TRUE;
  if (path)
    odl_error_set_invalid (error,
                           "--output %s is not acceptable: a name ending in .png, "
                           ".svg, .pdf or .csv",
                           path);
  else
    odl_error_set_invalid (error,
                           "render lacks its output: --output FIG.png, .svg, .pdf "
                           "or .csv");
  return FALSE;
}

static gboolean
check_plot (const OdlFigure *figure, const char *id, GError **error)
{
  if (!id || odl_figure_find (figure, id))
    return TRUE;
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < odl_figure_n_plots (figure); i++)
    g_string_append_printf (list, "%s%s", i ? ", " : "",
                            odl_plot_id (odl_figure_plot (figure, i)));
  odl_error_set_invalid (error, "there is no plot '%s': %s", id, list->str);
  g_string_free (list, TRUE);
  return FALSE;
}

/* A frame whose drawing would be refused (a wrong equation) is not a picture of what
 * was asked for. */
static int
report (OdlCall *call, const OdlFrame *frame, const char *output)
{
  if (frame->error) {
    fprintf (stderr, "odelab: %s: %s\n",
             frame->error_key ? frame->error_key : "settings", frame->error);
    return ODL_EXIT_FAILED;
  }
  if (call->json)
    odl_call_print_json (
        json_pack ("{s:s, s:s}", "file", output, "status", frame->status));
  else
    odl_call_say (call, "wrote %s", output);
  return ODL_EXIT_DONE;
}

static gboolean
on_progress (gpointer data, double done, double total)
{
  odl_call_progress (data, done, total, "");
  return TRUE;
}

static int
render (OdlCall *call)
{
  GError *error = NULL;
  const char *output = odl_call_option (call, "output");
  OdlExport export = { .width = 1200, .height = 800, .scale = 1 };
  export.plot = odl_call_option (call, "plot");
  if (!check_output (output, &error)
      || !read_size (odl_call_option (call, "size"), &export, &error)
      || !read_scale (odl_call_option (call, "scale"), &export, &error)
      || !read_theme (odl_call_option (call, "theme"), &export, &error))
    return odl_call_fail (error);
  g_autofree const char **settings = odl_call_options (call, "set");
  g_autoptr (OdlStand) stand
      = odl_stand_open (odl_call_argument (call, 0), (const char *const *)settings,
                        call->threads, &error);
  if (!stand)
    return odl_call_fail (error);
  odl_stand_settle (stand, on_progress, call);
  odl_call_progress_end (call);
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (odl_stand_experiment (stand));
  const OdlFigureView view = { .scrub = (0.0 / 0.0) };
  g_autoptr (OdlFigure) figure = odl_figure_of (frame, &view);
  g_autofree char *metadata = odl_stand_describe (stand);
  export.metadata = metadata;
  if (!check_plot (figure, export.plot, &error)
      || !odl_figure_export (figure, output, &export, &error))
    return odl_call_fail (error);
  return report (call, frame, output);
}

static const OdlOption options[] = {
  { "set", "KEY=VALUE", "a setting: odelab list settings EXPERIMENT", TRUE },
  { "output", "FIG", "where to: FIG.png, .svg, .pdf, or .csv for the curves" },
  { "size", "WxH", "size of the page in pixels, 1200x800 when not given" },
  { "scale", "S", "PNG: that many dots a pixel, 1 when not given" },
  { "theme", "NAME", "light (when not given) or dark" },
  { "plot", "NAME", "that plot only" },
  { NULL },
};

const OdlVerb odl_verb_render = {
  "render", "EXPERIMENT|FILE", 1, 1, "Draw a figure into a file", options, render,
};
