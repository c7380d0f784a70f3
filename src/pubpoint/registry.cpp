// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/registry.h"

#include "pubpoint/random.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <array>
#include <set>

namespace wms::pubpoint {
namespace {

/// 32 of 62 characters are 190 bits.
constexpr std::size_t kPushIdSize = 32;

}  // namespace

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

Result<void> Registry::Start() {
  Result<PointSettingsMap> settings = ReadPointSettings(core_.options());
  if (!settings) return settings.error();
  settings_ = std::move(*settings);
  for (const std::string& path : core_.options().points) {
    if (Result<void> added = AddPoint(path); !added) return added;
  }
  for (const auto& [path, point] : settings_) {
    if (path.empty() || point->automatic() || !point->redirect().empty()) {
      continue;
    }
    if (Result<void> added = AddPoint(path); !added) return added;
  }
  return {};
}

Result<void> Registry::AddPoint(const std::string& path) {
  if (!IsPointPath(path, core_.options().limits.path)) {
    return Error{HResult::E_INVALIDARG, Fault::kLocal,
                 "\"" + path + "\" is not the path of a publishing point: " +
                     "give one like /live"};
  }
  const auto own = settings_.find(path);
  const auto& settings = own != settings_.end() ? own->second : settings_[""];
  points_.try_emplace(
      path, std::make_shared<PublishingPoint>(core_, path, settings, true));
  return {};
}

const PointSettings& Registry::SettingsOf(const std::string& path) const {
  if (const auto found = points_.find(path); found != points_.end()) {
    return *found->second->settings();
  }
  const auto own = settings_.find(path);
  return own != settings_.end() ? *own->second : *settings_.at("");
}

const PointSettings& Registry::SettingsOf(const std::string& path,
                                          const wmhttp::SetupBody& body) const {
  if (points_.contains(path) || settings_.contains(path) ||
      body.template_path.empty()) {
    return SettingsOf(path);
  }
  const glib::Chars decoded(
      g_uri_unescape_string(body.template_path.c_str(), nullptr));
  return SettingsOf(decoded ? decoded.get() : path);
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

void Registry::DropUnclaimed(const std::shared_ptr<PublishingPoint>& point) {
  const auto found =
      std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& entry) {
        return entry.second->point() == point && entry.second->unclaimed();
      });
  if (found == sessions_.end()) return;
  // It leaves the map when it ends, and may take the point along.
  const std::shared_ptr<PushSession> session = found->second;
  session->Yield();
  points_.try_emplace(point->path(), point);
}

std::shared_ptr<PushSession> Registry::FindSession(
    const std::string& push_id, const std::string& path) const {
  auto session = FindSession(push_id);
  if (!session || session->point()->path() != path) return nullptr;
  session->CatchUp();
  return session->closed() ? nullptr : session;
}

Result<std::shared_ptr<const PointSettings>> Registry::SettingsForNew(
    const std::string& path, const wmhttp::SetupBody& body) const {
  const auto own = settings_.find(path);
  if (own != settings_.end()) return own->second;
  if (body.template_path.empty()) {
    if (core_.options().allow_create) return settings_.at("");
    return Refusal(SOUP_STATUS_NOT_FOUND,
                   "3.2.5.1: there is no such publishing point");
  }
  const glib::Chars decoded(
      g_uri_unescape_string(body.template_path.c_str(), nullptr));
  const auto model = decoded ? FindPoint(decoded.get()) : nullptr;
  if (model) return model->settings();
  return Refusal(SOUP_STATUS_NOT_FOUND,
                 "3.2.5.1: Template-URL names no existing publishing point");
}

Result<std::shared_ptr<PublishingPoint>> Registry::PointFor(
    const std::string& path, const wmhttp::SetupBody& body) {
  // 2.2.2.1.1: an existing point makes the Template-URL meaningless.
  if (auto point = FindPoint(path)) return point;
  const auto settings = SettingsForNew(path, body);
  if (!settings) return settings.error();
  if (points_.size() >= core_.options().limits.points && !MakeRoom()) {
    return Refusal(SOUP_STATUS_SERVICE_UNAVAILABLE,
                   "3.2.5.1: there are too many publishing points");
  }
  auto point = std::make_shared<PublishingPoint>(core_, path, *settings, false);
  points_[path] = point;
  core_.Log(LogLevel::kInfo, "publishing point " + path + " has been created");
  return point;
}

bool Registry::MakeRoom() {
  // A point without AutoDestroy stays for as long as there is room for it.
  std::set<const PublishingPoint*> taken;
  for (const auto& [push_id, session] : sessions_)
    taken.insert(session->point().get());
  const auto idle =
      std::find_if(points_.begin(), points_.end(), [&taken](const auto& entry) {
        return !entry.second->permanent() &&
               !taken.contains(entry.second.get());
      });
  if (idle == points_.end()) return false;
  core_.Log(LogLevel::kInfo,
            "publishing point " + idle->first + " makes room for another");
  points_.erase(idle);
  return true;
}

Result<std::shared_ptr<PushSession>> Registry::Setup(
    const std::string& path, const std::string& push_id,
    const wmhttp::SetupBody& body) {
  if (!push_id.empty() && push_id != "0") {
    const std::shared_ptr<PushSession> session = FindSession(push_id, path);
    if (!session) {
      return Refusal(SOUP_STATUS_NOT_FOUND,
                     "3.2.5.1: the push-id belongs to no session here");
    }
    if (Result<void> again = session->Setup(body); !again) {
      return again.error();
    }
    return session;
  }
  const auto point = PointFor(path, body);
  if (!point) return point.error();
  DropUnclaimed(*point);
  if (IsTaken(**point)) {
    return Refusal(SOUP_STATUS_CONFLICT,
                   "3.2.5.1: somebody else is pushing there");
  }
  const Result<std::string> id = MakePushId();
  if (!id) return id.error();
  const auto session = std::make_shared<PushSession>(
      core_, *id, *point, [this](PushSession& ended) { Remove(ended); });
  if (Result<void> set_up = session->Setup(body); !set_up) {
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
  const PublishingPoint& point = *session.point();
  // One that was made and never used has no reason to stay, unless its client
  // wants it to.
  const bool unused = !point.was_live() && !session.keep_point();
  if (!point.permanent() &&
      (session.auto_destroy() || point.settings()->automatic() || unused)) {
    points_.erase(point.path());
    core_.Log(LogLevel::kInfo,
              "publishing point " + point.path() + " has been removed");
  }
  sessions_.erase(session.push_id());
}

bool Registry::Disconnect(const std::string& path, unsigned status) {
  const auto found = std::find_if(
      sessions_.begin(), sessions_.end(), [&path](const auto& entry) {
        return entry.second->point()->path() == path;
      });
  if (found == sessions_.end()) return false;
  // It leaves the map when it ends.
  const std::shared_ptr<PushSession> session = found->second;
  session->Disconnect(status);
  return true;
}

void Registry::DisconnectAll(unsigned status) {
  // Each leaves the map when it ends.
  const auto sessions = sessions_;
  for (const auto& [id, session] : sessions)
    session->Disconnect(status);
}

}  // namespace wms::pubpoint
