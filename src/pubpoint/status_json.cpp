// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/status.h"
#include "pubpoint/status_text.h"

#include <concepts>
#include <string_view>

namespace wms::pubpoint {
namespace {

/// Writes objects and arrays; it only knows where commas belong.
class JsonWriter {
 public:
  void Open(char bracket) {
    Separate();
    text_ += bracket;
    first_ = true;
  }
  void Close(char bracket) {
    text_ += bracket;
    first_ = false;
  }
  void Name(std::string_view name) {
    Separate();
    text_ += JsonString(name) + ":";
    first_ = true;  // its value
  }
  void Value(std::string_view value) { Raw(JsonString(value)); }
  void Raw(std::string_view value) {
    Separate();
    text_ += value;
  }

  void Field(std::string_view name, std::string_view value) {
    Name(name);
    Value(value);
  }
  void Field(std::string_view name, std::integral auto value) {
    Name(name);
    Raw(std::to_string(value));
  }
  void Flag(std::string_view name, bool value) {
    Name(name);
    Raw(value ? "true" : "false");
  }

  std::string Take() { return std::move(text_) + "\n"; }

 private:
  void Separate() {
    if (!first_) text_ += ',';
    first_ = false;
  }

  std::string text_;
  bool first_ = true;
};

void Write(JsonWriter& json, const Totals& totals) {
  json.Open('{');
  json.Field("pushes", totals.pushes);
  json.Field("headers", totals.headers);
  json.Field("packets", totals.packets);
  json.Field("bytes", totals.bytes);
  json.Field("violations", totals.violations);
  json.Field("players", totals.players);
  json.Field("dropped_players", totals.dropped_players);
  json.Field("skipped_packets", totals.skipped_packets);
  json.Field("unframed_packets", totals.unframed_packets);
  json.Field("sent_bytes", totals.sent_bytes);
  json.Close('}');
}

void Write(JsonWriter& json, const PushStatus& push) {
  json.Open('{');
  json.Field("address", push.address);
  json.Field("user_agent", push.user_agent);
  json.Field("state", push.state);
  json.Field("since", push.since);
  json.Field("headers", push.headers);
  json.Field("packets", push.packets);
  json.Field("bytes", push.bytes);
  json.Field("bits_per_second", push.bits_per_second);
  json.Field("lag_ms", push.lag_ms);
  json.Close('}');
}

void Write(JsonWriter& json, const PlayerStatus& player) {
  json.Open('{');
  json.Field("address", player.address);
  json.Field("user_agent", player.user_agent);
  json.Field("kind", player.kind);
  json.Field("since", player.since);
  json.Field("sent_bytes", player.sent_bytes);
  json.Field("queued_bytes", player.queued_bytes);
  json.Field("skipped_packets", player.skipped_packets);
  json.Close('}');
}

void Write(JsonWriter& json, const PointStatus& point) {
  json.Open('{');
  json.Field("path", point.path);
  json.Flag("live", point.live);
  json.Name("totals");
  Write(json, point.totals);
  json.Name("push");
  if (point.push) {
    Write(json, *point.push);
  } else {
    json.Raw("null");
  }
  json.Name("players");
  json.Open('[');
  for (const PlayerStatus& player : point.players)
    Write(json, player);
  json.Close(']');
  json.Close('}');
}

}  // namespace

std::string StatusJson(const ServerStatus& status) {
  JsonWriter json;
  json.Open('{');
  json.Field("version", status.version);
  json.Field("now", status.now);
  json.Field("since", status.since);
  json.Field("uptime", status.uptime.count());
  json.Field("pushes", status.PushCount());
  json.Field("players", status.PlayerCount());
  json.Name("totals");
  Write(json, status.totals);
  json.Name("points");
  json.Open('[');
  for (const PointStatus& point : status.points)
    Write(json, point);
  json.Close(']');
  json.Close('}');
  return json.Take();
}

}  // namespace wms::pubpoint
