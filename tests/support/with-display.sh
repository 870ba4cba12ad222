#!/usr/bin/env bash
# Runs a command with a private X server, a private session bus and no settings of the user's: with-display.sh COMMAND…
# SPDX-License-Identifier: MIT
#
# The same surroundings for every test of the window. Exit status 77, by which ctest knows a skipped test, when there is
# no X server to be had. The last line is not exec'd, or the trap that clears the folder would not run.
set -euo pipefail
for tool in xvfb-run dbus-run-session; do
  command -v "$tool" >/dev/null || { echo "with-display.sh: $tool is not installed" >&2; exit 77; }
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME=$tmp XDG_RUNTIME_DIR=$tmp/run XDG_CONFIG_HOME=$tmp/config XDG_DATA_HOME=$tmp/data \
  XDG_CACHE_HOME=$tmp/cache XDG_STATE_HOME=$tmp/state
mkdir -m 700 "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME"
export GDK_BACKEND=x11 GSK_RENDERER=${GSK_RENDERER:-cairo} GSETTINGS_BACKEND=memory GIO_USE_VFS=local \
  GIO_USE_VOLUME_MONITOR=unix GTK_A11Y=${GTK_A11Y:-test} GTK_USE_PORTAL=0 ADW_DISABLE_PORTAL=1 NO_AT_BRIDGE=1 \
  LC_ALL=C.UTF-8 TZ=UTC GDK_SCALE=1
# Drawn by Cairo, nothing needs the software GL driver: not loading it is faster, and what it keeps is not ours to free.
[ "$GSK_RENDERER" = cairo ] && export GDK_DEBUG=${GDK_DEBUG:-gl-disable}
unset WAYLAND_DISPLAY DISPLAY DBUS_SESSION_BUS_ADDRESS XAUTHORITY
xvfb-run -a --server-args="-screen 0 ${ODELAB_SCREEN:-1600x1200x24} +extension GLX +render -noreset -nolisten tcp -dpi 96" \
  dbus-run-session -- "$@"
