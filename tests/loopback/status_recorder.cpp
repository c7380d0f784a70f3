// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/status_recorder.h"

#include "loopback/expect.h"
#include "loopback/scripted_server.h"

#include <algorithm>

namespace wms::test {

const char* StatusName(Status status) {
  switch (status) {
    case Status::kError:
      return "error";
    case Status::kOpened:
      return "opened";
    case Status::kEndOfStreaming:
      return "end-of-streaming";
    case Status::kLocating:
      return "locating";
    case Status::kConnecting:
      return "connecting";
    case Status::kStarted:
      return "started";
    case Status::kStopped:
      return "stopped";
    case Status::kClosed:
      return "closed";
    case Status::kSourceSwitch:
      return "source-switch";
    case Status::kReconnectStart:
      return "reconnect-start";
    case Status::kReconnectEnd:
      return "reconnect-end";
  }
  return "unknown";
}

void StatusRecorder::OnStatus(Status status, HResult hresult,
                              const StatusDetail& detail, void* context) {
  const Record record{status, hresult, detail, context,
                      std::this_thread::get_id()};
  {
    const std::lock_guard lock(mutex_);
    records_.push_back(record);
    changed_.notify_all();
  }
  if (then_) then_(record);
}

StatusRecorder::Record StatusRecorder::WaitForCount(std::size_t count) {
  std::unique_lock lock(mutex_);
  const bool there = changed_.wait_for(
      lock, kDeadline, [&] { return records_.size() >= count; });
  EXPECT(there, "a status that did not come");
  return records_[count - 1];
}

StatusRecorder::Record StatusRecorder::WaitFor(Status status) {
  std::unique_lock lock(mutex_);
  auto found = records_.end();
  const bool there = changed_.wait_for(lock, kDeadline, [&] {
    found = std::find_if(
        records_.begin(), records_.end(),
        [status](const Record& record) { return record.status == status; });
    return found != records_.end();
  });
  EXPECT(there, std::string("no status ") + StatusName(status));
  return *found;
}

std::vector<StatusRecorder::Record> StatusRecorder::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

std::string StatusRecorder::Order() const {
  std::string order;
  for (const Record& record : records()) {
    if (!order.empty()) order += ' ';
    order += StatusName(record.status);
  }
  return order;
}

}  // namespace wms::test
