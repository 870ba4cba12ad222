/* Which verb is meant, or whether the window is.
 * SPDX-License-Identifier: MIT
 *
 * The first word decides: a verb is run; --help and --version are answered; a session
 * file, or nothing, opens the window. A word that is neither is refused here, before a
 * display is asked for. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include "service.h"
#include "verbs.h"

static const OdlVerb *const verbs[] = {
  &odl_verb_solve,    &odl_verb_new,    &odl_verb_train,
  &odl_verb_gradient, &odl_verb_latent, &odl_verb_render,
  &odl_verb_inspect,  &odl_verb_list,   &odl_verb_bench,
};

static const OdlVerb *
find_verb (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (verbs[i]->name, name))
      return verbs[i];
  return NULL;
}

static int
print_usage (void)
{
  printf ("usage: odelab [FILE.odelab]      open the window\n");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    printf ("       odelab %-9s %s\n", verbs[i]->name, verbs[i]->about);
  printf (
      "\nodelab VERB --help tells the options of a verb. All take --json, --quiet and "
      "--threads N.\nodelab --version prints the version.\n");
  return ODL_EXIT_DONE;
}

static int
run_verb (const OdlVerb *verb, int argc, char **argv)
{
  GError *error = NULL;
  g_autoptr (OdlCall) call = odl_call_parse (verb, argc, argv, &error);
  if (!call)
    return odl_call_fail (error);
  if (call->help) {
    odl_call_print_help (verb);
    return ODL_EXIT_DONE;
  }
  int status = verb->run (call);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  fprintf (stderr, "odelab: cannot write to the standard output: %s\n",
           g_strerror (errno));
  return ODL_EXIT_FAILED;
}

static int
refuse (const char *word)
{
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_string_append_printf (list, "%s, ", verbs[i]->name);
  GError *error = NULL;
  odl_error_set_invalid (&error,
                         "'%s' is not accepted: %sa session file, --help, "
                         "--version",
                         word, list->str);
  g_string_free (list, TRUE);
  return odl_call_fail (error);
}

/* What GApplication itself is told by the desktop. */
static gboolean
is_for_window (const char *word)
{
  return g_str_has_prefix (word, "--gapplication-") || g_str_has_prefix (word, "file:")
         || g_str_has_suffix (word, ".odelab")
         || (word[0] != '-' && g_file_test (word, G_FILE_TEST_EXISTS));
}

int
odl_command_main (int argc, char **argv, gboolean *handled)
{
  g_return_val_if_fail (handled, ODL_EXIT_FAILED);
  *handled = argc > 1;
  if (argc < 2)
    return ODL_EXIT_DONE;
  const OdlVerb *verb = find_verb (argv[1]);
  if (verb)
    return run_verb (verb, argc - 2, argv + 2);
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    return print_usage ();
  if (g_str_equal (argv[1], "--version")) {
    printf ("odelab " ODL_VERSION "\n");
    return ODL_EXIT_DONE;
  }
  if (!is_for_window (argv[1]))
    return refuse (argv[1]);
  *handled = FALSE;
  return ODL_EXIT_DONE;
}
