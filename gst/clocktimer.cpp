// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "clocktimer.h"

namespace wms::gst {
namespace {

using ClockPtr = glib::Ref<GstClock>;

/// Not the pipeline's clock, which may stand still in a pause.
ClockPtr SystemClock () {
  return ClockPtr::Take (gst_system_clock_obtain ());
}

struct Call {
  GWeakRef element;
  ClockTimer::Function function;
};

gboolean OnTime (GstClock* /*clock*/, GstClockTime /*time*/, GstClockID /*id*/,
                 gpointer data) noexcept {
  auto* call = static_cast<Call*> (data);
  const auto element = glib::Ref<GstElement>::Take (
      static_cast<GstElement*> (g_weak_ref_get (&call->element)));
  if (element) call->function (element.get ());
  return TRUE;
}

void FreeCall (gpointer data) noexcept {
  auto* call = static_cast<Call*> (data);
  g_weak_ref_clear (&call->element);
  g_free (call);
}

}  // namespace

void ClockTimer::Once (GstElement* element, GstClockTime after,
                       Function function) {
  const ClockPtr clock = SystemClock ();
  Start (gst_clock_new_single_shot_id (
             clock.get (), gst_clock_get_time (clock.get ()) + after),
         element, function);
}

void ClockTimer::Repeat (GstElement* element, GstClockTime interval,
                         Function function) {
  const ClockPtr clock = SystemClock ();
  Start (
      gst_clock_new_periodic_id (
          clock.get (), gst_clock_get_time (clock.get ()) + interval, interval),
      element, function);
}

/// Takes @a timer over.
void ClockTimer::Start (GstClockID timer, GstElement* element,
                        Function function) {
  Stop ();
  const std::lock_guard lock (lock_);
  timer_.reset (timer);
  auto* call = g_new0 (Call, 1);
  g_weak_ref_init (&call->element, element);
  call->function = function;
  gst_clock_id_wait_async (timer, OnTime, call, FreeCall);
}

void ClockTimer::Stop () {
  const std::lock_guard lock (lock_);
  if (!timer_) return;
  gst_clock_id_unschedule (timer_.get ());
  timer_.reset ();
}

}  // namespace wms::gst
