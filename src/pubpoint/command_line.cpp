// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/command_line.h"

#include "glib/ref.h"
#include "wmhttp/text.h"

#include <cstring>
#include <limits>
#include <memory>
#include <sstream>

namespace wms::pubpoint {
namespace {

using OptionContext =
    std::unique_ptr<GOptionContext, glib::Deleter<g_option_context_free>>;
using Strings = std::unique_ptr<char*, glib::Deleter<g_strfreev>>;

constexpr int kMaxPort = 65535;
/// 3.2.2: the least that Idle-Timeout may be, and the most that its
/// milliseconds can say.
constexpr int kMinIdleSeconds = 10;
constexpr int kMaxIdleSeconds = 4294967;
constexpr int kMaxInactivitySeconds = std::numeric_limits<int>::max() / 1000;

Error UsageError(std::string message) {
  return {HResult::E_INVALIDARG, Fault::kLocal, std::move(message)};
}

/// The options as GOption gives them.
struct Parsed {
  glib::Chars listen;
  glib::Chars record;
  glib::Chars users_file;
  glib::Chars status;
  Strings users;
  Strings points;
  int port = 8080;
  int idle = 60;
  int inactivity = 120;
  gboolean no_create = FALSE;
  gboolean verbose = FALSE;
  gboolean version = FALSE;
};

/// Lets g_option_context_parse write to raw pointers and takes them over.
class RawValues {
 public:
  explicit RawValues(Parsed& target) : target_(target) {}
  ~RawValues() {
    target_.listen.reset(listen);
    target_.record.reset(record);
    target_.users_file.reset(users_file);
    target_.status.reset(status);
    target_.users.reset(users);
    target_.points.reset(points);
  }
  RawValues(const RawValues&) = delete;
  RawValues& operator=(const RawValues&) = delete;

  char* listen = nullptr;
  char* record = nullptr;
  char* users_file = nullptr;
  char* status = nullptr;
  char** users = nullptr;
  char** points = nullptr;

 private:
  Parsed& target_;
};

Result<void> ParseOptions(int argc, char** argv, Parsed& parsed) {
  RawValues raw(parsed);
  const GOptionEntry entries[] = {
      {"port", 'p', 0, G_OPTION_ARG_INT, &parsed.port,
       "Port to listen on, 0 for any that is free (default: 8080)", "PORT"},
      {"listen", 'l', 0, G_OPTION_ARG_STRING, &raw.listen,
       "Address to listen at (default: 127.0.0.1)", "ADDRESS"},
      {"record", 'r', 0, G_OPTION_ARG_FILENAME, &raw.record,
       "Write what is pushed to ASF files in this directory", "DIR"},
      {"user", 'u', 0, G_OPTION_ARG_STRING_ARRAY, &raw.users,
       "Let this user push, and nobody who is not listed; repeatable",
       "NAME:PASSWORD"},
      {"users", 0, 0, G_OPTION_ARG_FILENAME, &raw.users_file,
       "The same from the lines of a file, NAME:PASSWORD each", "FILE"},
      {"point", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw.points,
       "A publishing point that exists from the start; repeatable", "PATH"},
      {"no-create", 0, 0, G_OPTION_ARG_NONE, &parsed.no_create,
       "Do not let a push create its publishing point", nullptr},
      {"idle-timeout", 0, 0, G_OPTION_ARG_INT, &parsed.idle,
       "End a push that sends nothing for so long (default: 60)", "SECONDS"},
      {"inactivity-timeout", 0, 0, G_OPTION_ARG_INT, &parsed.inactivity,
       "Forget a push that does not come back for so long (default: 120)",
       "SECONDS"},
      {"status", 0, 0, G_OPTION_ARG_STRING, &raw.status,
       "Who sees the status pages: public, local or off (default: local)",
       "WHO"},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &parsed.verbose,
       "Log more than warnings and what begins and ends", nullptr},
      {"version", 0, 0, G_OPTION_ARG_NONE, &parsed.version,
       "Print the version and leave", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr},
  };
  const OptionContext context(
      g_option_context_new("- take pushed ASF streams and play them"));
  g_option_context_add_main_entries(context.get(), entries, nullptr);
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

Result<User> ParseUser(std::string_view text) {
  const auto [name, password] = wmhttp::SplitAt(text, ':');
  // The text itself is a secret.
  if (name.empty() || name.size() == text.size()) {
    return UsageError("a user is given as NAME:PASSWORD");
  }
  return User{std::string(name), std::string(password)};
}

Result<void> ReadUsers(const char* file, std::vector<User>& users) {
  char* raw = nullptr;
  glib::ErrorPtr error;
  const gboolean read =
      g_file_get_contents(file, &raw, nullptr, glib::Out(error));
  const glib::Chars text(raw);
  if (read == FALSE) return UsageError(error->message);
  std::istringstream lines(text.get());
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    Result<User> user = ParseUser(line);
    if (!user) {
      return UsageError(std::string(file) + ", line " + std::to_string(number) +
                        ": " + user.error().message);
    }
    users.push_back(std::move(*user));
  }
  if (users.empty()) {
    return UsageError(std::string(file) + " lists no user");
  }
  return {};
}

Result<StatusAccess> ParseStatus(std::string_view text) {
  if (text == "public") return StatusAccess::kPublic;
  if (text == "local") return StatusAccess::kLocal;
  if (text == "off") return StatusAccess::kOff;
  return UsageError("--status takes public, local or off");
}

Result<void> CheckNumbers(const Parsed& parsed) {
  if (parsed.port < 0 || parsed.port > kMaxPort) {
    return UsageError("--port takes 0 to 65535");
  }
  if (parsed.idle < kMinIdleSeconds || parsed.idle > kMaxIdleSeconds) {
    return UsageError("--idle-timeout takes 10 to 4294967 seconds");
  }
  if (parsed.inactivity < 0 || parsed.inactivity > kMaxInactivitySeconds) {
    return UsageError("--inactivity-timeout takes 0 to " +
                      std::to_string(kMaxInactivitySeconds) + " seconds");
  }
  return {};
}

/// Blanks the value of every --user in the process's own argument list.
void HideUsers(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto blank = [](char* text) { memset(text, '*', strlen(text)); };
    if ((argument == "--user" || argument == "-u") && i + 1 < argc) {
      blank(argv[++i]);
    } else if (argument.starts_with("--user=")) {
      blank(argv[i] + strlen("--user="));
    } else if (argument.starts_with("-u")) {
      blank(argv[i] + strlen("-u"));
    }
  }
}

}  // namespace

Result<CommandLine> ParseCommandLine(int argc, char** argv) {
  Parsed parsed;
  // GOption moves the pointers of the array it is given.
  std::vector<char*> arguments(argv, argv + argc);
  arguments.push_back(nullptr);
  const Result<void> options = ParseOptions(argc, arguments.data(), parsed);
  HideUsers(argc, argv);
  if (!options) return options.error();
  if (const Result<void> checked = CheckNumbers(parsed); !checked) {
    return checked.error();
  }
  CommandLine line;
  line.verbose = parsed.verbose != FALSE;
  line.show_version = parsed.version != FALSE;
  line.options.port = static_cast<unsigned>(parsed.port);
  if (parsed.listen) line.options.listen_address = parsed.listen.get();
  if (parsed.record) line.options.record_dir = parsed.record.get();
  line.options.allow_create = parsed.no_create == FALSE;
  line.options.timers.idle = std::chrono::seconds(parsed.idle);
  line.options.timers.inactivity = std::chrono::seconds(parsed.inactivity);
  if (parsed.status) {
    const Result<StatusAccess> status = ParseStatus(parsed.status.get());
    if (!status) return status.error();
    line.options.status = *status;
  }
  for (char** point = parsed.points.get(); point && *point; ++point)
    line.options.points.emplace_back(*point);
  for (char** text = parsed.users.get(); text && *text; ++text) {
    Result<User> user = ParseUser(*text);
    if (!user) return user.error();
    line.options.users.push_back(std::move(*user));
  }
  if (parsed.users_file) {
    const Result<void> read =
        ReadUsers(parsed.users_file.get(), line.options.users);
    if (!read) return read.error();
  }
  return line;
}

}  // namespace wms::pubpoint
