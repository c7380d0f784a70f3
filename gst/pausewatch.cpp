// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pausewatch.h"

#include "gstwmspushmessages.h"

namespace wms::gst {
namespace {

void Warn (GstElement* element) {
  // A pause can end without a state change of the element: what it waited
  // for came, and the base class took it to the state that is wanted.
  if (GST_STATE_TARGET (element) == GST_STATE_PLAYING) return;
  PostWarning (element,
               {HResult::NS_E_TIMEOUT,
                "the push has been paused for 45 seconds, and servers end a "
                "session after 60 seconds without data; go on playing, or stop "
                "and start again",
                {}});
}

}  // namespace

void PauseWatch::Start (GstElement* element) {
  timer_.Once (element, kWarnAfter, Warn);
}

}  // namespace wms::gst
