// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "gstwmspushsignals.h"

namespace wms::gst {
namespace {

enum Signal : guint {
  kSignalAcquireCredentials,
  kSignalRetryNow,
  kSignalCount
};
guint signals[kSignalCount];

}  // namespace

void InstallSignals (GType type, GCallback retry_now) {
  /**
   * GstWmsPushSink::acquire-credentials:
   * @sink: the sink
   * @request: "wms-push-credential-request" with `realm`, `site` and `user-id`
   *   (of the last try) as strings, `clear-text` (gboolean: the password will
   *   be readable on the wire), `proxy` (gboolean: it is the proxy that asks)
   *   and `hresult` (guint: how the last try ended)
   *
   * The server or the proxy wants credentials, and properties and location have
   * none, or wrong ones. Emitted in the thread that connects, which waits for
   * the answer.
   *
   * Returns: (transfer full) (nullable): a structure of any name with the
   *   strings `user-id` and `user-pw`, or %NULL to give up
   *
   * Since: 0.1
   */
  signals[kSignalAcquireCredentials] = g_signal_new (
      "acquire-credentials", type, G_SIGNAL_RUN_LAST, 0,
      g_signal_accumulator_first_wins, nullptr, nullptr, GST_TYPE_STRUCTURE, 1,
      GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * GstWmsPushSink::retry-now:
   * @sink: the sink
   *
   * Ends the delay before the next attempt to connect again, if there is one:
   * for whoever knows that the network is back.
   *
   * Since: 0.1
   */
  signals[kSignalRetryNow] = g_signal_new_class_handler (
      "retry-now", type,
      static_cast<GSignalFlags> (G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
      retry_now, nullptr, nullptr, nullptr, G_TYPE_NONE, 0);
}

GstStructure* EmitAcquireCredentials (GstElement* element,
                                      const GstStructure* request) {
  GstStructure* answer = nullptr;
  g_signal_emit (element, signals[kSignalAcquireCredentials], 0, request,
                 &answer);
  return answer;
}

}  // namespace wms::gst
