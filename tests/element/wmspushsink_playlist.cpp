// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// One stream behind the other, by GStreamer's own elements: a playlist switch
// ([MS-WMHTTP] 3.1.4.4, 3.1.4.5).

#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "element/sink_case.h"

#include <filesystem>

namespace wms::test {
namespace {

/// What asfmux makes of a picture of @a width and half a second of it.
std::string Program(unsigned width) {
  return "videotestsrc num-buffers=15 ! video/x-raw,framerate=30/1,height=120,"
         "width=" +
         std::to_string(width) +
         " ! avenc_wmv2 bitrate=400000 ! identity single-segment=true "
         "! asfmux streamable=true";
}

/// Writes what @a program makes into a file of @a dir.
std::string MakeFile(const ScratchDir& dir, const std::string& name,
                     const std::string& program) {
  const std::string path = dir.path() + "/" + name;
  glib::ErrorPtr error;
  const ElementPtr pipeline(gst_parse_launch(
      (program + " ! filesink location=" + path).c_str(), glib::Out(error)));
  EXPECT(pipeline != nullptr, error->message);
  const MessageLog messages(pipeline.get());
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  messages.WaitFor("EOS");
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return path;
}

/// Plays to the end and checks that both programs have arrived, each with its
/// header and in a recording of its own.
void ExpectBothPrograms(const std::string& description) {
  const ScratchDir recordings;
  pubpoint::ServerOptions options;
  options.record_dir = recordings.path();
  PubpointThread server(std::move(options));
  SinkCase push(server.Url());
  push.Feed(description);
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("EOS");
  fail_unless(server.WaitForClosed());
  push.Reach(GST_STATE_NULL);

  EXPECT_TEXT(push.messages().Statuses(),
              "locating connecting opened started source-switch "
              "end-of-streaming stopped closed");
  EXPECT(push.messages().Count("WARNING") == 0, push.messages().AllText());
  const Received received = server.Snapshot();
  EXPECT(received.violations.empty(), received.violations.front());
  fail_unless(received.ends == (std::vector<std::uint32_t>{1, 0}));
  fail_unless_equals_int(received.starts, 1);
  fail_unless_equals_int(received.headers.size(), 2);
  fail_if(received.headers[0] == received.headers[1]);

  std::size_t expected = 0;
  for (const ByteVector& header : received.headers)
    expected += header.size();
  for (const ByteVector& packet : received.packets)
    expected += packet.size();
  std::size_t recorded = 0;
  const auto files = recordings.Files();
  fail_unless_equals_int(files.size(), 2);
  for (const std::filesystem::path& file : files)
    recorded += std::filesystem::file_size(file);
  fail_unless_equals_int(recorded, expected);
}

GST_START_TEST(test_two_programs) {
  ExpectBothPrograms("concat name=all " + Program(160) + " ! all. " +
                     Program(320) + " ! all.");
}
GST_END_TEST

GST_START_TEST(test_two_files) {
  const ScratchDir dir;
  const std::string first = MakeFile(dir, "first.asf", Program(160));
  const std::string second = MakeFile(dir, "second.asf", Program(320));
  ExpectBothPrograms("concat name=all filesrc location=" + first +
                     " ! all. filesrc location=" + second + " ! all.");
}
GST_END_TEST

// The send times begin anew with the second program, and so does the pace.
GST_START_TEST(test_paced) {
  const ScratchDir dir;
  const std::string first = MakeFile(dir, "first.asf", Program(160));
  const std::string second = MakeFile(dir, "second.asf", Program(320));
  PubpointThread server;
  SinkCase push(server.Url());
  push.Set("sync", TRUE);
  push.Feed("concat name=all filesrc location=" + first +
            " ! all. filesrc location=" + second + " ! all.");
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("EOS");
  fail_unless(server.WaitForClosed());
  EXPECT(push.messages().Count("WARNING") == 0, push.messages().AllText());
  fail_unless_equals_int(server.Snapshot().headers.size(), 2);
}
GST_END_TEST

Suite* wmspushsink_playlist_suite() {
  Suite* suite = suite_create("wmspushsink_playlist");
  TCase* playlist = tcase_create("concat");
  suite_add_tcase(suite, playlist);
  tcase_add_test(playlist, test_two_programs);
  tcase_add_test(playlist, test_two_files);
  tcase_add_test(playlist, test_paced);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_playlist_suite;
GST_CHECK_MAIN(wmspushsink_playlist)
