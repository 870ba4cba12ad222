/* The thread that owns the experiments.
 * SPDX-License-Identifier: MIT
 *
 * In: commands are queued under one mutex (worker-commands.h); `waiting` tells whoever
 * computes that there are some, so that a solve of minutes returns within milliseconds.
 * Out: a slot per experiment, exchanged atomically. The newest frame wins, a frame that
 * nobody took is freed by the worker, and an eventfd, which counts and so is readable
 * once however often it is written, wakes the other side.
 *
 * The loop: take the commands, obey them in order, do one slice of work, leave the
 * frames that are due, and sleep on a condition when there is nothing to do. The
 * experiment in view has every other slice; the others share the rest in turn. A frame
 * is due at once when it answers something and the one before was taken; otherwise no
 * oftener than every 8 ms, or a quarter of the time where frames are dear.
 *
 * pthread and C11 atomics rather than GLib's, which ThreadSanitizer cannot see into.
 * The thread lowers its own priority before it starts its pool, which inherits it, so
 * that drawing stays smooth while every core computes. */
#include "worker.h"

#include "base/status.h"
#include "graph/pool.h"
#include "history.h"
#include "worker-content.h"
#include "worker-desk.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NICE           10
#define FRAME_US       8000   /* between frames while something runs */
#define UNREAD_US      250000 /* the same when nobody takes them */
#define BOOK_US        100000 /* and when only the book of runs has changed */
#define FIRST_SLICE_US 6000   /* of work after a command, so that the answer is soon */
#define SLICE_US       8000
#define PATIENCE_US    20000 /* that a frame waits for work to return of itself */

/* What waits in the queue: something of which more will come (a drag, a slider), or
 * something that cannot wait. */
enum { WAITING_NONE, WAITING_SOFT, WAITING_HARD };

/* The answer to a save or a load. */
typedef struct {
  guint64 command;
  json_t *document; /* of a save */
  char *error;      /* of a load that failed */
} Answer;

struct _OdlWorker {
  guint n;
  guint threads;
  int fd;
  pthread_t thread;
  gboolean started;

  pthread_mutex_t lock;
  pthread_cond_t wake;
  /* Under the lock. */
  OdlCommands commands;
  gboolean quit;
  GPtrArray *saved, *loaded; /* of Answer, oldest first */

  atomic_int waiting; /* a command is in the queue, or (hard) it is time to quit */
  _Atomic (OdlFrame *) *slots;

  /* The thread's own, once it has started. */
  GPtrArray *obeying;
  OdlRuns *runs;
  OdlPool *pool;
  OdlDesk *desks;
  guint shown, turn;
  guint64 serial, slice;
  gboolean answered;  /* commands were obeyed since the last slice */
  gboolean answering; /* the slice is to answer a command */
  gint64 cut_us;      /* when the slice must return, finished or not */
};

static void
answer_free (gpointer data)
{
  Answer *answer = data;
  json_decref (answer->document);
  g_free (answer->error);
  g_free (answer);
}

/* ---- Frames ---- */

static void
wake_reader (OdlWorker *worker)
{
  const guint64 one = 1;
  /* It fails only when the count is full, and then the reader is awake. */
  if (write (worker->fd, &one, sizeof one) < 0)
    g_assert (errno == EAGAIN || errno == EINTR);
}

static gboolean
is_taken (OdlWorker *worker, guint i)
{
  return atomic_load_explicit (&worker->slots[i], memory_order_acquire) == NULL;
}

static void
publish (OdlWorker *worker, guint i)
{
  OdlDesk *desk = &worker->desks[i];
  OdlFrame *frame = odl_desk_snapshot (desk);
  desk->runs_serial = odl_runs_serial (worker->runs);
  frame->serial = ++worker->serial;
  OdlFrame *unread
      = atomic_exchange_explicit (&worker->slots[i], frame, memory_order_acq_rel);
  odl_frame_unref (unread);
  wake_reader (worker);
}

/* When the next frame of this desk is due; G_MAXINT64: there is nothing new. */
static gint64
frame_due (OdlWorker *worker, guint i)
{
  OdlDesk *desk = &worker->desks[i];
  const gboolean taken = is_taken (worker, i);
  if (odl_experiment_class (desk->experiment)->watches_runs && !desk->dirty
      && desk->runs_serial != odl_runs_serial (worker->runs))
    return desk->published_us + (taken ? BOOK_US : UNREAD_US);
  if (!desk->dirty)
    return G_MAXINT64;
  if (desk->urgent && taken)
    return 0;
  const gint64 pause = desk->urgent || taken ? FRAME_US : UNREAD_US;
  return desk->published_us + MAX (pause, 4 * desk->cost_us);
}

/* But for the desk that is about to be worked on, whose frame waits for that. Returns
 * when the next one will be due. */
static gint64
publish_due (OdlWorker *worker, const OdlDesk *but)
{
  gint64 next = G_MAXINT64;
  for (guint i = 0; i < worker->n; i++) {
    if (&worker->desks[i] == but)
      continue;
    const gint64 due = frame_due (worker, i);
    if (due <= g_get_monotonic_time ())
      publish (worker, i);
    else
      next = MIN (next, due);
  }
  return next;
}

/* ---- Documents ---- */

static void
answer (OdlWorker *worker, GPtrArray *to, guint64 command, json_t *document,
        const GError *error)
{
  Answer *answer = g_new0 (Answer, 1);
  answer->command = command;
  answer->document = document;
  answer->error = error ? g_strdup (error->message) : NULL;
  pthread_mutex_lock (&worker->lock);
  g_ptr_array_add (to, answer);
  pthread_mutex_unlock (&worker->lock);
  wake_reader (worker);
}

static void
save (OdlWorker *worker, guint64 command)
{
  json_t *session = odl_desks_save (worker->desks, worker->n, worker->runs);
  answer (worker, worker->saved, command, session, NULL);
}

static void
put_on_desks (OdlWorker *worker, OdlContent *content, guint64 command)
{
  for (guint i = 0; i < worker->n; i++) {
    OdlDesk *desk = &worker->desks[i];
    const double speed = desk->speed;
    odl_desk_close (desk);
    *desk = (OdlDesk){ .speed = speed, .command = command };
    odl_desk_open (desk, g_steal_pointer (&content->experiments[i]));
  }
  odl_runs_free (worker->runs);
  worker->runs = g_steal_pointer (&content->runs);
}

static void
load (OdlWorker *worker, const OdlCommand *command)
{
  OdlContent content = { 0 };
  g_autoptr (GError) error = NULL;
  const gboolean good = odl_content_make (&content, &error)
                        && (!command->document
                            || odl_content_read (&content, command->document, &error));
  if (good)
    put_on_desks (worker, &content, command->number);
  odl_content_clear (&content);
  answer (worker, worker->loaded, command->number, NULL, good ? NULL : error);
}

/* ---- The loop ---- */

static void
obey (OdlWorker *worker, const OdlCommand *command)
{
  if (command->kind == ODL_COMMAND_SAVE)
    save (worker, command->number);
  else if (command->kind == ODL_COMMAND_LOAD)
    load (worker, command);
  else
    odl_desk_obey (&worker->desks[command->experiment], command);
  if (command->kind == ODL_COMMAND_SHOW)
    worker->shown = command->experiment;
}

/* Errors whose frame the other side has taken. */
static void
notice_taken (OdlWorker *worker)
{
  for (guint i = 0; i < worker->n; i++)
    worker->desks[i].error_seen
        |= worker->desks[i].error && !worker->desks[i].dirty && is_taken (worker, i);
}

static void
obey_all (OdlWorker *worker)
{
  notice_taken (worker);
  worker->answered |= worker->obeying->len > 0;
  for (guint i = 0; i < worker->obeying->len; i++)
    obey (worker, g_ptr_array_index (worker->obeying, i));
  g_ptr_array_set_size (worker->obeying, 0);
}

static gboolean
is_interrupted (gpointer data)
{
  OdlWorker *worker = data;
  const int waiting = atomic_load_explicit (&worker->waiting, memory_order_relaxed);
  return waiting == WAITING_HARD || (waiting == WAITING_SOFT && !worker->answering)
         || g_get_monotonic_time () > worker->cut_us;
}

/* Whose slice it is; NULL: there is nothing to compute now. *next: when there will be.
 * What is in view is settled first and shares with what runs; what is not, last. */
static OdlDesk *
choose (OdlWorker *worker, gint64 *next)
{
  const gint64 now = g_get_monotonic_time ();
  OdlDesk *shown = &worker->desks[worker->shown], *other = NULL;
  const gboolean ready = odl_desk_due (shown) <= now;
  *next = odl_desk_due (shown);
  for (guint i = 1; i <= worker->n; i++) {
    OdlDesk *desk = &worker->desks[(worker->turn + i) % worker->n];
    const gint64 due = odl_desk_due (desk);
    const gboolean waits = ready && !desk->running && desk->steps == 0;
    *next = MIN (*next, due);
    if (!other && desk != shown && due <= now && !waits)
      other = desk;
  }
  if (ready && (!other || shown->unsettled || worker->slice++ % 2 == 0))
    return shown;
  if (other)
    worker->turn = (guint)(other - worker->desks);
  return other;
}

/* `frame`: when another desk's frame is due. Work that does not return of itself is cut
 * short once for a frame that is due, and begun again after that. The answer to a
 * command is not cut short by the next value of the same slider, or a long drag would
 * never be answered. */
static void
work (OdlWorker *worker, OdlDesk *desk, gint64 frame)
{
  const gint64 now = g_get_monotonic_time ();
  const OdlTime time = {
    .deadline_us = now + (worker->answered ? FIRST_SLICE_US : SLICE_US),
    .interrupted = is_interrupted,
    .data = worker,
    .pool = worker->pool,
    .runs = worker->runs,
  };
  worker->answered = FALSE;
  worker->answering = desk->urgent;
  worker->cut_us = MAX (now + PATIENCE_US, desk->urgent ? 0 : frame);
  odl_desk_work (desk, &time);
}

/* Sleeps until a command comes or the clock has reached `until` (G_MAXINT64: never);
 * 0 does not sleep. Takes what was posted. FALSE: it is time to quit. */
static gboolean
await (OdlWorker *worker, gint64 until)
{
  const struct timespec clock
      = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
  pthread_mutex_lock (&worker->lock);
  while (worker->commands.list->len == 0 && !worker->quit
         && until > g_get_monotonic_time ()) {
    if (until == G_MAXINT64)
      pthread_cond_wait (&worker->wake, &worker->lock);
    else
      pthread_cond_timedwait (&worker->wake, &worker->lock, &clock);
  }
  const gboolean go = !worker->quit;
  if (go) {
    odl_commands_take (&worker->commands, &worker->obeying);
    atomic_store_explicit (&worker->waiting, WAITING_NONE, memory_order_relaxed);
  }
  pthread_mutex_unlock (&worker->lock);
  return go;
}

static void *
serve (void *data)
{
  OdlWorker *worker = data;
  gint64 until = 0;
  setpriority (PRIO_PROCESS, (id_t)syscall (SYS_gettid), NICE);
  worker->pool = odl_pool_new (worker->threads);
  while (await (worker, until)) {
    gint64 next;
    obey_all (worker);
    OdlDesk *desk = choose (worker, &next);
    gint64 frame = publish_due (worker, desk);
    if (desk) {
      work (worker, desk, frame);
      frame = publish_due (worker, NULL);
    }
    until = desk ? 0 : MIN (next, frame);
  }
  odl_pool_free (worker->pool);
  return NULL;
}

/* ---- The other side ---- */

static void
init_locks (OdlWorker *worker)
{
  pthread_condattr_t attributes;
  pthread_mutex_init (&worker->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&worker->wake, &attributes);
  pthread_condattr_destroy (&attributes);
}

static gboolean
fill_desks (OdlWorker *worker, GError **error)
{
  OdlContent content = { 0 };
  const gboolean good = odl_content_make (&content, error);
  if (good)
    put_on_desks (worker, &content, 0);
  odl_content_clear (&content);
  return good;
}

static gboolean
begin (OdlWorker *worker, GError **error)
{
  worker->fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  const int failure
      = worker->fd < 0 ? errno : pthread_create (&worker->thread, NULL, serve, worker);
  worker->started = failure == 0;
  if (failure != 0)
    g_set_error (error, ODL_ERROR, ODL_ERROR_FAILED,
                 "the thread that computes cannot be started: %s",
                 g_strerror (failure));
  return worker->started;
}

OdlWorker *
odl_worker_new (guint threads, GError **error)
{
  OdlWorker *worker = g_new0 (OdlWorker, 1);
  odl_experiments (&worker->n);
  worker->threads = threads;
  worker->fd = -1;
  init_locks (worker);
  odl_commands_init (&worker->commands);
  worker->obeying = g_ptr_array_new_with_free_func ((GDestroyNotify)odl_command_free);
  worker->saved = g_ptr_array_new_with_free_func (answer_free);
  worker->loaded = g_ptr_array_new_with_free_func (answer_free);
  worker->slots = g_malloc0_n (worker->n, sizeof *worker->slots);
  worker->desks = g_new0 (OdlDesk, worker->n);
  if (!fill_desks (worker, error) || !begin (worker, error))
    g_clear_pointer (&worker, odl_worker_free);
  return worker;
}

static void
join (OdlWorker *worker)
{
  pthread_mutex_lock (&worker->lock);
  worker->quit = TRUE;
  atomic_store_explicit (&worker->waiting, WAITING_HARD, memory_order_relaxed);
  pthread_cond_signal (&worker->wake);
  pthread_mutex_unlock (&worker->lock);
  pthread_join (worker->thread, NULL);
}

void
odl_worker_free (OdlWorker *worker)
{
  if (worker == NULL)
    return;
  if (worker->started)
    join (worker);
  if (worker->fd >= 0)
    close (worker->fd);
  for (guint i = 0; i < worker->n; i++) {
    odl_frame_unref (atomic_load (&worker->slots[i]));
    odl_desk_close (&worker->desks[i]);
  }
  g_clear_pointer (&worker->runs, odl_runs_free);
  odl_commands_clear (&worker->commands);
  g_ptr_array_unref (worker->obeying);
  g_ptr_array_unref (worker->saved);
  g_ptr_array_unref (worker->loaded);
  pthread_cond_destroy (&worker->wake);
  pthread_mutex_destroy (&worker->lock);
  g_free (worker->slots);
  g_free (worker->desks);
  g_free (worker);
}

int
odl_worker_fd (const OdlWorker *worker)
{
  g_return_val_if_fail (worker, -1);
  return worker->fd;
}

static guint64
post (OdlWorker *worker, OdlCommand *command)
{
  pthread_mutex_lock (&worker->lock);
  const int before = atomic_load_explicit (&worker->waiting, memory_order_relaxed);
  const gboolean soft = odl_command_is_passing (command) && before != WAITING_HARD;
  const guint64 number = odl_commands_post (&worker->commands, command);
  atomic_store_explicit (&worker->waiting, soft ? WAITING_SOFT : WAITING_HARD,
                         memory_order_relaxed);
  pthread_cond_signal (&worker->wake);
  pthread_mutex_unlock (&worker->lock);
  return number;
}

static guint64
post_plain (OdlWorker *worker, OdlCommandKind kind, guint experiment)
{
  g_return_val_if_fail (worker && experiment < worker->n, 0);
  return post (worker, odl_command_new (kind, experiment));
}

guint64
odl_worker_set (OdlWorker *worker, guint experiment, guint setting,
                const OdlValue *value)
{
  g_return_val_if_fail (worker && value && experiment < worker->n, 0);
  OdlCommand *command = odl_command_new_set (experiment, setting, value);
  return command ? post (worker, command) : 0;
}

guint64
odl_worker_set_many (OdlWorker *worker, guint experiment, const OdlAssignment *sets,
                     guint n)
{
  g_return_val_if_fail (worker && (sets || n == 0) && experiment < worker->n, 0);
  OdlCommand *command = odl_command_new (ODL_COMMAND_SET_MANY, experiment);
  command->sets = odl_assignments_copy (sets, n);
  return post (worker, command);
}

guint64
odl_worker_act (OdlWorker *worker, guint experiment, const OdlAction *action)
{
  g_return_val_if_fail (worker && action && experiment < worker->n, 0);
  OdlCommand *command = odl_command_new (ODL_COMMAND_ACT, experiment);
  command->action = *action;
  command->action.text = g_strdup (action->text);
  return post (worker, command);
}

guint64
odl_worker_run (OdlWorker *worker, guint experiment, gboolean run)
{
  g_return_val_if_fail (worker && experiment < worker->n, 0);
  OdlCommand *command = odl_command_new (ODL_COMMAND_RUN, experiment);
  command->run = run;
  return post (worker, command);
}

guint64
odl_worker_set_speed (OdlWorker *worker, guint experiment, double iterations_per_second)
{
  g_return_val_if_fail (worker && experiment < worker->n, 0);
  g_return_val_if_fail (iterations_per_second >= 0, 0);
  OdlCommand *command = odl_command_new (ODL_COMMAND_SPEED, experiment);
  command->speed = MIN (iterations_per_second, 1e6);
  return post (worker, command);
}

guint64
odl_worker_step (OdlWorker *worker, guint experiment)
{
  return post_plain (worker, ODL_COMMAND_STEP, experiment);
}

guint64
odl_worker_reset (OdlWorker *worker, guint experiment)
{
  return post_plain (worker, ODL_COMMAND_RESET, experiment);
}

guint64
odl_worker_undo (OdlWorker *worker, guint experiment)
{
  return post_plain (worker, ODL_COMMAND_UNDO, experiment);
}

guint64
odl_worker_redo (OdlWorker *worker, guint experiment)
{
  return post_plain (worker, ODL_COMMAND_REDO, experiment);
}

guint64
odl_worker_show (OdlWorker *worker, guint experiment)
{
  return post_plain (worker, ODL_COMMAND_SHOW, experiment);
}

guint64
odl_worker_save (OdlWorker *worker)
{
  return post_plain (worker, ODL_COMMAND_SAVE, 0);
}

guint64
odl_worker_load (OdlWorker *worker, json_t *document)
{
  g_return_val_if_fail (worker, 0);
  OdlCommand *command = odl_command_new (ODL_COMMAND_LOAD, 0);
  command->document = json_incref (document);
  return post (worker, command);
}

OdlFrame *
odl_worker_take (OdlWorker *worker, guint experiment)
{
  g_return_val_if_fail (worker && experiment < worker->n, NULL);
  return atomic_exchange_explicit (&worker->slots[experiment], NULL,
                                   memory_order_acq_rel);
}

/* The oldest answer, or NULL. */
static Answer *
take_answer (OdlWorker *worker, GPtrArray *from)
{
  pthread_mutex_lock (&worker->lock);
  Answer *answer = from->len > 0 ? g_ptr_array_steal_index (from, 0) : NULL;
  pthread_mutex_unlock (&worker->lock);
  return answer;
}

json_t *
odl_worker_take_saved (OdlWorker *worker, guint64 *command)
{
  g_return_val_if_fail (worker && command, NULL);
  Answer *answer = take_answer (worker, worker->saved);
  if (answer == NULL)
    return NULL;
  json_t *document = g_steal_pointer (&answer->document);
  *command = answer->command;
  answer_free (answer);
  return document;
}

gboolean
odl_worker_take_loaded (OdlWorker *worker, guint64 *command, GError **error)
{
  g_return_val_if_fail (worker && command, FALSE);
  Answer *answer = take_answer (worker, worker->loaded);
  if (answer == NULL)
    return FALSE;
  *command = answer->command;
  if (answer->error)
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE, answer->error);
  answer_free (answer);
  return TRUE;
}
