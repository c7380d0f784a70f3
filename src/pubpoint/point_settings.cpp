// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/point_settings.h"

#include "pubpoint/status_paths.h"

#include <libsoup/soup.h>

#include <algorithm>

namespace wms::pubpoint {

/// Reads one path after the other.
class PointSettingsReader {
 public:
  explicit PointSettingsReader(const ServerOptions& options)
      : options_(options) {}

  Result<PointSettingsMap> ReadAll() {
    Result<void> read = Read({.path = "", .allow = options_.allow});
    for (const PointOptions& point : options_.point_options) {
      if (read) read = ReadPoint(point);
    }
    if (!read) return read.error();
    return std::move(map_);
  }

 private:
  static Error Invalid(const PointOptions& point, const std::string& what) {
    const std::string where = point.path.empty() ? "" : point.path + ": ";
    return {HResult::E_INVALIDARG, Fault::kLocal, where + what};
  }

  Result<void> ReadPoint(PointOptions point) {
    if (!IsPointPath(point.path, options_.limits.path)) {
      return Error{HResult::E_INVALIDARG, Fault::kLocal,
                   "\"" + point.path +
                       "\" is not the path of a publishing point: " +
                       "give one like /live"};
    }
    if (map_.contains(point.path)) {
      return Invalid(point, "it is configured twice");
    }
    if (Result<void> filled = FillFromTemplate(point); !filled) return filled;
    if (point.allow.empty()) point.allow = options_.allow;
    return Read(point);
  }

  Result<void> FillFromTemplate(PointOptions& point) const {
    if (point.template_path.empty()) return {};
    const auto found =
        std::find_if(options_.point_options.begin(),
                     options_.point_options.end(), [&point](const auto& other) {
                       return other.path == point.template_path;
                     });
    if (found == options_.point_options.end() || found->path == point.path ||
        !found->template_path.empty()) {
      return Invalid(point, "template \"" + point.template_path +
                                "\" is not another point that stands for "
                                "itself");
    }
    if (point.users.empty()) point.users = found->users;
    if (point.allow.empty()) point.allow = found->allow;
    if (point.redirect.empty()) point.redirect = found->redirect;
    return {};
  }

  Result<void> Read(const PointOptions& point) {
    auto settings = std::make_shared<PointSettings>();
    for (const std::string& text : point.allow) {
      glib::ErrorPtr error;
      auto mask = PointSettings::Mask::Take(
          g_inet_address_mask_new_from_string(text.c_str(), glib::Out(error)));
      if (!mask) return Invalid(point, std::string("allow: ") + error->message);
      settings->allow_.push_back(std::move(mask));
    }
    for (const std::string& name : point.users) {
      if (!IsUser(name)) {
        return Invalid(point, "users: there is no user \"" + name + "\"");
      }
      settings->users_.insert(name);
    }
    if (!point.redirect.empty() && !IsUrl(point.redirect)) {
      return Invalid(point,
                     "redirect: \"" + point.redirect + "\" is not an http URL");
    }
    settings->redirect_ = point.redirect;
    settings->automatic_ = point.automatic;
    map_[point.path] = std::move(settings);
    return {};
  }

  bool IsUser(const std::string& name) const {
    return std::any_of(options_.users.begin(), options_.users.end(),
                       [&name](const User& user) { return user.name == name; });
  }

  /// What can stand in a Location header.
  static bool IsUrl(const std::string& text) {
    const glib::Uri uri(g_uri_parse(
        text.c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr));
    const bool printable = std::all_of(
        text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    return uri && printable &&
           g_strcmp0(g_uri_get_scheme(uri.get()), "http") == 0;
  }

  const ServerOptions& options_;
  PointSettingsMap map_;
};

bool PointSettings::AllowsAddress(GInetAddress* peer) const {
  if (allow_.empty()) return true;
  return peer != nullptr &&
         std::any_of(allow_.begin(), allow_.end(), [peer](const Mask& mask) {
           return g_inet_address_mask_matches(mask.get(), peer) != FALSE;
         });
}

Result<PointSettingsMap> ReadPointSettings(const ServerOptions& options) {
  return PointSettingsReader(options).ReadAll();
}

bool IsPointPath(const std::string& path, std::size_t max_size) {
  return path.size() > 1 && path.size() <= max_size && path.front() == '/' &&
         !IsStatusPath(path) &&
         g_utf8_validate_len(path.data(), path.size(), nullptr) != FALSE &&
         std::none_of(path.begin(), path.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
         });
}

}  // namespace wms::pubpoint
