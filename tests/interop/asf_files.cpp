// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf_files.h"

#include "asf/header_repair.h"
#include "common/child_process.h"
#include "common/pubpoint_thread.h"
#include "gst_push.h"
#include "loopback/expect.h"

#include <filesystem>
#include <fstream>

namespace wms::test {

void Run(const std::string& command) {
  RunToEnd({"/bin/sh", "-c", command});
}

std::string OutputOf(const std::string& command) {
  return RunToEnd({"/bin/sh", "-c", command});
}

std::string Hashes(const std::string& file) {
  const std::string ffmpeg = "ffmpeg -v error -i " + file + " -map 0 ";
  return OutputOf(ffmpeg + "-c copy -f streamhash -") +
         OutputOf(ffmpeg + "-f streamhash -");
}

std::string Demuxed(const std::string& file, bool video, bool audio) {
  std::string pipeline = "filesrc location=" + file + " ! asfdemux name=d";
  const std::string out = file + ".demuxed-";
  if (video) {
    pipeline += " d.video_0 ! queue ! filesink location=" + out + "video";
  }
  if (audio) {
    pipeline += " d.audio_0 ! queue ! filesink location=" + out + "audio";
  }
  Pipeline(pipeline).WaitForEnd(kPatience);
  Run("test -s " + out + (video ? "video" : "audio"));
  return OutputOf("cat " + out + "* | md5sum");
}

std::string PushFrom(const std::string& source, const std::string& dir,
                     const std::string& pushed) {
  const std::string recordings = dir + "/recordings";
  std::filesystem::create_directory(recordings);
  pubpoint::ServerOptions options;
  options.record_dir = recordings;
  {
    PubpointThread server(options);
    Pipeline push(source +
                  " ! wmspushsink sync=false location=" + server.Url());
    push.WaitForEnd(kPatience);
    fail_unless(server.WaitForEnd());
    const Received received = server.Snapshot();
    EXPECT(received.violations.empty(), received.violations.front());
    fail_unless_equals_int(received.headers.size(), 1);
    const auto again = asf::RepairHeader(received.headers[0], {});
    fail_unless(again.has_value() && again->bytes == received.headers[0],
                "a second repair changes the header");
    const std::vector<std::uint8_t> stream = received.Stream();
    std::ofstream(pushed, std::ios::binary)
        .write(reinterpret_cast<const char*>(stream.data()),
               static_cast<std::streamsize>(stream.size()));
  }
  for (const auto& entry : std::filesystem::directory_iterator(recordings))
    return entry.path().string();
  ck_abort_msg("nothing was recorded");
  return {};
}

std::string Push(const std::string& file, const std::string& dir,
                 const std::string& pushed) {
  return PushFrom("filesrc location=" + file, dir, pushed);
}

int Check(const std::string& file, std::string& output) {
  return ChildProcess({EnvironmentValue("ASF_CHECK"), file}).Wait(output);
}

}  // namespace wms::test
