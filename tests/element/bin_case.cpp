// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/bin_case.h"

#include "loopback/expect.h"

#include <algorithm>
#include <filesystem>

namespace wms::test {
namespace {

pubpoint::ServerOptions RecordingTo(const ScratchDir& directory) {
  pubpoint::ServerOptions options;
  options.record_dir = directory.path();
  return options;
}

}  // namespace

BinCase::BinCase(const std::string& description, const std::string& properties)
    : server_(std::make_unique<PubpointThread>(RecordingTo(recordings_))) {
  const std::string all = "wmspushbin name=push location=" + server_->Url() +
                          " " + properties + " " + description;
  glib::ErrorPtr error;
  pipeline_.reset(gst_parse_launch(all.c_str(), glib::Out(error)));
  EXPECT(error == nullptr, error->message);
  if (!GST_IS_PIPELINE(pipeline_.get())) {
    // A single element comes by itself.
    GstElement* pipeline = gst_pipeline_new(nullptr);
    gst_bin_add(GST_BIN(pipeline), pipeline_.release());
    pipeline_.reset(pipeline);
  }
  bin_ = Find("push");
  messages_ = std::make_unique<MessageLog>(pipeline_.get());
}

BinCase::~BinCase() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  messages_.reset();
}

ElementPtr BinCase::Find(const char* name) const {
  return ElementPtr(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
}

void BinCase::Reach(GstState state) {
  gst_element_set_state(pipeline_.get(), state);
  GstState now = GST_STATE_VOID_PENDING;
  const GstStateChangeReturn result = gst_element_get_state(
      pipeline_.get(), &now, nullptr, std::chrono::nanoseconds(kWait).count());
  EXPECT(result != GST_STATE_CHANGE_FAILURE &&
             result != GST_STATE_CHANGE_ASYNC && now == state,
         std::string("the state is ") + gst_element_state_get_name(now));
}

void BinCase::PlayToEnd() {
  SetState(GST_STATE_PLAYING);
  messages_->WaitFor("EOS");
  fail_unless(server_->WaitForClosed());
  Reach(GST_STATE_READY);
  EXPECT(messages_->Count("ERROR") + messages_->Count("WARNING") == 0,
         messages_->AllText());
  const Received received = server_->Snapshot();
  EXPECT(received.violations.empty(), received.violations.front());
}

std::string BinCase::Recording() const {
  const auto files = recordings_.Files();
  EXPECT(!files.empty(), "nothing has been recorded");
  return std::max_element(files.begin(), files.end(),
                          [](const auto& a, const auto& b) {
                            return std::filesystem::last_write_time(a) <
                                   std::filesystem::last_write_time(b);
                          })
      ->string();
}

}  // namespace wms::test
