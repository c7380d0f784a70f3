// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/child_process.h"
#include "common/scratch_dir.h"

#include <memory>
#include <string>

namespace wms::test {

/// Squid, a forward proxy.
class Squid {
 public:
  enum class Login { kNone, kBasic, kDigest };
  static constexpr const char* kUser = "encoder";
  static constexpr const char* kPassword = "behind the proxy";

  /// It alone knows this name of 127.0.0.1.
  static constexpr const char* kServerName = "publishing.example";

  /// Ready when the constructor returns; fails the running test otherwise.
  explicit Squid(Login login = Login::kNone);

  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }

 private:
  std::string Configuration(Login login) const;

  const ScratchDir dir_;
  const unsigned port_;
  std::unique_ptr<ChildProcess> process_;
};

/// nginx, a reverse proxy in front of 127.0.0.1:PORT that passes requests on
/// as they come.
class Nginx {
 public:
  explicit Nginx(unsigned port);

  std::string Url(const std::string& path = "/live") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  const ScratchDir dir_;
  const unsigned port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace wms::test
