// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/core.h"

#include "pubpoint/lingering_close.h"
#include "pubpoint/player.h"

#include <array>

namespace wms::pubpoint {
namespace {

/// Large enough for the largest packet, so that one read can bring it whole.
constexpr std::size_t kReadBufferSize = std::size_t{128} << 10;

/// A line may quote what a peer sent: it is cut there.
constexpr std::size_t kMaxLogLine = 500;

/// @a line with everything escaped, as "\x1B", that a terminal would obey,
/// that would look like something else, or that is no UTF-8.
std::string Printable(std::string_view line) {
  std::string text;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at < end && text.size() < kMaxLogLine) {
    const gunichar c = g_utf8_get_char_validated(at, end - at);
    const bool valid = c < static_cast<gunichar>(-2);
    const char* const next = valid ? g_utf8_next_char(at) : at + 1;
    if (valid && g_unichar_isprint(c) != FALSE) {
      text.append(at, next);
    } else {
      for (; at < next; ++at) {
        const glib::Chars escaped(
            g_strdup_printf("\\x%02X", static_cast<unsigned char>(*at)));
        text += escaped.get();
      }
    }
    at = next;
  }
  return at < end ? text + "..." : text;
}

}  // namespace

Core::Core(ServerOptions options)
    : options_(std::move(options)),
      observer_(options_.observer != nullptr ? options_.observer
                                             : &no_observer_),
      read_buffer_(kReadBufferSize) {}

Core::~Core() {
  CutAll();
}

void Core::Log(LogLevel level, const std::string& line) const {
  if (options_.log) options_.log(level, Printable(line));
}

void Core::Violation(const std::string& where, const std::string& what,
                     PointFigures* point) {
  if (point != nullptr) {
    point->AddViolation();
  } else {
    board_.AddViolation();
  }
  const std::string text = where + ": " + what;
  Log(LogLevel::kWarning, text);
  observer().OnViolation(text);
}

void Core::CloseGently(PlainConnection connection, std::string response) {
  auto closing = std::make_shared<LingeringClose>(
      std::move(connection), std::move(response), options_.timers.drain,
      options_.limits.drain_bytes, read_buffer_);
  lingering_.insert(closing);
  const std::weak_ptr<LingeringClose> weak = closing;
  closing->Start([this, weak] {
    if (auto done = weak.lock()) RemoveLingering(done);
  });
}

void Core::Respond(Connection connection, const Response& response, bool keep) {
  keep = keep && hand_back_ && connection.early.empty();
  const std::string text = WriteResponse(response, !keep);
  if (!keep) {
    CloseGently(std::move(connection), text);
    return;
  }
  const std::array<Bytes, 1> part = {
      Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())};
  const IoResult sent = Send(connection.fd(), part);
  if (sent.size < text.size()) {
    // Some hundred bytes do not fit: the peer does not read.
    CloseGently(std::move(connection), text.substr(sent.size));
    return;
  }
  hand_back_(std::move(connection));
}

void Core::AddPlayer(std::shared_ptr<Player> player) {
  players_.insert(std::move(player));
}

void Core::RemovePlayer(const std::shared_ptr<Player>& player) {
  players_.erase(player);
  CheckQuiet();
}

void Core::RemoveLingering(const std::shared_ptr<LingeringClose>& closing) {
  lingering_.erase(closing);
  CheckQuiet();
}

void Core::NotifyQuiet(std::function<void()> quiet) {
  quiet_ = std::move(quiet);
  CheckQuiet();
}

void Core::CheckQuiet() {
  if (!quiet_ || !players_.empty() || !lingering_.empty()) return;
  const auto quiet = std::exchange(quiet_, nullptr);
  quiet();
}

void Core::CutAll() {
  // Out of the sets first: what is destroyed may look at them.
  const auto players = std::exchange(players_, {});
  const auto lingering = std::exchange(lingering_, {});
}

}  // namespace wms::pubpoint
