// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/asf_samples.h"
#include "element/message_log.h"
#include "loopback/expect.h"
#include "pubpoint/options.h"

#include <gst/check/gstcheck.h>
// A macro of check's that the standard streams have a member of the name of.
#undef fail

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace wms::test {

using ElementPtr = std::unique_ptr<GstElement, glib::Deleter<gst_object_unref>>;

/// Longest wait for what must come, and for what must not be held up.
inline constexpr std::chrono::seconds kWait{20};
/// Within this a call that nothing may hold up has returned, on a busy
/// machine too.
inline constexpr std::chrono::milliseconds kAtOnce{1500};

/// A buffer with a copy of @a bytes; the caller's.
GstBuffer* MakeBuffer(Bytes bytes);

/// Caps of an ASF stream; with "streamheader" unless @a header is empty.
GstCaps* MakeCaps(Bytes header = {});

/// Of a server that has these publishing points and makes no others.
pubpoint::ServerOptions ExistingOnly(std::vector<std::string> points = {});

/// A wmspushsink with sync, reconnect, repair-header and fix-timing false,
/// alone in a pipeline, and a source pad that a test pushes from. The
/// destructor goes to NULL.
class SinkCase {
 public:
  explicit SinkCase(const std::string& location);
  ~SinkCase();
  SinkCase(const SinkCase&) = delete;
  SinkCase& operator=(const SinkCase&) = delete;

  GstElement* sink() const { return sink_; }
  GstElement* pipeline() const { return pipeline_.get(); }
  const MessageLog& messages() const { return *messages_; }
  MessageLog& messages() { return *messages_; }

  template <typename T>
  void Set(const char* property, T value) {
    g_object_set(sink_, property, value, nullptr);
  }

  /// Puts a bin of @a description before the sink.
  /// @return the bin, which is the pipeline's.
  GstElement* Feed(const std::string& description);

  GstStateChangeReturn SetState(GstState state);
  /// Sets the state and waits until it is reached, else fails the test.
  void Reach(GstState state);

  /// Stream start, caps and a segment in time, from a pad of its own: a new
  /// stream, also after the sink has been stopped. Caps that are refused make
  /// the next Push fail, as they do for any pad.
  void Begin(Bytes streamheader = {});
  void PushCaps(Bytes streamheader);
  GstFlowReturn Push(Bytes bytes, GstClockTime pts = GST_CLOCK_TIME_NONE);
  /// Takes over @a buffer.
  GstFlowReturn PushBuffer(GstBuffer* buffer);
  GstFlowReturn PushAll(const std::vector<ByteVector>& packets);
  GstFlowReturn PushList(const std::vector<ByteVector>& buffers);
  bool PushEvent(GstEvent* event);
  bool PushEos() { return PushEvent(gst_event_new_eos()); }

  /// The same in a thread, for what waits.
  std::future<GstFlowReturn> PushLater(const std::vector<ByteVector>& packets);
  std::future<bool> EosLater();

  /// To PLAYING with the header in the caps.
  void Play(Bytes header);

  StructurePtr Stats() const;
  guint64 Stat(const char* field) const;

 private:
  void Unlink();

  ElementPtr pipeline_;
  GstElement* sink_;  // the pipeline's
  std::unique_ptr<MessageLog> messages_;
  GstPad* pad_ = nullptr;
};

/// Value of a call in another thread; fails the test when it does not return.
template <typename T>
T Get(std::future<T>& future, std::chrono::milliseconds deadline = kWait) {
  EXPECT(future.wait_for(deadline) == std::future_status::ready,
         "the call does not return");
  return future.get();
}

/// Milliseconds that @a call takes.
template <typename F>
std::chrono::milliseconds TimeOf(F call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
}

#define EXPECT_FLOW(expression, wanted)                                       \
  do {                                                                        \
    const GstFlowReturn flow_found = (expression);                            \
    if (flow_found != (wanted)) {                                             \
      ck_abort_msg("%s: %s instead of %s", #expression,                       \
                   gst_flow_get_name(flow_found), gst_flow_get_name(wanted)); \
    }                                                                         \
  } while (0)

#define EXPECT_TEXT(expression, wanted)                         \
  do {                                                          \
    const std::string text_found = (expression);                \
    const std::string text_wanted = (wanted);                   \
    if (text_found != text_wanted) {                            \
      ck_abort_msg("%s: \"%s\" instead of \"%s\"", #expression, \
                   text_found.c_str(), text_wanted.c_str());    \
    }                                                           \
  } while (0)

}  // namespace wms::test
