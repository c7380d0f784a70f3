// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "glib/ref.h"
#include "pubpoint/options.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace wms::pubpoint {

/// Who may push to a publishing point, and what else its configuration says.
/// Points made by Template-URL share those of the point that is copied.
class PointSettings {
 public:
  /// True when pushes may come from @a peer; null is an address that is not
  /// known.
  bool AllowsAddress(GInetAddress* peer) const;
  /// True when the user of that name, who is who he says, may push.
  bool AllowsUser(const std::string& name) const {
    return users_.empty() || users_.contains(name);
  }
  /// Where requests are sent instead, "" for nowhere.
  const std::string& redirect() const { return redirect_; }
  /// The first push creates the point, and it goes with its session.
  bool automatic() const { return automatic_; }

 private:
  friend class PointSettingsReader;
  using Mask = glib::Ref<GInetAddressMask>;

  std::set<std::string, std::less<>> users_;
  std::vector<Mask> allow_;
  std::string redirect_;
  bool automatic_ = false;
};

/// The settings of every path that the options name, and under "" those of
/// all others. Fails, naming path and setting, for what cannot be meant.
using PointSettingsMap =
    std::map<std::string, std::shared_ptr<const PointSettings>>;
Result<PointSettingsMap> ReadPointSettings(const ServerOptions& options);

/// True for a path that a publishing point can have: not the root, UTF-8
/// without control characters, at most @a max_size bytes.
bool IsPointPath(const std::string& path, std::size_t max_size);

}  // namespace wms::pubpoint
