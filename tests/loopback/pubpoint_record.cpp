// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/guids.h"
#include "asf/header.h"
#include "common/leak_check.h"
#include "common/padded_packet.h"
#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "pubpoint/recorder.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>

namespace wms::test {
namespace {

using pubpoint::Recorder;
using pubpoint::ServerOptions;

constexpr std::uint32_t kPacketSize = 1000;
constexpr std::uint64_t kPrerollMs = 3000;

ByteVector ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return ByteVector(std::istreambuf_iterator<char>(file), {});
}

/// Where the object @a id starts in @a file.
std::size_t Find(const ByteVector& file, const asf::Guid& id) {
  const auto found =
      std::search(file.begin(), file.end(), id.begin(), id.end());
  fail_unless(found != file.end());
  return static_cast<std::size_t>(found - file.begin());
}

std::uint64_t Field(const ByteVector& file, std::size_t at, std::size_t size) {
  return LoadLe(file.data() + at, size);
}

/// Checks a finished file: its header says what is in it, and apart from that
/// it is @a header; then come @a packets. The last object lasts for as long as
/// the one before, and its packet for 100 ms.
void CheckFile(const ByteVector& file, const ByteVector& header,
               const std::vector<ByteVector>& packets,
               std::uint64_t duration_ms, std::uint64_t last_object_ms = 100) {
  const std::uint64_t play_ms = duration_ms - 100 + last_object_ms;
  ByteVector expected = header;
  for (const ByteVector& packet : packets)
    Append(expected, packet);
  fail_unless_equals_int(file.size(), expected.size());
  constexpr std::uint64_t kTicks = 10000;
  const std::size_t properties = Find(file, asf::kFileProperties);
  fail_unless_equals_uint64(Field(file, properties + 40, 8), file.size());
  fail_unless_equals_uint64(Field(file, properties + 56, 8), packets.size());
  fail_unless_equals_uint64(Field(file, properties + 64, 8),
                            (play_ms + kPrerollMs) * kTicks);
  fail_unless_equals_uint64(Field(file, properties + 72, 8),
                            duration_ms * kTicks);
  fail_unless_equals_uint64(Field(file, properties + 88, 4), 0);
  const std::size_t data = Find(file, asf::kDataObject);
  fail_unless_equals_uint64(Field(file, data + 16, 8),
                            file.size() - header.size() + 50);
  fail_unless_equals_uint64(Field(file, data + 40, 8), packets.size());
  // Nothing else has changed.
  ByteVector rest = file;
  const auto restore = [&](std::size_t at, std::size_t size) {
    std::copy_n(header.begin() + static_cast<std::ptrdiff_t>(at), size,
                rest.begin() + static_cast<std::ptrdiff_t>(at));
  };
  restore(properties + 40, 8);
  restore(properties + 56, 8 + 8 + 8);
  restore(properties + 88, 4);
  restore(data + 16, 8);
  restore(data + 40, 8);
  fail_unless(rest == expected);
  const auto parsed = asf::ParseHeader(Bytes(file).first(header.size()));
  fail_unless(parsed.has_value());
  fail_if(parsed->broadcast);
}

ServerOptions RecordTo(const ScratchDir& directory) {
  ServerOptions options;
  options.record_dir = directory.path();
  return options;
}

GST_START_TEST(test_push_becomes_a_file) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader({.packet_size = kPacketSize});
  const std::vector<ByteVector> packets = MakePackets(30, kPacketSize);
  PubpointThread server(RecordTo(directory));
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(header));
  for (const ByteVector& packet : packets)
    fail_unless(pusher.Data(Stripped(packet)));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  const auto files = directory.Files();
  fail_unless_equals_int(files.size(), 1);
  const std::string name = files[0].filename().string();
  // live-YYYYMMDD-HHMMSS.asf
  fail_unless(name.starts_with("live-2") && name.ends_with(".asf"));
  fail_unless_equals_int(name.size(), 24);
  // Send times 0 to 2900, and the last packet's 100 ms.
  CheckFile(ReadFile(files[0]), header, server.Snapshot().packets, 3000);
}
GST_END_TEST

GST_START_TEST(test_each_header_is_a_file) {
  const ScratchDir directory;
  PubpointThread server(RecordTo(directory));
  Pusher pusher(server.port());
  const ByteVector first = MakeHeader({.packet_size = kPacketSize});
  const ByteVector second = MakeHeader({.packet_size = 600, .id = 2});
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(first));
  fail_unless(pusher.Data(MakePacket({.packet_size = kPacketSize})));
  fail_unless(pusher.End(HResult::S_FALSE));
  fail_unless(pusher.Change(second));
  fail_unless(pusher.Data(MakePacket({.packet_size = 600})));
  fail_unless(pusher.Data(
      MakePacket({.packet_size = 600, .send_time_ms = 1000, .number = 1})));
  // The connection is lost and comes back: the file goes on.
  fail_unless(server.WaitForPackets(3));
  pusher.client->Reset();
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
  pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Data(
      MakePacket({.packet_size = 600, .send_time_ms = 2000, .number = 2})));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  const auto packets = server.Snapshot().packets;
  fail_unless_equals_int(directory.Files().size(), 2);
  // Names of one second are told apart by a number.
  for (const auto& path : directory.Files()) {
    const ByteVector file = ReadFile(path);
    if (file.size() == first.size() + kPacketSize) {
      CheckFile(file, first, {packets[0]}, 100);
    } else {
      CheckFile(file, second, {packets.begin() + 1, packets.end()}, 2100, 1000);
    }
  }
}
GST_END_TEST

GST_START_TEST(test_stop_finishes_the_file) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader({.packet_size = kPacketSize});
  PubpointThread server(RecordTo(directory));
  {
    Pusher pusher(server.port());
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(header));
    fail_unless(pusher.Data(MakePacket({.packet_size = kPacketSize})));
    fail_unless(server.WaitForPackets(1));
  }
  server.Stop();
  CheckFile(ReadFile(directory.Files().at(0)), header,
            server.Snapshot().packets, 100);
}
GST_END_TEST

GST_START_TEST(test_unfinished_file_is_a_broadcast) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader({.packet_size = kPacketSize});
  const std::vector<ByteVector> packets = MakePackets(3, kPacketSize);
  auto recorder = Recorder::Create(directory.path(), "/x", header);
  fail_unless(recorder.has_value());
  ByteVector expected = header;
  for (const ByteVector& packet : packets) {
    fail_unless((*recorder)->Write(*Padded(packet, kPacketSize)).has_value());
    Append(expected, packet);
    fail_unless(ReadFile((*recorder)->path()) == expected);
  }
}
GST_END_TEST

GST_START_TEST(test_send_times_wrap) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader({.packet_size = kPacketSize});
  std::vector<ByteVector> packets;
  for (const std::uint32_t time : {0xFFFFFF00U, 0xFFFFFFF0U, 0x00000100U}) {
    packets.push_back(
        MakePacket({.packet_size = kPacketSize, .send_time_ms = time}));
  }
  auto recorder = Recorder::Create(directory.path(), "/x", header);
  for (const ByteVector& packet : packets)
    fail_unless((*recorder)->Write(*Padded(packet, kPacketSize)).has_value());
  fail_unless((*recorder)->Finish().has_value());
  CheckFile(ReadFile((*recorder)->path()), header, packets, 0x200 + 100, 0x110);
}
GST_END_TEST

GST_START_TEST(test_file_names) {
  struct {
    const char* path;
    const char* name;
  } const cases[] = {
      {"/live", "live"},
      {"/a/b", "a_b"},
      {"/../etc/passwd", "_._etc_passwd"},
      {"/.hidden", "_hidden"},
      {"/", "stream"},
      {"", "stream"},
      {"///", "stream"},
      {"/\xC3\xA9 x", "___x"},
      {"/a\nb", "a_b"},
      {"/A-b_c.9", "A-b_c.9"},
  };
  for (const auto& c : cases) {
    const std::string name = pubpoint::FileNameOfPoint(c.path);
    fail_unless_equals_string(name.c_str(), c.name);
  }
  fail_unless(pubpoint::FileNameOfPoint("/" + std::string(1000, 'x')).size() <
              100);
}
GST_END_TEST

GST_START_TEST(test_names_that_exist) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader();
  for (int i = 0; i < 5; ++i) {
    fail_unless(Recorder::Create(directory.path(), "/x", header).has_value());
  }
  fail_unless_equals_int(directory.Files().size(), 5);
  for (const auto& path : directory.Files())
    fail_unless(ReadFile(path).size() == header.size());
}
GST_END_TEST

/// While this lives, no file of this process grows beyond a size: as far as it
/// can see, the disk is full then.
class FileLimit {
 public:
  explicit FileLimit(std::size_t size) {
    getrlimit(RLIMIT_FSIZE, &before_);
    // As main() of the program does.
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FileLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
};

// Where not even the header fits, no file is left behind.
GST_START_TEST(test_no_room_for_the_header) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader({.packet_size = kPacketSize});
  const auto recorder = [&] {
    const FileLimit limit(header.size() - 1);
    return Recorder::Create(directory.path(), "/live", header);
  }();
  fail_if(recorder.has_value());
  fail_unless(directory.Files().empty());
}
GST_END_TEST

// The push goes on, there is one warning, and the file is what there was room
// for, in whole packets.
GST_START_TEST(test_full_disk) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader({.packet_size = kPacketSize});
  std::optional<FileLimit> limit(std::in_place,
                                 header.size() + 2 * kPacketSize + 500);
  PubpointThread server(RecordTo(directory));
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(header));
  for (const ByteVector& packet : MakePackets(10, kPacketSize))
    fail_unless(pusher.Data(packet));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  limit.reset();
  const Received received = server.Snapshot();
  fail_unless_equals_int(received.packets.size(), 10);
  fail_unless_equals_int(
      std::count_if(received.log.begin(), received.log.end(),
                    [](const std::string& line) {
                      return line.find("recording of /live stops") == 0;
                    }),
      1);
  CheckFile(ReadFile(directory.Files().at(0)), header,
            {received.packets.begin(), received.packets.begin() + 2}, 200);
}
GST_END_TEST

GST_START_TEST(test_directory_disappears) {
  auto directory = std::make_unique<ScratchDir>();
  PubpointThread server(RecordTo(*directory));
  directory.reset();
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader({.packet_size = kPacketSize})));
  fail_unless(pusher.Data(MakePacket({.packet_size = kPacketSize})));
  fail_unless(server.WaitForPackets(1));
}
GST_END_TEST

GST_START_TEST(test_nothing_is_left) {
  const ScratchDir directory;
  const auto record = [&directory] {
    PubpointThread server(RecordTo(directory));
    for (int i = 0; i < 3; ++i) {
      Pusher pusher(server.port(), "/" + std::to_string(i));
      fail_unless(pusher.Start());
      fail_unless(pusher.Header(MakeHeader()));
      fail_unless(server.WaitForHeaders(static_cast<std::size_t>(i + 1)));
    }
  };
  record();
  const LeakCheck check;
  record();
  fail_unless_equals_int(check.new_files(), 0);
  fail_unless_equals_int(check.new_threads(), 0);
}
GST_END_TEST

Suite* pubpoint_record_suite() {
  Suite* suite = suite_create("pubpoint_record");
  TCase* files = tcase_create("files");
  suite_add_tcase(suite, files);
  tcase_add_test(files, test_push_becomes_a_file);
  tcase_add_test(files, test_each_header_is_a_file);
  tcase_add_test(files, test_stop_finishes_the_file);
  tcase_add_test(files, test_unfinished_file_is_a_broadcast);
  tcase_add_test(files, test_send_times_wrap);
  TCase* names = tcase_create("names");
  suite_add_tcase(suite, names);
  tcase_add_test(names, test_file_names);
  tcase_add_test(names, test_names_that_exist);
  TCase* faults = tcase_create("faults");
  suite_add_tcase(suite, faults);
  tcase_add_test(faults, test_no_room_for_the_header);
  tcase_add_test(faults, test_full_disk);
  tcase_add_test(faults, test_directory_disappears);
  tcase_add_test(faults, test_nothing_is_left);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_record_suite;
GST_CHECK_MAIN(pubpoint_record)
