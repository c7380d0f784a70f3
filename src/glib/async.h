// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

namespace wms::glib {

/// Awaits one asynchronous call of GIO by running a context until its result
/// is there, so that a sequence of such calls reads like one:
///
///     AsyncResult result;
///     g_something_async(..., AsyncResult::Callback, &result);
///     g_something_finish(..., result.Await(context), ...);
///
/// Calls of this kind end when their cancellable is cancelled; Await has to
/// be called, since the callback refers to this.
class AsyncResult {
 public:
  AsyncResult() = default;
  AsyncResult(const AsyncResult&) = delete;
  AsyncResult& operator=(const AsyncResult&) = delete;

  static void Callback(GObject* /*source*/, GAsyncResult* result,
                       gpointer self) noexcept {
    static_cast<AsyncResult*>(self)->result_ = Ref<GAsyncResult>::Share(result);
  }

  GAsyncResult* Await(GMainContext* context) {
    while (!result_)
      g_main_context_iteration(context, TRUE);
    return result_.get();
  }

 private:
  Ref<GAsyncResult> result_;
};

}  // namespace wms::glib
