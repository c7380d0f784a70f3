// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/message_log.h"

#include "loopback/expect.h"

#include <algorithm>

namespace wms::test {
namespace {

std::string TextOf(const GstStructure* structure) {
  const glib::Chars text(
      structure != nullptr ? gst_structure_to_string(structure) : nullptr);
  return text ? text.get() : "";
}

std::string ProgressWord(GstMessage* message) {
  GstProgressType type = GST_PROGRESS_TYPE_START;
  gchar* code = nullptr;
  gst_message_parse_progress(message, &type, &code, nullptr);
  const glib::Chars owned(code);
  constexpr const char* kTypes[] = {"start", "continue", "complete", "canceled",
                                    "error"};
  return std::string(code) + "-" + kTypes[type];
}

std::string StatusWord(GstMessage* message) {
  const GstStructure* fields = gst_message_get_structure(message);
  if (!gst_structure_has_name(fields, "wms-push-status")) return {};
  const GValue* value = gst_structure_get_value(fields, "status");
  GTypeClass* type =
      static_cast<GTypeClass*>(g_type_class_ref(G_VALUE_TYPE(value)));
  const GEnumValue* found = g_enum_get_value(
      reinterpret_cast<GEnumClass*>(type), g_value_get_enum(value));
  std::string word = found != nullptr ? found->value_nick : "unknown";
  g_type_class_unref(type);
  return word;
}

std::string WordOf(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ELEMENT:
      return StatusWord(message);
    case GST_MESSAGE_PROGRESS:
      return ProgressWord(message);
    case GST_MESSAGE_ERROR:
      return "ERROR";
    case GST_MESSAGE_WARNING:
      return "WARNING";
    case GST_MESSAGE_EOS:
      return "EOS";
    case GST_MESSAGE_ASYNC_DONE:
      return "ASYNC-DONE";
    default:
      return {};
  }
}

void AddWord(std::string& line, const std::string& word) {
  if (!line.empty()) line += ' ';
  line += word;
}

}  // namespace

guint Report::hresult() const {
  guint value = 0;
  gst_structure_get_uint(details.get(), "hresult", &value);
  return value;
}

std::string Report::Field(const char* name) const {
  const char* value = gst_structure_get_string(details.get(), name);
  return value != nullptr ? value : "";
}

guint Report::http_status() const {
  guint value = 0;
  gst_structure_get_uint(details.get(), "http-status", &value);
  return value;
}

MessageLog::MessageLog(GstElement* pipeline)
    : bus_(gst_element_get_bus(pipeline)) {
  gst_bus_set_sync_handler(bus_.get(), OnMessage, this, nullptr);
}

MessageLog::~MessageLog() {
  gst_bus_set_sync_handler(bus_.get(), nullptr, nullptr, nullptr);
}

GstBusSyncReply MessageLog::OnMessage(GstBus* /*bus*/, GstMessage* message,
                                      gpointer self) {
  static_cast<MessageLog*>(self)->Take(message);
  return GST_BUS_DROP;
}

/// Takes over the reference.
void MessageLog::Take(GstMessage* message) {
  const std::shared_ptr<GstMessage> owned(
      message, [](GstMessage* gone) { gst_message_unref(gone); });
  std::string text = TextOf(gst_message_get_structure(message)) + "\n";
  const GstMessageType type = GST_MESSAGE_TYPE(message);
  if (type == GST_MESSAGE_ERROR || type == GST_MESSAGE_WARNING) {
    const GstStructure* details = nullptr;
    if (type == GST_MESSAGE_ERROR) {
      gst_message_parse_error_details(message, &details);
    } else {
      gst_message_parse_warning_details(message, &details);
    }
    text += TextOf(details) + "\n";
  }
  const std::string word = WordOf(message);
  const std::lock_guard lock(mutex_);
  text_ += text;
  if (!word.empty()) {
    entries_.push_back({word, type == GST_MESSAGE_ELEMENT, owned});
  }
  changed_.notify_all();
}

void MessageLog::WaitFor(std::string_view word, std::size_t count) const {
  EXPECT(WaitFor(word, count, kDeadline),
         "no message \"" + std::string(word) + "\"; there were: " + Order());
}

bool MessageLog::WaitFor(std::string_view word, std::size_t count,
                         std::chrono::milliseconds deadline) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, deadline, [&] {
    return std::count_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
             return e.word == word;
           }) >= static_cast<std::ptrdiff_t>(count);
  });
}

std::size_t MessageLog::Count(std::string_view word) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [&](const Entry& entry) { return entry.word == word; }));
}

std::string MessageLog::Order() const {
  const std::lock_guard lock(mutex_);
  std::string line;
  for (const Entry& entry : entries_)
    AddWord(line, entry.word);
  return line;
}

std::string MessageLog::Statuses() const {
  const std::lock_guard lock(mutex_);
  std::string line;
  for (const Entry& entry : entries_) {
    if (entry.status) AddWord(line, entry.word);
  }
  return line;
}

StructurePtr MessageLog::Status(std::string_view nick) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (!entry.status || entry.word != nick) continue;
    return StructurePtr(
        gst_structure_copy(gst_message_get_structure(entry.message.get())));
  }
  return nullptr;
}

Report MessageLog::TheFault(std::string_view word) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.word != word) continue;
    GError* error = nullptr;
    gchar* debug = nullptr;
    const GstStructure* details = nullptr;
    if (word == "ERROR") {
      gst_message_parse_error(entry.message.get(), &error, &debug);
      gst_message_parse_error_details(entry.message.get(), &details);
    } else {
      gst_message_parse_warning(entry.message.get(), &error, &debug);
      gst_message_parse_warning_details(entry.message.get(), &details);
    }
    const glib::ErrorPtr owned(error);
    const glib::Chars owned_debug(debug);
    return {error->domain, error->code, error->message,
            debug != nullptr ? debug : "",
            StructurePtr(details != nullptr ? gst_structure_copy(details)
                                            : nullptr)};
  }
  ck_abort_msg("there is no %s", std::string(word).c_str());
  return {};
}

std::string MessageLog::AllText() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

void MessageLog::Clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  text_.clear();
}

}  // namespace wms::test
