// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"
#include "loopback/scripted_server.h"

#include <gio/gio.h>

#include <memory>

namespace wms::test {

/// While it lives, the only name that the program knows has the addresses
/// 127.0.0.2, where nobody is at home, and 127.0.0.1, in this order.
class TwoAddresses {
 public:
  static constexpr const char* kName = "publishing.example";

  /// @param port of the server at 127.0.0.1.
  /// @param silent the same port of 127.0.0.2 answers nothing; else it
  ///   refuses.
  TwoAddresses(int port, bool silent);
  ~TwoAddresses();
  TwoAddresses(const TwoAddresses&) = delete;
  TwoAddresses& operator=(const TwoAddresses&) = delete;

  /// How often the name was looked up.
  unsigned lookups() const;

 private:
  const glib::Ref<GResolver> before_;
  const glib::Ref<GResolver> resolver_;
  int silent_ = -1;
  std::unique_ptr<BacklogFiller> filler_;
};

}  // namespace wms::test
