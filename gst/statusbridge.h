// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"
#include "wmspush.h"

#include <gst/gst.h>

#include <atomic>
#include <string_view>

namespace wms::gst {

/// Carries the push sink's callbacks to the bus and to the signals of its
/// element. It can outlive the element, which it refers to weakly. Callbacks
/// come from the thread of a Connect and from the streaming thread.
class StatusBridge : public StatusCallback, public CredentialCallback {
 public:
  /// Emits the element's signal "acquire-credentials"; null when nobody
  /// answers.
  using AskSignal = GstStructure* (*)(GstElement* element,
                                      const GstStructure* request);

  StatusBridge (GstElement* element, AskSignal ask);
  ~StatusBridge () override;
  StatusBridge (const StatusBridge&) = delete;
  StatusBridge& operator= (const StatusBridge&) = delete;

  void OnStatus (Status status, HResult hresult, const StatusDetail& detail,
                 void* context) override;
  HResult AcquireCredentials (Credentials& credentials, HResult last) override;

  /// Forwards a log line to the element's debug category.
  void Log (LogLevel level, std::string_view line) const;

  /// A session begins: nothing has been opened yet.
  void Begin ();
  enum class Closing { kEndOfStream, kStop };
  /// The orderly close begins, if there is a session to close. At the end of
  /// the stream there is a warning when that does not go well.
  void BeginClose (Closing why);
  /// PushSetup has succeeded, and the session is not over.
  bool opened () const { return opened_; }
  /// There has been an error, which is posted or about to be.
  bool failed () const { return failed_; }

 private:
  void PostConnectProgress (GstElement* element, Status status,
                            const StatusDetail& detail);
  void PostCloseProgress (GstElement* element, Status status);
  void PostEndWarning (GstElement* element, HResult hresult,
                       const StatusDetail& detail);

  glib::Ref<GstElement> Element () const;

  mutable GWeakRef element_;
  const AskSignal ask_;
  std::atomic<bool> opened_{false};
  std::atomic<bool> failed_{false};
  std::atomic<bool> connecting_{false};
  std::atomic<bool> closing_{false};
  std::atomic<bool> ending_{false};  // closing for the end of the stream
};

}  // namespace wms::gst
