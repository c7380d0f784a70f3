// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <gio/gio.h>
#include <glib-unix.h>

namespace wms::glib {

/// A cancellable for calls whose context lives no longer than they do,
/// cancelled in the thread of that context once @a outer is cancelled, from
/// whatever thread. Handing @a outer itself to such calls is a race: whoever
/// cancels it wakes up the contexts of the sources that wait for it, and one
/// of those may just be going.
class LocalCancellable {
 public:
  /// @param context of the calling thread, as all that uses this.
  /// @param outer outlives this.
  LocalCancellable(GMainContext* context, GCancellable* outer)
      : outer_(outer),
        source_(g_unix_fd_source_new(g_cancellable_get_fd(outer), G_IO_IN)) {
    g_source_set_callback(source_.get(), G_SOURCE_FUNC(PassOn), own_.get(),
                          nullptr);
    g_source_attach(source_.get(), context);
  }
  ~LocalCancellable() {
    g_source_destroy(source_.get());
    g_cancellable_release_fd(outer_);
  }
  LocalCancellable(const LocalCancellable&) = delete;
  LocalCancellable& operator=(const LocalCancellable&) = delete;

  GCancellable* get() const { return own_.get(); }

 private:
  static gboolean PassOn(gint /*fd*/, GIOCondition /*condition*/,
                         gpointer own) noexcept {
    g_cancellable_cancel(static_cast<GCancellable*>(own));
    return G_SOURCE_REMOVE;
  }

  GCancellable* const outer_;
  Ref<GCancellable> own_ = Ref<GCancellable>::Take(g_cancellable_new());
  Source source_;
};

}  // namespace wms::glib
