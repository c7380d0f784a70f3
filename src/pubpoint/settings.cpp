// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/settings.h"

#include "pubpoint/users.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace wms::pubpoint {
namespace {

constexpr std::int64_t kMaxPort = 65535;
/// 3.2.2: the least that Idle-Timeout may be, and the most that its
/// milliseconds can say.
constexpr std::int64_t kMinIdleSeconds = 10;
constexpr std::int64_t kMaxIdleSeconds = 4294967;
constexpr std::int64_t kMaxSeconds = std::numeric_limits<int>::max() / 1000;
constexpr std::int64_t kMaxCount = 1000000;
constexpr std::int64_t kMaxBurstSeconds = 60;
constexpr std::int64_t kMaxGatherMs = 1000;
/// Room for the largest header and some packets behind it.
constexpr std::int64_t kMinQueueKilobytes = 256;
constexpr std::int64_t kMaxQueueKilobytes = 1 << 20;

Error Invalid(std::string message) {
  return {HResult::E_INVALIDARG, Fault::kLocal, std::move(message)};
}

/// Sets @a target to the number that @a value is.
template <typename T>
Result<void> SetNumber(const std::string& value, std::int64_t least,
                       std::int64_t most, T& target) {
  std::int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < least ||
      number > most) {
    return Invalid("takes a number of " + std::to_string(least) + " to " +
                   std::to_string(most));
  }
  target = static_cast<T>(number);
  return {};
}

Result<void> SetSeconds(const std::string& value, std::int64_t least,
                        std::int64_t most, std::chrono::milliseconds& target) {
  std::int64_t seconds = 0;
  Result<void> read = SetNumber(value, least, most, seconds);
  if (read) target = std::chrono::seconds(seconds);
  return read;
}

Result<void> SetMilliseconds(const std::string& value, std::int64_t most,
                             std::chrono::milliseconds& target) {
  std::int64_t milliseconds = 0;
  Result<void> read = SetNumber(value, 0, most, milliseconds);
  if (read) target = std::chrono::milliseconds(milliseconds);
  return read;
}

Result<void> SetKilobytes(const std::string& value, std::size_t& target) {
  std::size_t kilobytes = 0;
  Result<void> read =
      SetNumber(value, kMinQueueKilobytes, kMaxQueueKilobytes, kilobytes);
  if (read) target = kilobytes << 10;
  return read;
}

Result<void> SetFlag(const std::string& value, bool& target) {
  const Result<bool> flag = ParseBoolean(value);
  if (!flag) return flag.error();
  target = *flag;
  return {};
}

Result<void> SetStatus(const std::string& value, StatusAccess& target) {
  if (value == "public") {
    target = StatusAccess::kPublic;
  } else if (value == "local") {
    target = StatusAccess::kLocal;
  } else if (value == "off") {
    target = StatusAccess::kOff;
  } else {
    return Invalid("takes public, local or off");
  }
  return {};
}

Result<void> SetSlowPlayers(const std::string& value, SlowPlayers& target) {
  if (value == "skip") {
    target = SlowPlayers::kSkip;
  } else if (value == "drop") {
    target = SlowPlayers::kDrop;
  } else {
    return Invalid("takes skip or drop");
  }
  return {};
}

Result<void> SetLogLevel(const std::string& value, LogLevel& target) {
  constexpr const char* kNames[] = {"error", "warning", "info",
                                    "debug", "log",     "trace"};
  const auto* const found =
      std::find(std::begin(kNames), std::end(kNames), value);
  if (found == std::end(kNames)) {
    return Invalid("takes error, warning, info, debug, log or trace");
  }
  target = static_cast<LogLevel>(found - std::begin(kNames));
  return {};
}

using Line = CommandLine;
using Value = const std::string&;

constexpr Setting kSettings[] = {
    {"port", 'p', false, "PORT",
     "Port to listen on, 0 for any that is free (default: 8080)",
     [](Line& line, Value value) {
       return SetNumber(value, 0, kMaxPort, line.options.port);
     }},
    {"listen", 'l', false, "ADDRESS",
     "Address to listen at (default: 127.0.0.1)",
     [](Line& line, Value value) {
       line.options.listen_address = value;
       return Result<void>();
     }},
    {"record", 'r', false, "DIR",
     "Write what is pushed to ASF files in this directory",
     [](Line& line, Value value) {
       line.options.record_dir = value;
       return Result<void>();
     }},
    {"user", 'u', true, "NAME:PASSWORD",
     "Let this user push, and nobody who is not listed; repeatable",
     [](Line& line, Value value) {
       Result<User> user = ParseUser(value);
       if (!user) return Result<void>(user.error());
       line.options.users.push_back(std::move(*user));
       return Result<void>();
     }},
    {"users", 0, false, "FILE",
     "The same from the lines of a file; passwords may be hashes there",
     [](Line& line, Value value) {
       return ReadUsers(value, line.options.users);
     }},
    {"realm", 0, false, "TEXT",
     "Realm of the passwords (default: wms-publishing-point)",
     [](Line& line, Value value) {
       if (value.empty() || value.find('"') != std::string::npos) {
         return Result<void>(Invalid("takes a text without quotes"));
       }
       line.options.realm = value;
       return Result<void>();
     }},
    {"allow", 0, true, "ADDRESS[/BITS]",
     "Let pushes come from there, and from nowhere else; repeatable",
     [](Line& line, Value value) {
       line.options.allow.push_back(value);
       return Result<void>();
     }},
    {"point", 0, true, "PATH",
     "A publishing point that exists from the start; repeatable",
     [](Line& line, Value value) {
       line.options.points.push_back(value);
       return Result<void>();
     }},
    {"no-create", 0, false, nullptr,
     "Do not let a push create its publishing point",
     [](Line& line, Value value) {
       bool no_create = false;
       Result<void> set = SetFlag(value, no_create);
       if (set) line.options.allow_create = !no_create;
       return set;
     }},
    {"status", 0, false, "WHO",
     "Who sees the status pages: public, local or off (default: local)",
     [](Line& line, Value value) {
       return SetStatus(value, line.options.status);
     }},
    {"strict", 0, false, nullptr,
     "Refuse also the small departures that encoders make",
     [](Line& line, Value value) {
       return SetFlag(value, line.options.strict);
     }},
    {"idle-timeout", 0, false, "SECONDS",
     "End a push that sends nothing for so long (default: 60)",
     [](Line& line, Value value) {
       return SetSeconds(value, kMinIdleSeconds, kMaxIdleSeconds,
                         line.options.timers.idle);
     }},
    {"inactivity-timeout", 0, false, "SECONDS",
     "Forget a push that does not come back for so long (default: 120)",
     [](Line& line, Value value) {
       return SetSeconds(value, 0, kMaxSeconds, line.options.timers.inactivity);
     }},
    {"request-timeout", 0, false, "SECONDS",
     "Close a connection that brings no whole request for so long (default: "
     "30)",
     [](Line& line, Value value) {
       return SetSeconds(value, 1, kMaxSeconds, line.options.timers.request);
     }},
    {"player-timeout", 0, false, "SECONDS",
     "Forget a player that does not come back for so long (default: 60)",
     [](Line& line, Value value) {
       return SetSeconds(value, kMinIdleSeconds, kMaxIdleSeconds,
                         line.options.timers.player_idle);
     }},
    {"max-connections", 0, false, "NUMBER",
     "Connections at a time (default: 1024)",
     [](Line& line, Value value) {
       return SetNumber(value, 1, kMaxCount, line.options.limits.connections);
     }},
    {"max-points", 0, false, "NUMBER",
     "Publishing points at a time (default: 1024)",
     [](Line& line, Value value) {
       return SetNumber(value, 1, kMaxCount, line.options.limits.points);
     }},
    {"max-players", 0, false, "NUMBER", "Players at a time (default: 256)",
     [](Line& line, Value value) {
       return SetNumber(value, 0, kMaxCount, line.options.limits.players);
     }},
    {"player-queue", 0, false, "KILOBYTES",
     "Most that waits for one player (default: 8192)",
     [](Line& line, Value value) {
       return SetKilobytes(value, line.options.limits.player_queue);
     }},
    {"slow-players", 0, false, "WHAT",
     "Let players that take their data too slowly skip to a later key frame, "
     "or drop them (default: skip)",
     [](Line& line, Value value) {
       return SetSlowPlayers(value, line.options.slow_players);
     }},
    {"burst", 0, false, "SECONDS",
     "Newest part of the stream that a player gets at once (default: 2)",
     [](Line& line, Value value) {
       return SetSeconds(value, 0, kMaxBurstSeconds,
                         line.options.limits.recent_time);
     }},
    {"gather", 0, false, "MILLISECONDS",
     "Longest that packets wait to leave together where players are many, 0 "
     "for not at all (default: 40)",
     [](Line& line, Value value) {
       return SetMilliseconds(value, kMaxGatherMs, line.options.timers.gather);
     }},
    {"log-level", 0, false, "LEVEL",
     "error, warning, info (the default), debug, log or trace",
     [](Line& line, Value value) {
       return SetLogLevel(value, line.log_level);
     }},
    {"verbose", 'v', false, nullptr, "The same as --log-level=trace",
     [](Line& line, Value value) {
       bool verbose = false;
       Result<void> set = SetFlag(value, verbose);
       if (set && verbose) line.log_level = LogLevel::kTrace;
       return set;
     }},
};

}  // namespace

std::span<const Setting> Settings() {
  return kSettings;
}

const Setting* FindSetting(std::string_view name) {
  const auto* const found = std::find_if(
      std::begin(kSettings), std::end(kSettings),
      [name](const Setting& setting) { return setting.name == name; });
  return found != std::end(kSettings) ? found : nullptr;
}

Result<bool> ParseBoolean(const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return Invalid("takes true or false");
}

}  // namespace wms::pubpoint
