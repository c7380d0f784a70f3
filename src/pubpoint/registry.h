// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/core.h"
#include "pubpoint/point_settings.h"
#include "pubpoint/publishing_point.h"
#include "pubpoint/push_session.h"
#include "wmhttp/setup_body.h"

#include <map>
#include <memory>
#include <string>

namespace wms::pubpoint {

/// The publishing points of a server and the sessions that push to them, one
/// at most to each.
class Registry {
 public:
  explicit Registry(Core& core) : core_(core) {}
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// Adds what the options configure. Fails when that cannot be meant.
  Result<void> Start();

  /// The settings that hold for requests to @a path, whether its point exists
  /// yet or not.
  const PointSettings& SettingsOf(const std::string& path) const;
  /// Those that a PushSetup has to comply with: of the template, when it is
  /// to make a point that is not configured.
  const PointSettings& SettingsOf(const std::string& path,
                                  const wmhttp::SetupBody& body) const;

  /// The publishing point at @a path, null when there is none.
  std::shared_ptr<PublishingPoint> FindPoint(const std::string& path) const;

  /// The session of @a push_id, null when there is none.
  std::shared_ptr<PushSession> FindSession(const std::string& push_id) const;
  /// The same for a request to @a path, null also when it pushes elsewhere.
  /// What has happened to its connection meanwhile is taken into account.
  std::shared_ptr<PushSession> FindSession(const std::string& push_id,
                                           const std::string& path) const;

  /// PushSetup: the session of @a push_id, or a new one for "" and "0". An
  /// error's http_status is the response.
  Result<std::shared_ptr<PushSession>> Setup(const std::string& path,
                                             const std::string& push_id,
                                             const wmhttp::SetupBody& body);

  /// No session waits for its next request on @a socket any more.
  void ForgetSocket(GSocket* socket);

  /// Ends the session that pushes to @a path with an administrative
  /// disconnect (3.2.4.1). False when there is none.
  bool Disconnect(const std::string& path, unsigned status);

  /// Ends all sessions with an administrative disconnect (3.2.4.1).
  void DisconnectAll(unsigned status);

 private:
  Result<std::shared_ptr<PublishingPoint>> PointFor(
      const std::string& path, const wmhttp::SetupBody& body);
  Result<std::shared_ptr<const PointSettings>> SettingsForNew(
      const std::string& path, const wmhttp::SetupBody& body) const;
  Result<void> AddPoint(const std::string& path);
  /// Makes room for one more point; false when all are in use.
  bool MakeRoom();
  bool IsTaken(const PublishingPoint& point) const;
  /// Makes the session of @a point yield if nobody has claimed it.
  void DropUnclaimed(const std::shared_ptr<PublishingPoint>& point);
  void Remove(PushSession& session);

  Core& core_;
  PointSettingsMap settings_;  // by path, "" for those that have none
  std::map<std::string, std::shared_ptr<PublishingPoint>> points_;
  std::map<std::string, std::shared_ptr<PushSession>> sessions_;  // by push-id
};

/// A push-id that nobody can guess (5.1): alphanumeric, from the kernel's
/// random numbers. Fails when there are none.
Result<std::string> MakePushId();

}  // namespace wms::pubpoint
