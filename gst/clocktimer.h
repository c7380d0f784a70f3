// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <gst/gst.h>

#include <memory>
#include <mutex>

namespace wms::gst {

/// Calls a function for an element after a while, once or again and again, in
/// the one thread that the system's clock has for that: the function must not
/// wait. From any thread.
class ClockTimer {
 public:
  using Function = void (*) (GstElement* element);

  ClockTimer () = default;
  ~ClockTimer () { Stop (); }
  ClockTimer (const ClockTimer&) = delete;
  ClockTimer& operator= (const ClockTimer&) = delete;

  /// @param after when to call @a function, from now on; not at all when the
  ///   element is gone by then.
  void Once (GstElement* element, GstClockTime after, Function function);
  /// The same, each time that @a interval has passed.
  void Repeat (GstElement* element, GstClockTime interval, Function function);
  /// A call under way may still go on.
  void Stop ();

 private:
  using ClockId = std::unique_ptr<std::remove_pointer_t<GstClockID>,
                                  glib::Deleter<gst_clock_id_unref>>;

  void Start (GstClockID timer, GstElement* element, Function function);

  std::mutex lock_;
  ClockId timer_;  // under lock_
};

}  // namespace wms::gst
