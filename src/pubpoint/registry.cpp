// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/registry.h"

#include "pubpoint/random.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <array>

namespace wms::pubpoint {
namespace {

/// 32 of 62 characters are 190 bits.
constexpr std::size_t kPushIdSize = 32;

}  // namespace

bool IsPointPath(const std::string& path, std::size_t max_size) {
  return path.size() > 1 && path.size() <= max_size && path.front() == '/' &&
         g_utf8_validate_len(path.data(), path.size(), nullptr) != FALSE &&
         std::none_of(path.begin(), path.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
         });
}

Result<std::string> MakePushId() {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  // The largest multiple of 62 in a byte: what lies above would favour some
  // characters.
  constexpr unsigned kEnd = 256 / kAlphabet.size() * kAlphabet.size();
  std::string push_id;
  std::array<std::uint8_t, 64> random;
  while (push_id.size() < kPushIdSize) {
    if (const Result<void> drawn = FillRandom(random); !drawn) {
      return drawn.error();
    }
    for (const std::uint8_t byte : random) {
      if (byte < kEnd && push_id.size() < kPushIdSize) {
        push_id += kAlphabet[byte % kAlphabet.size()];
      }
    }
  }
  return push_id;
}

Result<void> Registry::AddPoint(const std::string& path) {
  if (!IsPointPath(path, core_.options().limits.path)) {
    return Error{HResult::E_INVALIDARG, Fault::kLocal,
                 "\"" + path + "\" is not the path of a publishing point: " +
                     "give one like /live"};
  }
  points_.try_emplace(path, std::make_shared<PublishingPoint>(core_, path));
  return {};
}

std::shared_ptr<PublishingPoint> Registry::FindPoint(
    const std::string& path) const {
  const auto found = points_.find(path);
  return found != points_.end() ? found->second : nullptr;
}

std::shared_ptr<PushSession> Registry::FindSession(
    const std::string& push_id) const {
  const auto found = sessions_.find(push_id);
  return found != sessions_.end() ? found->second : nullptr;
}

bool Registry::IsTaken(const PublishingPoint& point) const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [&point](const auto& entry) {
                       return entry.second->point().get() == &point;
                     });
}

Result<std::shared_ptr<PublishingPoint>> Registry::PointFor(
    const std::string& path, const wmhttp::SetupBody& body) {
  // 2.2.2.1.1: an existing point makes the Template-URL meaningless.
  if (auto point = FindPoint(path)) return point;
  if (body.template_path.empty()) {
    if (!core_.options().allow_create) {
      return Refusal(SOUP_STATUS_NOT_FOUND,
                     "there is no such publishing point");
    }
  } else {
    const glib::Chars decoded(
        g_uri_unescape_string(body.template_path.c_str(), nullptr));
    if (!decoded || !FindPoint(decoded.get())) {
      return Refusal(SOUP_STATUS_NOT_FOUND,
                     "Template-URL names no existing publishing point");
    }
  }
  if (points_.size() >= core_.options().limits.points) {
    return Refusal(SOUP_STATUS_SERVICE_UNAVAILABLE,
                   "there are too many publishing points");
  }
  auto point = std::make_shared<PublishingPoint>(core_, path);
  points_[path] = point;
  core_.Log(LogLevel::kInfo, "publishing point " + path + " has been created");
  return point;
}

Result<std::shared_ptr<PushSession>> Registry::Setup(
    const std::string& path, const std::string& push_id,
    const wmhttp::SetupBody& body) {
  if (!push_id.empty() && push_id != "0") {
    const std::shared_ptr<PushSession> session = FindSession(push_id);
    if (!session || session->point()->path() != path) {
      return Refusal(SOUP_STATUS_NOT_FOUND,
                     "3.2.5.1: the push-id belongs to no session here");
    }
    if (Result<void> again = session->Setup(body.auto_destroy); !again) {
      return again.error();
    }
    return session;
  }
  const auto point = PointFor(path, body);
  if (!point) return point.error();
  if (IsTaken(**point)) {
    return Refusal(SOUP_STATUS_CONFLICT, "somebody else is pushing there");
  }
  const Result<std::string> id = MakePushId();
  if (!id) return id.error();
  const auto session = std::make_shared<PushSession>(
      core_, *id, *point, [this](PushSession& ended) { Remove(ended); });
  if (Result<void> set_up = session->Setup(body.auto_destroy); !set_up) {
    return set_up.error();
  }
  sessions_[*id] = session;
  return session;
}

void Registry::ForgetSocket(GSocket* socket) {
  for (const auto& [id, session] : sessions_) {
    if (session->Remembers(socket)) session->RememberSocket(nullptr);
  }
}

void Registry::Remove(PushSession& session) {
  if (session.auto_destroy()) {
    points_.erase(session.point()->path());
    core_.Log(LogLevel::kInfo, "publishing point " + session.point()->path() +
                                   " has been removed");
  }
  sessions_.erase(session.push_id());
}

void Registry::DisconnectAll(unsigned status) {
  // Each leaves the map when it ends.
  const auto sessions = sessions_;
  for (const auto& [id, session] : sessions)
    session->Disconnect(status);
}

}  // namespace wms::pubpoint
