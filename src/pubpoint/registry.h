// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/core.h"
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

  /// Adds a publishing point by configuration.
  Result<void> AddPoint(const std::string& path);

  /// The publishing point at @a path, null when there is none.
  std::shared_ptr<PublishingPoint> FindPoint(const std::string& path) const;

  /// The session of @a push_id, null when there is none.
  std::shared_ptr<PushSession> FindSession(const std::string& push_id) const;

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
  bool IsTaken(const PublishingPoint& point) const;
  void Remove(PushSession& session);

  Core& core_;
  std::map<std::string, std::shared_ptr<PublishingPoint>> points_;
  std::map<std::string, std::shared_ptr<PushSession>> sessions_;  // by push-id
};

/// True for a path that a publishing point can have: not one of the status
/// interface, UTF-8 without control characters, at most @a max_size bytes.
bool IsPointPath(const std::string& path, std::size_t max_size);

/// A push-id that nobody can guess (5.1): alphanumeric, from the kernel's
/// random numbers. Fails when there are none.
Result<std::string> MakePushId();

}  // namespace wms::pubpoint
