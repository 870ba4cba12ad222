/* What the picture of the Latent panel says, in a sentence or three.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include "latent-state.h"

static void
say_model (const OdlLatentPayload *payload, GString *text)
{
  if (payload->random)
    g_string_append (text, "The model has random weights: train it, or begin with the "
                           "shipped ones. ");
}

static void
say_points (const OdlLatentPayload *payload, GString *text)
{
  const OdlCanvasReading *reading = payload->readings;
  if (payload->n_points == 0) {
    g_string_append (text, "No points: the band is the prior, what the model expects "
                           "before it has seen anything. Click to add one. ");
    return;
  }
  g_string_append_printf (text, "%u point%s", payload->n_points,
                          payload->n_points > 1 ? "s" : "");
  if (payload->n_readings == 1 && reading->n_used < payload->n_points
      && reading->n_used >= ODL_CANVAS_MAX_USED)
    g_string_append_printf (text, ", of which the answer rests on %u", reading->n_used);
  if (payload->refining && reading->rounds > 0)
    g_string_append_printf (text, "; refining, round %u of %u of the samples' walk. ",
                            reading->rounds, reading->all_rounds);
  else if (payload->refining)
    g_string_append_printf (text, "; refining, step %u. ", reading->iteration);
  else if (payload->n_readings > 0 && reading->iteration > 0)
    g_string_append_printf (text, "; settled after %u steps and %u rounds. ",
                            reading->iteration, reading->rounds);
  else
    g_string_append (text, "; the encoder's answer. ");
}

static void
say_score (const OdlCanvasScore *score, const char *where, GString *text)
{
  if (score->n == 0 || !isfinite (score->mse))
    return;
  g_string_append_printf (
      text,
      "%s the 95 %% band holds %.0f %% of unseen points, mean square "
      "error %.2g. ",
      where, 100 * score->coverage95, score->mse);
}

static void
say_process (const OdlCanvasChannel *channel, GString *text)
{
  if (channel->process.mean == NULL)
    return;
  if (isfinite (channel->process_length))
    g_string_append_printf (text,
                            "The Gaussian process found length %.3g and noise %.2g",
                            channel->process_length, channel->process_noise);
  if (channel->process_outside.n > 0)
    g_string_append_printf (text, " and holds %.0f %% beyond them",
                            100 * channel->process_outside.coverage95);
  g_string_append (text, ". ");
}

char *
odl_canvas_sentence (const OdlLatentPayload *payload)
{
  GString *text = g_string_new (NULL);
  say_model (payload, text);
  say_points (payload, text);
  if (payload->n_channels > 0 && payload->n_points > 0) {
    say_score (&payload->channels[0].inside, "Between the points", text);
    say_score (&payload->channels[0].outside, "Beyond them", text);
    say_process (&payload->channels[0], text);
  }
  g_strchomp (text->str);
  return g_string_free (text, FALSE);
}
