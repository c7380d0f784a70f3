// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "element/message_log.h"
#include "element/sink_case.h"

#include <string>

namespace wms::test {

/// A pipeline with a wmspushbin named "push", and a publishing point for it
/// that records. The destructor goes to NULL.
class BinCase {
 public:
  /// @param description of the pipeline for gst-launch, which refers to the
  ///   bin as "push."; what is said of it in there comes behind its location.
  explicit BinCase(const std::string& description,
                   const std::string& properties = "sink::sync=false");
  ~BinCase();
  BinCase(const BinCase&) = delete;
  BinCase& operator=(const BinCase&) = delete;

  PubpointThread& server() { return *server_; }
  GstElement* pipeline() const { return pipeline_.get(); }
  GstElement* bin() const { return bin_.get(); }
  MessageLog& messages() { return *messages_; }

  /// An element of the pipeline, or of the bin.
  ElementPtr Find(const char* name) const;

  void SetState(GstState state) {
    gst_element_set_state(pipeline_.get(), state);
  }
  /// Sets the state and waits until it is reached, else fails the test.
  void Reach(GstState state);
  /// To PLAYING, and at EOS to READY. Fails the test when there is an error,
  /// a warning, or a violation of the protocol.
  void PlayToEnd();

  /// Path of the newest recording.
  std::string Recording() const;

 private:
  ScratchDir recordings_;
  std::unique_ptr<PubpointThread> server_;
  ElementPtr pipeline_;
  ElementPtr bin_;
  std::unique_ptr<MessageLog> messages_;
};

}  // namespace wms::test
