// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "asf/header_repair.h"
#include "unit/asf_broadcast.h"

#include <algorithm>
#include <functional>
#include <set>

// Repairing an ASF file header. Each case breaks one thing in a header that is
// right, so that it fails without the repair of that thing.

namespace wms::test {
namespace {

using namespace asf;

RepairedHeader Repaired(Bytes header, const RepairHints& hints = {}) {
  const HeapBytes source(header);
  Result<RepairedHeader> repaired = RepairHeader(source.bytes(), hints);
  EXPECT(repaired.has_value(), repaired.error().message);
  return *repaired;
}

std::string Text(const RepairedHeader& repaired) {
  std::string text;
  for (const Finding& finding : repaired.findings)
    text += Describe(finding) + "\n";
  return text;
}

HeaderTree TreeOf(Bytes header) {
  Result<HeaderTree> tree = ReadHeaderTree(header);
  EXPECT(tree.has_value(), tree.error().message);
  return *tree;
}

/// A repaired header is right: it is read by the strict, and a second repair
/// finds nothing and changes nothing.
void ExpectRight(const RepairedHeader& repaired, const std::string& context) {
  const Result<Header> parsed = ParseHeader(repaired.bytes);
  EXPECT(parsed.has_value(), context + ": " + parsed.error().message);
  const RepairedHeader again = Repaired(repaired.bytes);
  EXPECT(again.bytes == repaired.bytes, context + ": " + Text(again));
  for (const Finding& finding : again.findings)
    EXPECT(!finding.repaired, context + ": " + Describe(finding));
}

void ExpectFinding(const RepairedHeader& repaired, std::string_view object,
                   std::string_view rule, const std::string& context) {
  const bool found = std::any_of(
      repaired.findings.begin(), repaired.findings.end(),
      [&](const Finding& f) { return f.object == object && f.rule == rule; });
  EXPECT(found, context + ": no finding about the " + std::string(object) +
                    " in:\n" + Text(repaired));
}

GST_START_TEST(test_unchanged_when_right) {
  const Data header = WriteHeaderTree(BroadcastTree());
  const RepairedHeader repaired = Repaired(header);
  EXPECT(repaired.bytes == header, Text(repaired));
  EXPECT(repaired.findings.empty(), Text(repaired));
  EXPECT(repaired.unknown_bitrates.empty(), "");
}
GST_END_TEST;

GST_START_TEST(test_tree_gives_back_what_it_read) {
  HeaderTree tree = BroadcastTree();
  tree.object_count = 77;
  tree.reserved1 = 5;
  tree.data_object_size = 123456;
  const Data header = WriteHeaderTree(tree);
  EXPECT(WriteHeaderTree(TreeOf(header)) == header, "");
}
GST_END_TEST;

/// One thing that is wrong; what comes out is the header that is right.
struct Case {
  const char* name;
  const char* object;
  const char* rule;
  std::function<void(HeaderTree&)> bend;
};

HeaderNode& File(HeaderTree& tree) {
  return *tree.Find(kFileProperties);
}

const Case kRestored[] = {
    {"count", "Header Object", "[ASF] 3.1",
     [](HeaderTree& t) { t.object_count = 5; }},
    {"reserved 1", "Header Object", "[ASF] 3.1",
     [](HeaderTree& t) { t.reserved1 = 0; }},
    {"reserved 2", "Header Object", "[ASF] 3.1",
     [](HeaderTree& t) { t.reserved2 = 0; }},
    {"no broadcast", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(64, 4, 8 | 2); }},
    {"seekable", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(64, 4, 9 | 2); }},
    {"file size", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(16, 8, 1000000); }},
    {"packet count", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(32, 8, 700); }},
    {"play duration", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(40, 8, 600000000); }},
    {"send duration", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(48, 8, 600000000); }},
    {"min packet size", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(68, 4, 0); }},
    {"max bitrate", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(76, 4, 0); }},
    {"max bitrate too low", "File Properties Object", "[ASF] 3.2",
     [](HeaderTree& t) { File(t).Set(76, 4, 478000); }},
    {"byte rate", "Stream Properties Object", "[ASF] 9.1",
     [](HeaderTree& t) { t.objects[4].Set(54 + 8, 4, 0); }},
    {"bits per sample", "Stream Properties Object", "[ASF] 9.1",
     [](HeaderTree& t) { t.objects[4].Set(54 + 14, 2, 0); }},
    {"no audio spread", "Stream Properties Object", "[ASF] 3.3",
     [](HeaderTree& t) {
       HeaderNode& node = t.objects[4];
       std::copy(kNoErrorCorrection.begin(), kNoErrorCorrection.end(),
                 node.body.begin() + 16);
       node.Set(44, 4, 0);
       node.body.resize(node.body.size() - 8);
       File(t).Set(16, 8, t.size());
     }},
    {"video flags", "Stream Properties Object", "[ASF] 9.2",
     [](HeaderTree& t) { t.objects[5].Set(54 + 8, 1, 0); }},
    {"alternate bitrate", "Extended Stream Properties Object", "[ASF] 4.1",
     [](HeaderTree& t) { t.extension[1].Set(28, 4, 0); }},
    {"alternate buffer", "Extended Stream Properties Object", "[ASF] 4.1",
     [](HeaderTree& t) { t.extension[1].Set(32, 4, 0); }},
    {"audio bitrate", "Extended Stream Properties Object", "[ASF] 4.1",
     [](HeaderTree& t) { t.extension[0].Set(16, 4, 0); }},
    {"data object size", "Data Object", "[ASF] 5.1",
     [](HeaderTree& t) { t.data_object_size = 5000000; }},
    {"data object size 0", "Data Object", "[ASF] 5.1",
     [](HeaderTree& t) { t.data_object_size = 0; }},
    {"packets in the data object", "Data Object", "[ASF] 5.1",
     [](HeaderTree& t) { t.data.Set(16, 8, 700); }},
    {"file id of the data object", "Data Object", "[ASF] 5.1",
     [](HeaderTree& t) { t.data.Set(0, 8, 1); }},
    {"reserved in the data object", "Data Object", "[ASF] 5.1",
     [](HeaderTree& t) { t.data.Set(24, 2, 0); }},
    {"index parameters", "Index Parameters Object", "[ASF] 4.9",
     [](HeaderTree& t) {
       t.extension.push_back(Node(kIndexParameters, Data(6)));
     }},
    {"media object index parameters", "Media Object Index Parameters Object",
     "[ASF] 4.10",
     [](HeaderTree& t) {
       t.extension.push_back(Node(kMediaObjectIndexParameters, Data(6)));
     }},
    {"timecode index parameters", "Timecode Index Parameters Object",
     "[ASF] 4.11",
     [](HeaderTree& t) {
       t.extension.push_back(Node(kTimecodeIndexParameters, Data(6)));
     }},
};

GST_START_TEST(test_restores_each_field) {
  const Case& c = kRestored[__i__];
  const Data right = WriteHeaderTree(BroadcastTree());
  HeaderTree tree = BroadcastTree();
  c.bend(tree);
  const Data bent = WriteHeaderTree(tree);
  EXPECT(bent != right, std::string(c.name) + ": nothing is wrong");
  const RepairedHeader repaired = Repaired(bent);
  EXPECT(repaired.bytes == right, std::string(c.name) + ": " + Text(repaired));
  ExpectFinding(repaired, c.object, c.rule, c.name);
  ExpectRight(repaired, c.name);
}
GST_END_TEST;

GST_START_TEST(test_findings_name_the_offset) {
  HeaderTree tree = BroadcastTree();
  File(tree).Set(32, 8, 700);
  const Data bent = WriteHeaderTree(tree);
  const RepairedHeader repaired = Repaired(bent);
  fail_unless_equals_int(repaired.findings.size(), 1);
  const std::size_t offset = repaired.findings[0].offset;
  EXPECT(LoadLe(bent.data() + offset, 8) == 700, Text(repaired));
}
GST_END_TEST;

GST_START_TEST(test_hints_fill_what_the_header_lacks) {
  HeaderTree tree = BroadcastTree();
  std::erase_if(tree.objects, [](const HeaderNode& node) {
    return node.id == kStreamBitrateProperties || node.id == kCodecList;
  });
  tree.extension.clear();
  File(tree).Set(76, 4, 0);
  const Data header = WriteHeaderTree(tree);
  RepairHints hints;
  hints.streams[2] = {500000, 400000};
  const RepairedHeader repaired = Repaired(header, hints);
  EXPECT(repaired.unknown_bitrates.empty(), Text(repaired));
  ExpectRight(repaired, "");

  HeaderTree result = TreeOf(repaired.bytes);
  const HeaderNode* video = result.FindExtended(2);
  EXPECT(video != nullptr, Text(repaired));
  EXPECT(video->Get(16, 4) == 500000, "data bitrate");
  EXPECT(video->Get(20, 4) == 3000, "buffer: the preroll");
  EXPECT(video->Get(28, 4) == 500000, "alternate data bitrate");
  EXPECT(video->Get(52, 8) == 400000, "frame time");
  EXPECT(result.FindExtended(1)->Get(16, 4) == 128000, "of the audio format");

  const HeaderNode* bitrates = result.Find(kStreamBitrateProperties);
  EXPECT(bitrates != nullptr && bitrates->Get(0, 2) == 2, Text(repaired));
  const std::uint64_t audio = bitrates->Get(4, 4);
  const std::uint64_t video_sent = bitrates->Get(10, 4);
  // At 1400 bytes a packet's own parts are 3.6 %, and a payload's head is 17
  // bytes for each of 25 frames a second.
  EXPECT(audio > 128000 && audio < 134000, std::to_string(audio));
  EXPECT(video_sent > 520000 && video_sent < 525000,
         std::to_string(video_sent));
  EXPECT(File(result).Get(76, 4) == audio + video_sent, "maximum bitrate");

  const HeaderNode* codecs = result.Find(kCodecList);
  EXPECT(codecs != nullptr && codecs->Get(16, 4) == 2, Text(repaired));
  const Data name = Utf16("Windows Media Video 9");
  EXPECT(std::search(codecs->body.begin(), codecs->body.end(), name.begin(),
                     name.end()) != codecs->body.end(),
         "");
}
GST_END_TEST;

GST_START_TEST(test_header_goes_before_hints) {
  RepairHints hints;
  hints.streams[1] = {1, 0};
  hints.streams[2] = {1, 1};
  hints.total_bitrate = 99;
  const Data header = WriteHeaderTree(BroadcastTree());
  EXPECT(Repaired(header, hints).bytes == header, "");
}
GST_END_TEST;

/// A header in which nobody knows the bitrate of the video.
HeaderTree UnknownVideo() {
  HeaderTree tree = BroadcastTree();
  tree.extension.erase(tree.extension.begin() + 1);
  File(tree).Set(76, 4, 0);
  HeaderNode& bitrates = *tree.Find(kStreamBitrateProperties);
  bitrates.Set(10, 4, 0);
  return tree;
}

GST_START_TEST(test_total_is_shared_by_the_unknown) {
  RepairHints hints;
  hints.total_bitrate = 428000;
  const RepairedHeader repaired =
      Repaired(WriteHeaderTree(UnknownVideo()), hints);
  EXPECT(repaired.unknown_bitrates.empty(), Text(repaired));
  HeaderTree result = TreeOf(repaired.bytes);
  EXPECT(result.FindExtended(2)->Get(16, 4) == 300000, Text(repaired));
  const HeaderNode* bitrates = result.Find(kStreamBitrateProperties);
  EXPECT(bitrates->Get(0, 2) == 2 && bitrates->Get(10, 4) > 300000, "");
}
GST_END_TEST;

/// What the header's own total leaves goes before hints, if it is of one
/// stream.
GST_START_TEST(test_maximum_bitrate_tells_of_one_stream) {
  HeaderTree tree = UnknownVideo();
  File(tree).Set(76, 4, 428000);  // as ffmpeg writes it: without overhead
  RepairHints hints;
  hints.streams[2].bitrate = 1;
  const RepairedHeader repaired = Repaired(WriteHeaderTree(tree), hints);
  HeaderTree result = TreeOf(repaired.bytes);
  EXPECT(result.FindExtended(2)->Get(16, 4) == 300000, Text(repaired));
  ExpectRight(repaired, "");

  File(tree).Set(76, 4, 135000);  // that of the audio, with some overhead
  const RepairedHeader other = Repaired(WriteHeaderTree(tree));
  EXPECT(other.unknown_bitrates == std::vector<std::uint8_t>{2}, Text(other));
  ExpectRight(other, "");
}
GST_END_TEST;

GST_START_TEST(test_unknown_stays_unknown) {
  const RepairedHeader repaired = Repaired(WriteHeaderTree(UnknownVideo()));
  EXPECT(repaired.unknown_bitrates == std::vector<std::uint8_t>{2},
         Text(repaired));
  ExpectFinding(repaired, "Stream Properties Object", "[ASF] 3.12", "");
  ExpectRight(repaired, "");
  HeaderTree result = TreeOf(repaired.bytes);
  EXPECT(File(result).Get(76, 4) == 130000, "that of the audio alone");
}
GST_END_TEST;

GST_START_TEST(test_mp3) {
  HeaderTree tree = BroadcastTree();
  AudioFormat format;
  format.tag = 0x55;
  format.byte_rate = 0;
  format.block_align = 0;
  format.bits = 0;
  tree.objects[4] = AudioNode(format);  // with Audio Spread, as ffmpeg has it
  tree.extension.clear();
  tree.Find(kStreamBitrateProperties)->body.assign(2, 0);
  RepairHints hints;
  hints.streams[1].bitrate = 64000;
  const RepairedHeader repaired = Repaired(WriteHeaderTree(tree), hints);
  HeaderTree result = TreeOf(repaired.bytes);
  const HeaderNode& audio = result.objects[4];
  EXPECT(audio.Get(54 + 8, 4) == 8000, Text(repaired));
  EXPECT(audio.Get(54 + 12, 2) == 1, Text(repaired));
  EXPECT(audio.Get(54 + 14, 2) == 0, "MP3 has no bits per sample");
  EXPECT(StartsWith(Bytes(audio.body).subspan(16), kNoErrorCorrection), "");
  EXPECT(audio.Get(44, 4) == 0 && audio.body.size() == 54 + 28, "");
  ExpectRight(repaired, "");
}
GST_END_TEST;

GST_START_TEST(test_scrambled_audio_is_left) {
  HeaderTree tree = BroadcastTree();
  AudioFormat format;
  format.tag = 0x55;
  tree.objects[4] = AudioNode(format);
  tree.objects[4].body[54 + 28] = 4;  // span
  const RepairedHeader repaired = Repaired(WriteHeaderTree(tree));
  HeaderTree result = TreeOf(repaired.bytes);
  EXPECT(result.objects[4].body == tree.objects[4].body, Text(repaired));
  ExpectFinding(repaired, "Stream Properties Object", "[ASF] 3.3", "");
}
GST_END_TEST;

GST_START_TEST(test_file_id_does_not_end_in_zero) {
  for (const bool empty : {false, true}) {
    HeaderTree tree = BroadcastTree();
    for (std::size_t i = empty ? 0 : 15; i < 16; ++i) {
      File(tree).body[i] = 0;
      tree.data.body[i] = 0;
    }
    const RepairedHeader repaired = Repaired(WriteHeaderTree(tree));
    HeaderTree result = TreeOf(repaired.bytes);
    const Bytes id = Bytes(File(result).body).first(16);
    EXPECT(id[15] != 0, Text(repaired));
    EXPECT(id[0] != 0, Text(repaired));
    EXPECT(Same(id, Bytes(result.data.body).first(16)), Text(repaired));
    ExpectRight(repaired, "");
  }
}
GST_END_TEST;

GST_START_TEST(test_extension_is_added) {
  HeaderTree tree = BroadcastTree();
  tree.objects.erase(tree.objects.begin() + 3);
  tree.extension.clear();
  const RepairedHeader repaired = Repaired(WriteHeaderTree(tree));
  ExpectFinding(repaired, "Header Extension Object", "[ASF] 3.4", "");
  ExpectRight(repaired, "");
  HeaderTree result = TreeOf(repaired.bytes);
  EXPECT(result.Find(kHeaderExtension) != nullptr, "");
  EXPECT(result.object_count == 6, "");
}
GST_END_TEST;

GST_START_TEST(test_extension_size_is_made_right) {
  const HeaderTree tree = BroadcastTree();
  const Data right = WriteHeaderTree(tree);
  Data bent = right;
  const auto at =
      std::search(bent.begin(), bent.end(), kHeaderExtensionReserved.begin(),
                  kHeaderExtensionReserved.end());
  at[18] ^= 1;
  const RepairedHeader repaired = Repaired(bent);
  EXPECT(repaired.bytes == right, Text(repaired));
  ExpectFinding(repaired, "Header Extension Object", "[ASF] 3.4", "");
}
GST_END_TEST;

GST_START_TEST(test_tags_become_the_description) {
  RepairHints hints;
  hints.description.title =
      "Gr\xC3\xBC\xC3\x9F"
      "e \xF0\x9F\x8E\xB5";
  hints.description.copyright =
      "\xFF"
      "C";
  const RepairedHeader repaired =
      Repaired(WriteHeaderTree(BroadcastTree()), hints);
  HeaderTree result = TreeOf(repaired.bytes);
  const HeaderNode* node = result.Find(kContentDescription);
  EXPECT(node != nullptr, Text(repaired));
  const Data expected =
      Raw("\x12\0\0\0\x06\0\0\0\0\0"
          "G\0r\0\xFC\0\xDF\0e\0 \0\x3C\xD8\xB5\xDF\0\0"
          "\xFD\xFF"
          "C\0\0\0");
  EXPECT(node->body == expected, Hex(node->body));
  ExpectRight(repaired, "");

  // What the header says goes first.
  hints.description.title = "another";
  EXPECT(Repaired(repaired.bytes, hints).bytes == repaired.bytes, "");
}
GST_END_TEST;

GST_START_TEST(test_protected_content_is_not_touched) {
  for (int way = 0; way < 4; ++way) {
    HeaderTree tree = BroadcastTree();
    File(tree).Set(64, 4, 2);
    if (way == 0) tree.objects.push_back(Node(kContentEncryption, Data(20)));
    if (way == 1) {
      tree.objects.push_back(Node(kExtendedContentEncryption, Data(20)));
    }
    if (way == 2) {
      tree.extension.push_back(Node(kAdvancedContentEncryption, Data(20)));
    }
    if (way == 3) tree.objects[5].Set(48, 2, 0x8002);
    const Data header = WriteHeaderTree(tree);
    const RepairedHeader repaired = Repaired(header);
    EXPECT(repaired.encrypted, std::to_string(way));
    EXPECT(repaired.bytes == header, std::to_string(way));
    EXPECT(repaired.findings.empty(), Text(repaired));
  }
}
GST_END_TEST;

GST_START_TEST(test_size_has_a_limit) {
  HeaderTree tree = BroadcastTree();
  const std::size_t rest = tree.size();
  constexpr Guid kForeign = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  tree.objects.push_back(
      Node(kForeign, Data(kMaxPushHeader - rest - kObjectHeaderSize)));
  const RepairedHeader largest = Repaired(WriteHeaderTree(tree));
  fail_unless_equals_int(largest.bytes.size(), kMaxPushHeader);

  // Room is made by what is nothing but room.
  tree.objects.back().body.resize(tree.objects.back().body.size() + 100);
  const RepairedHeader without_padding = Repaired(WriteHeaderTree(tree));
  ExpectFinding(without_padding, "Padding Object", "[ASF] 3.17", "");
  fail_unless_equals_int(without_padding.bytes.size(),
                         kMaxPushHeader + 100 - 124);

  tree.objects.back().body.resize(tree.objects.back().body.size() + 25);
  ExpectError(RepairHeader(WriteHeaderTree(tree), {}),
              HResult::NS_E_INVALID_DATA, Fault::kLocal,
              "object 04030201-0605-0807-090A-", "too large");
}
GST_END_TEST;

GST_START_TEST(test_malformed_headers_are_refused) {
  HeaderTree tree = BroadcastTree();
  tree.objects[4].Set(44, 4, 0xFFFFFFFF);
  ExpectError(RepairHeader(WriteHeaderTree(tree), {}),
              HResult::NS_E_INVALID_DATA, Fault::kLocal, "[ASF] 3.3",
              "error correction data");

  Data header = WriteHeaderTree(BroadcastTree());
  const auto inner = std::search(header.begin(), header.end(),
                                 kExtendedStreamProperties.begin(),
                                 kExtendedStreamProperties.end());
  inner[16] = 0xFF;
  inner[20] = 0xFF;
  ExpectError(RepairHeader(header, {}), HResult::NS_E_INVALID_DATA,
              Fault::kLocal,
              "the object at offset " + std::to_string(inner - header.begin()),
              "extension");
}
GST_END_TEST;

/// Any bytes at all: an answer, and what comes out is right.
GST_START_TEST(test_any_bytes) {
  const Data right = WriteHeaderTree(BroadcastTree());
  Random random;
  std::size_t repaired_count = 0;
  for (int round = 0; round < 20000; ++round) {
    Data header = right;
    for (std::size_t i = 0; i <= random.Below(4); ++i) {
      header[24 + random.Below(header.size() - 24)] =
          static_cast<std::uint8_t>(random.Next());
    }
    const HeapBytes source(header);
    const Result<RepairedHeader> repaired = RepairHeader(source.bytes(), {});
    if (!repaired) continue;
    ++repaired_count;
    ExpectRight(*repaired, "round " + std::to_string(round));
  }
  EXPECT(repaired_count > 10000, std::to_string(repaired_count));
}
GST_END_TEST;

Suite* asf_header_repair_suite() {
  Suite* suite = suite_create("asf_header_repair");
  TCase* tests = tcase_create("repair");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_unchanged_when_right);
  tcase_add_test(tests, test_tree_gives_back_what_it_read);
  tcase_add_loop_test(tests, test_restores_each_field, 0,
                      static_cast<int>(std::size(kRestored)));
  tcase_add_test(tests, test_findings_name_the_offset);
  tcase_add_test(tests, test_hints_fill_what_the_header_lacks);
  tcase_add_test(tests, test_header_goes_before_hints);
  tcase_add_test(tests, test_total_is_shared_by_the_unknown);
  tcase_add_test(tests, test_maximum_bitrate_tells_of_one_stream);
  tcase_add_test(tests, test_unknown_stays_unknown);
  tcase_add_test(tests, test_mp3);
  tcase_add_test(tests, test_scrambled_audio_is_left);
  tcase_add_test(tests, test_file_id_does_not_end_in_zero);
  tcase_add_test(tests, test_extension_is_added);
  tcase_add_test(tests, test_extension_size_is_made_right);
  tcase_add_test(tests, test_tags_become_the_description);
  tcase_add_test(tests, test_protected_content_is_not_touched);
  tcase_add_test(tests, test_size_has_a_limit);
  tcase_add_test(tests, test_malformed_headers_are_refused);
  tcase_add_test(tests, test_any_bytes);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_header_repair_suite;
GST_CHECK_MAIN(asf_header_repair)
