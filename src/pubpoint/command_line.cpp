// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/command_line.h"

#include "glib/ref.h"
#include "pubpoint/config_file.h"
#include "pubpoint/settings.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace wms::pubpoint {
namespace {

using OptionContext =
    std::unique_ptr<GOptionContext, glib::Deleter<g_option_context_free>>;

constexpr unsigned kDefaultPort = 8080;

Error UsageError(std::string message) {
  return {HResult::E_INVALIDARG, Fault::kLocal, std::move(message)};
}

/// What stands on the command line, in its order.
struct Given {
  std::vector<std::pair<const Setting*, std::string>> values;
  std::string config;
  bool version = false;
};

gboolean OnSetting(const char* option, const char* value, gpointer data,
                   GError** /*error*/) noexcept {
  std::string_view name = option;
  const bool is_long = name.starts_with("--");
  name.remove_prefix(is_long ? 2 : 1);
  for (const Setting& setting : Settings()) {
    if (is_long ? setting.name == name : setting.letter == name.front()) {
      static_cast<Given*>(data)->values.emplace_back(
          &setting, value != nullptr ? value : "true");
    }
  }
  return TRUE;
}

gboolean OnConfig(const char* /*option*/, const char* value, gpointer data,
                  GError** /*error*/) noexcept {
  static_cast<Given*>(data)->config = value;
  return TRUE;
}

gboolean OnVersion(const char* /*option*/, const char* /*value*/, gpointer data,
                   GError** /*error*/) noexcept {
  static_cast<Given*>(data)->version = true;
  return TRUE;
}

GOptionEntry Entry(const char* name, char letter, GOptionArgFunc function,
                   const char* help, const char* argument) {
  const int flags =
      argument != nullptr ? G_OPTION_FLAG_FILENAME : G_OPTION_FLAG_NO_ARG;
  // GOption's way to take a function.
  auto* const pointer = reinterpret_cast<gpointer>(function);  // NOLINT
  return {name, letter, flags, G_OPTION_ARG_CALLBACK, pointer, help, argument};
}

Result<void> ParseOptions(int argc, char** argv, Given& given) {
  std::vector<GOptionEntry> entries;
  entries.push_back(Entry("config", 'c', OnConfig,
                          "Take these settings from a file, too", "FILE"));
  for (const Setting& setting : Settings()) {
    entries.push_back(Entry(setting.name, setting.letter, OnSetting,
                            setting.help, setting.argument));
  }
  entries.push_back(
      Entry("version", 0, OnVersion, "Print the version and leave", nullptr));
  entries.push_back({});
  const OptionContext context(
      g_option_context_new("- take pushed ASF streams and play them"));
  GOptionGroup* group = g_option_group_new("main", "", "", &given, nullptr);
  g_option_group_add_entries(group, entries.data());
  g_option_context_set_main_group(context.get(), group);  // takes it over
  glib::ErrorPtr error;
  if (g_option_context_parse(context.get(), &argc, &argv, glib::Out(error)) ==
      FALSE) {
    return UsageError(error->message);
  }
  if (argc > 1) {
    return UsageError(std::string("\"") + argv[1] +
                      "\" is not an option; publishing points are given with "
                      "--point");
  }
  return {};
}

/// Blanks the value of every --user in the process's own argument list, however
/// the option was written: the value is the end of an argument.
void HideUsers(int argc, char** argv, const Given& given) {
  for (const auto& [setting, value] : given.values) {
    if (setting->letter != 'u') continue;
    for (int i = 1; i < argc; ++i) {
      const std::string_view argument = argv[i];
      if (!argument.ends_with(value)) continue;
      std::fill_n(argv[i] + argument.size() - value.size(), value.size(), '*');
    }
  }
}

}  // namespace

Result<CommandLine> ParseCommandLine(int argc, char** argv) {
  Given given;
  // GOption moves the pointers of the array it is given.
  std::vector<char*> arguments(argv, argv + argc);
  arguments.push_back(nullptr);
  const Result<void> parsed = ParseOptions(argc, arguments.data(), given);
  HideUsers(argc, argv, given);
  if (!parsed) return parsed.error();
  CommandLine line;
  line.show_version = given.version;
  line.options.port = kDefaultPort;
  if (!given.config.empty()) {
    const Result<void> read = ReadConfigFile(given.config, line);
    if (!read) return read.error();
  }
  for (const auto& [setting, value] : given.values) {
    const Result<void> applied = setting->apply(line, value);
    if (!applied) {
      return UsageError(std::string("--") + setting->name + ": " +
                        applied.error().message);
    }
  }
  return line;
}

}  // namespace wms::pubpoint
