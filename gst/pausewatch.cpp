// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pausewatch.h"

#include "gstwmspushmessages.h"

namespace wms::gst {
namespace {

gboolean OnTime (GstClock* /*clock*/, GstClockTime /*time*/, GstClockID /*id*/,
                 gpointer weak) noexcept {
  const auto element = glib::Ref<GstElement>::Take (
      g_weak_ref_get (static_cast<GWeakRef*> (weak)));
  // A pause can end without a state change of the element: what it waited
  // for came, and the base class took it to the state that is wanted.
  if (!element || GST_STATE_TARGET (element.get ()) == GST_STATE_PLAYING) {
    return TRUE;
  }
  PostWarning (element.get (),
               {HResult::NS_E_TIMEOUT,
                "the push has been paused for 45 seconds, and servers end a "
                "session after 60 seconds without data; go on playing, or stop "
                "and start again",
                {}});
  return TRUE;
}

void FreeWeak (gpointer weak) noexcept {
  g_weak_ref_clear (static_cast<GWeakRef*> (weak));
  g_free (weak);
}

}  // namespace

void PauseWatch::Start (GstElement* element) {
  Stop ();
  // Not the pipeline's clock, which may stand still in a pause.
  const auto clock = glib::Ref<GstClock>::Take (gst_system_clock_obtain ());
  const std::lock_guard lock (lock_);
  timer_.reset (gst_clock_new_single_shot_id (
      clock.get (), gst_clock_get_time (clock.get ()) + kWarnAfter));
  auto* weak = g_new (GWeakRef, 1);
  g_weak_ref_init (weak, element);
  gst_clock_id_wait_async (timer_.get (), OnTime, weak, FreeWeak);
}

void PauseWatch::Stop () {
  const std::lock_guard lock (lock_);
  if (!timer_) return;
  gst_clock_id_unschedule (timer_.get ());
  timer_.reset ();
}

}  // namespace wms::gst
