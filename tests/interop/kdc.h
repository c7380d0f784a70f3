// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/scratch_dir.h"
#include "glib/ref.h"

#include <sys/types.h>

#include <string>

namespace wms::test {

/// A key distribution centre of Debian's Kerberos for the realm TEST.EXAMPLE,
/// with the service HTTP/localhost and the user encoder. It sets the
/// environment of this process so that GSSAPI finds it, which has to come
/// before anything else of GSSAPI.
class Kdc {
 public:
  static constexpr const char* kUser = "encoder@TEST.EXAMPLE";
  static constexpr const char* kPassword = "k3rb5ecret";

  /// Fails the test when a program is not installed or does not start.
  Kdc();
  ~Kdc();
  Kdc(const Kdc&) = delete;
  Kdc& operator=(const Kdc&) = delete;

  /// Gets a ticket for the user, as a login does.
  void Login() const;
  /// Drops all tickets.
  void Logout() const;

  /// It takes requests, and does not answer until it goes on.
  void Pause() const;
  void GoOn() const;

 private:
  std::string Path(const std::string& name) const;
  pid_t pid() const;

  ScratchDir dir_;
  glib::Ref<GSubprocess> process_;
};

}  // namespace wms::test
