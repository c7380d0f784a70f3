// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the publishing point records says how long it plays.

#include "asf_files.h"
#include "common/scratch_dir.h"
#include "loopback/expect.h"

#include <gst/check/gstcheck.h>

#include <cmath>
#include <iterator>
#include <string>

namespace wms::test {
namespace {

// What ffmpeg makes a file of. Its muxer knows how long each frame lasts.
const char* const kSources[] = {
    "-f lavfi -i testsrc=s=160x120:r=25:d=3 -c:v wmv2",
    "-f lavfi -i testsrc=s=160x120:r=5:d=2 -c:v wmv1",
    "-f lavfi -i testsrc=s=160x120:r=30000/1001:d=1.001 -c:v wmv2",
    "-f lavfi -i sine=d=3:r=44100 -c:a wmav2",
    "-f lavfi -i testsrc=s=160x120:r=1:d=4 -f lavfi -i sine=d=1:r=44100 "
    "-c:v wmv2 -c:a wmav2",
    "-f lavfi -i testsrc=s=160x120:r=25:d=1 -f lavfi -i sine=d=3:r=44100 "
    "-c:v wmv2 -c:a wmav2",
};

/// Of what the header says alone: nothing is estimated.
double DurationOf(const std::string& file) {
  return std::stod(OutputOf(
      "ffprobe -v error -show_entries format=duration -of csv=p=0 " + file));
}

GST_START_TEST(test_duration) {
  const std::string source = kSources[__i__];
  const ScratchDir dir;
  const std::string file = dir.path() + "/source.asf";
  Run("ffmpeg -v error " + source + " -f asf " + file);
  const double recorded =
      DurationOf(Push(file, dir.path(), dir.path() + "/pushed.asf"));
  const double expected = DurationOf(file);
  constexpr double kTolerance = 0.002;  // times are in ms
  EXPECT(std::abs(recorded - expected) <= kTolerance,
         source + ": " + std::to_string(recorded) + " instead of " +
             std::to_string(expected));
}
GST_END_TEST

Suite* asf_recordings_suite() {
  Suite* suite = suite_create("asf_recordings");
  TCase* recordings = tcase_create("recordings");
  tcase_set_timeout(recordings, 3 * kPatience);
  suite_add_tcase(suite, recordings);
  tcase_add_loop_test(recordings, test_duration, 0,
                      static_cast<int>(std::size(kSources)));
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_recordings_suite;
GST_CHECK_MAIN(asf_recordings)
