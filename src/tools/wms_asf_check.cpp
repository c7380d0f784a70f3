// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "config.h"

#include "asf/stream_check.h"
#include "glib/ref.h"

#include <gio/gio.h>
#include <glib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

// wms-asf-check: what in an ASF file is not as a broadcast has it.

namespace {

using wms::glib::ErrorPtr;

/// What the program ends with, for scripts.
enum ExitStatus { kClean = 0, kFindings = 1, kUnreadable = 2 };

constexpr std::size_t kPieceSize = 65536;

struct Options {
  gboolean quiet = FALSE;
  gboolean version = FALSE;
};

struct FileCloser {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

bool Parse(int* argc, char*** argv, Options& options) {
  const GOptionEntry entries[] = {
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
       "Print nothing but errors: the exit status says it", nullptr},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options.version,
       "Print the version and leave", nullptr},
      {},
  };
  GOptionContext* context =
      g_option_context_new("FILE|- - find what is wrong with an ASF stream");
  g_option_context_set_summary(
      context,
      "Prints what in the header and in the packets is not as a broadcast has "
      "it, by\nwhich rule, and what wmspushsink does about it.");
  g_option_context_set_description(context,
                                   "The exit status is 0 when nothing was "
                                   "found, 1 when something was, and 2 "
                                   "when\nthe stream cannot be read.\n");
  g_option_context_add_main_entries(context, entries, nullptr);
  ErrorPtr error;
  const bool parsed = g_option_context_parse(context, argc, argv,
                                             wms::glib::Out(error)) != FALSE;
  g_option_context_free(context);
  if (!parsed) {
    std::fprintf(stderr, "wms-asf-check: %s\n", error->message);
    return false;
  }
  if (!options.version && *argc != 2) {
    std::fputs("wms-asf-check: give one file, or - for the standard input\n",
               stderr);
    return false;
  }
  return true;
}

bool Unreadable(const char* name, const char* why) {
  std::fprintf(stderr, "%s: %s\n", name, why);
  return false;
}

/// Feeds all of the file. False when that does not work, which has been said.
bool Check(const char* name, wms::asf::StreamCheck& check) {
  const bool standard_input = std::strcmp(name, "-") == 0;
  const File file(standard_input ? stdin : std::fopen(name, "rb"));
  if (!file) return Unreadable(name, g_strerror(errno));
  std::vector<std::uint8_t> piece(kPieceSize);
  for (;;) {
    const std::size_t size =
        std::fread(piece.data(), 1, piece.size(), file.get());
    if (size == 0) break;
    const auto fed = check.Feed(wms::Bytes(piece).first(size));
    if (!fed) return Unreadable(name, fed.error().message.c_str());
  }
  if (std::ferror(file.get()) != 0) return Unreadable(name, g_strerror(errno));
  const auto finished = check.Finish();
  if (!finished) return Unreadable(name, finished.error().message.c_str());
  return true;
}

void Print(const char* name, const wms::asf::StreamCheck& check) {
  for (const wms::asf::Finding& finding : check.header_findings())
    std::printf("%s: %s\n", name, Describe(finding).c_str());
  if (check.more_header_findings() > 0) {
    std::printf("%s: headers are wrong in %llu further places\n", name,
                static_cast<unsigned long long>(check.more_header_findings()));
  }
  for (const wms::asf::PacketFinding& finding : check.packet_findings())
    std::printf("%s: %s\n", name, Describe(finding).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!Parse(&argc, &argv, options)) return kUnreadable;
  if (options.version) {
    std::puts("wms-asf-check " WMSPUSH_VERSION);
    return kClean;
  }
  wms::asf::StreamCheck check;
  const bool read = Check(argv[1], check);
  // What was found before the stream broke off may be why it did.
  if (!options.quiet) Print(argv[1], check);
  if (!read) return kUnreadable;
  return check.clean() ? kClean : kFindings;
}
