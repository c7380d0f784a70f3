// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/authenticator.h"
#include "pubpoint/core.h"
#include "pubpoint/registry.h"
#include "pubpoint/soup_request.h"

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace wms::pubpoint {

/// What a push client asks for ([MS-WMHTTP] 3.2.5.1, 3.2.5.2): checks it by
/// the rules, and lets it have it or refuses it.
class PushRequests {
 public:
  PushRequests(Core& core, Registry& registry, Authenticator& authenticator);
  ~PushRequests();
  PushRequests(const PushRequests&) = delete;
  PushRequests& operator=(const PushRequests&) = delete;

  /// The head of a PushSetup has been read: a response when its body is not
  /// worth reading.
  std::optional<Response> CheckSetupHead(const RequestHead& head) const;

  /// All of a PushSetup has been read.
  void Setup(Connection connection, const RequestHead& head,
             const std::string& body);

  /// The head of a PushStart has been read; its body comes on @a connection.
  void Start(Connection connection, const RequestHead& head);

 private:
  /// A request whose client may have to be looked at first.
  struct Pending;
  using Admitted = std::function<void(Pending&)>;

  /// Calls @a admitted when the client may push there, at once or later;
  /// answers the request when not.
  void Admit(std::unique_ptr<Pending> request, const PointSettings& settings,
             const Admitted& admitted);
  void OnAnswer(Pending& request, const Authenticator::Answer& answer,
                const Admitted& admitted);
  void Challenge(Pending& request, const Authenticator::Answer& answer);
  void FinishSetup(Pending& request);
  void FinishStart(Pending& request);
  bool ComesTooEarly(const Pending& request) const;
  void PutOff(Pending& request);
  void TakeUp(const Pending& request);
  Result<std::shared_ptr<PushSession>> SessionOf(const RequestHead& head) const;
  void Refuse(Pending& request, const Error& error);
  /// Answers; @a keep lets the connection be used for another request.
  void Respond(Pending& request, const Response& response, bool keep = true);

  Core& core_;
  Registry& registry_;
  Authenticator& authenticator_;
  std::list<Pending> put_off_;
};

}  // namespace wms::pubpoint
