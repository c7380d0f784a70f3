// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/config_file.h"

#include "base/text.h"
#include "glib/ref.h"
#include "pubpoint/settings.h"

#include <memory>
#include <sstream>
#include <vector>

namespace wms::pubpoint {
namespace {

using KeyFile = std::unique_ptr<GKeyFile, glib::Deleter<g_key_file_unref>>;
using Strings = std::unique_ptr<char*, glib::Deleter<g_strfreev>>;

constexpr std::string_view kServer = "server";
constexpr std::string_view kPoint = "point ";

/// Reads one file, and knows where in it everything is.
class ConfigReader {
 public:
  ConfigReader(std::string file, CommandLine& line)
      : file_(std::move(file)), line_(line) {}

  Result<void> Read() {
    if (Result<void> loaded = Load(); !loaded) return loaded;
    const Strings groups(g_key_file_get_groups(keys_.get(), nullptr));
    for (char** group = groups.get(); *group != nullptr; ++group) {
      if (Result<void> read = ReadGroup(*group); !read) return read;
    }
    return {};
  }

 private:
  Result<void> Load() {
    char* text = nullptr;
    gsize size = 0;
    glib::ErrorPtr error;
    const gboolean read =
        g_file_get_contents(file_.c_str(), &text, &size, glib::Out(error));
    const glib::Chars owned(text);
    // GLib names the file itself.
    if (read == FALSE) return Plain(error->message);
    text_.assign(text, size);
    if (g_key_file_load_from_data(keys_.get(), text, size, G_KEY_FILE_NONE,
                                  glib::Out(error)) == FALSE) {
      return Plain(file_ + ": " + error->message);
    }
    return {};
  }

  static Error Plain(std::string message) {
    return {HResult::E_INVALIDARG, Fault::kLocal, std::move(message)};
  }

  /// An error in @a group, and in @a key unless that is "".
  Error At(const std::string& group, const std::string& key,
           const std::string& message) const {
    const int number = LineOf(group, key);
    return Plain(
        file_ + (number > 0 ? ", line " + std::to_string(number) : "") + ": [" +
        group + "]" + (key.empty() ? "" : " " + key) + ": " + message);
  }

  /// GKeyFile keeps no line numbers. 0 when it is not found.
  int LineOf(const std::string& group, const std::string& key) const {
    std::istringstream lines(text_);
    bool inside = false;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const std::string_view text = Trim(line);
      if (text.starts_with('[')) {
        inside = text.substr(0, group.size() + 2) == "[" + group + "]";
        if (inside && key.empty()) return number;
      } else if (inside && !key.empty() &&
                 Trim(SplitAt(text, '=').first) == key) {
        return number;
      }
    }
    return 0;
  }

  Result<void> ReadGroup(const std::string& group) {
    const Strings keys(
        g_key_file_get_keys(keys_.get(), group.c_str(), nullptr, nullptr));
    const bool point = group.starts_with(kPoint);
    if (!point && group != kServer) {
      return At(group, "", "there are only [server] and [point /PATH]");
    }
    PointOptions options;
    if (point) options.path = Trim(group.substr(kPoint.size()));
    for (char** key = keys.get(); key && *key != nullptr; ++key) {
      Result<void> read = point ? ReadPointKey(group, *key, options)
                                : ReadServerKey(group, *key);
      if (!read) return At(group, *key, read.error().message);
    }
    if (point) line_.options.point_options.push_back(std::move(options));
    return {};
  }

  Result<void> ReadServerKey(const std::string& group, const std::string& key) {
    const Setting* setting = FindSetting(key);
    if (setting == nullptr) return Plain("there is no such setting");
    if (!setting->many) {
      const Result<std::string> value = Text(group, key);
      if (!value) return value.error();
      return setting->apply(line_, *value);
    }
    const Result<std::vector<std::string>> values = List(group, key);
    if (!values) return values.error();
    for (const std::string& value : *values) {
      Result<void> applied = setting->apply(line_, value);
      if (!applied) return applied;
    }
    return {};
  }

  Result<void> ReadPointKey(const std::string& group, const std::string& key,
                            PointOptions& point) {
    if (key == "users" || key == "allow") {
      Result<std::vector<std::string>> values = List(group, key);
      if (!values) return values.error();
      if (values->empty()) return Plain("it lists nothing");
      (key == "users" ? point.users : point.allow) = std::move(*values);
      return {};
    }
    const Result<std::string> value = Text(group, key);
    if (!value) return value.error();
    if (key == "template") {
      point.template_path = *value;
    } else if (key == "redirect") {
      point.redirect = *value;
    } else if (key == "auto") {
      const Result<bool> automatic = ParseBoolean(*value);
      if (!automatic) return automatic.error();
      point.automatic = *automatic;
    } else {
      return Plain("there is no such setting of a point");
    }
    return {};
  }

  Result<std::string> Text(const std::string& group, const std::string& key) {
    glib::ErrorPtr error;
    const glib::Chars value(g_key_file_get_string(
        keys_.get(), group.c_str(), key.c_str(), glib::Out(error)));
    // GLib's message would repeat the value, which may be a secret.
    if (!value) return Plain("its value is not valid text");
    return std::string(value.get());
  }

  Result<std::vector<std::string>> List(const std::string& group,
                                        const std::string& key) {
    glib::ErrorPtr error;
    const Strings values(g_key_file_get_string_list(
        keys_.get(), group.c_str(), key.c_str(), nullptr, glib::Out(error)));
    if (!values) return Plain("its value is not valid text");
    std::vector<std::string> list;
    for (char** value = values.get(); *value != nullptr; ++value)
      list.emplace_back(Trim(*value));
    return list;
  }

  const std::string file_;
  CommandLine& line_;
  std::string text_;
  const KeyFile keys_{g_key_file_new()};
};

}  // namespace

Result<void> ReadConfigFile(const std::string& file, CommandLine& line) {
  return ConfigReader(file, line).Read();
}

}  // namespace wms::pubpoint
