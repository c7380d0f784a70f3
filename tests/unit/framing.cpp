// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/framing.h"

#include "unit/check.h"

#include <memory>

namespace wms::test {
namespace {

using wmhttp::Packet;
using wmhttp::PacketId;
using wmhttp::PacketReader;

constexpr PacketId kAllIds[] = {
    PacketId::kStreamChange, PacketId::kData,   PacketId::kEndOfStream,
    PacketId::kFiller,       PacketId::kHeader,
};

struct Received {
  PacketId id;
  std::uint32_t reason;
  Data payload;
  std::size_t size;
};

Data Encode(PacketId id, Bytes payload, std::uint32_t reason = 0) {
  const wmhttp::FramingHeader header = wmhttp::EncodeFramingHeader(
      id, payload.size(), static_cast<HResult>(reason));
  Data out = ToData(header.bytes());
  Append(out, payload);
  return out;
}

/// Feeds @a part from memory that is gone afterwards; takes all packets.
Result<void> Feed(PacketReader& reader, Bytes part,
                  std::vector<Received>& out) {
  const HeapBytes piece(part);
  reader.Feed(piece.bytes());
  for (;;) {
    const Result<std::optional<Packet>> next = reader.Next();
    if (!next) return next.error();
    if (!*next) return {};
    const Packet& packet = **next;
    out.push_back(
        {packet.id, packet.reason, ToData(packet.payload), packet.size});
  }
}

// 2.2.3.1.1 to 2.2.3.6: what each packet looks like, to the byte.
const struct {
  PacketId id;
  std::uint32_t reason;
  Data payload;
  Data wire;
} kPackets[] = {
    {PacketId::kHeader, 0, Raw("header"), Raw("\x24H\x06\0header")},
    {PacketId::kHeader, 0, Raw("h"), Raw("\x24H\x01\0h")},
    {PacketId::kData, 0, Raw("data"),
     Raw("\x24"
         "D\x04\0data")},
    {PacketId::kData, 0, Raw("\x24"),
     Raw("\x24"
         "D\x01\0\x24")},
    {PacketId::kEndOfStream,
     0,
     {},
     Raw("\x24"
         "E\x04\0\0\0\0\0")},
    {PacketId::kEndOfStream,
     1,
     {},
     Raw("\x24"
         "E\x04\0\x01\0\0\0")},
    {PacketId::kEndOfStream,
     0xC00D2EE7,
     {},
     Raw("\x24"
         "E\x04\0\xE7\x2E\x0D\xC0")},
    {PacketId::kStreamChange, 0, Raw("new"),
     Raw("\x24"
         "C\x07\0\0\0\0\0new")},
    {PacketId::kFiller,
     0,
     {},
     Raw("\x24"
         "F\0\0")},
    {PacketId::kFiller, 0, Raw("\0\0\0"),
     Raw("\x24"
         "F\x03\0\0\0\0")},
};

// 2.2.3, 2.2.3.1.1, 2.2.3.2: what is no packet, and which rule says so.
const struct {
  Data wire;
  const char* message;
} kInvalid[] = {
    {Raw("\xA4H\x01\0h"), "2.2.3.1.1: a packet starts with byte 164"},
    {Raw("H\x24\x01\0h"), "2.2.3.1.1: a packet starts with byte 72"},
    {Raw("\0\0\0\0"), "2.2.3.1.1: a packet starts with byte 0, not with 0x24"},
    {Raw("\x23H\x01\0h"), "2.2.3.1.1: a packet starts with byte 35"},
    {Raw("\x24M\x01\0h"), "2.2.3: unknown PacketID 77"},
    {Raw("\x24h\x01\0h"), "2.2.3: unknown PacketID 104"},
    {Raw("\x24P\x01\0h"), "2.2.3: unknown PacketID 80"},
    {Raw("\x24\0\x01\0h"), "2.2.3: unknown PacketID 0"},
    {Raw("\x24\xFF\x01\0h"), "2.2.3: unknown PacketID 255"},
    {Raw("\x24H\0\0"), "2.2.3.6: $H with a PacketLength of 0"},
    {Raw("\x24H\xFC\xFF"), "2.2.3.6: $H with a PacketLength of 65532"},
    {Raw("\x24"
         "D\0\0"),
     "2.2.3.3: $D with a PacketLength of 0"},
    {Raw("\x24"
         "E\0\0"),
     "2.2.3.4: $E with a PacketLength of 0"},
    {Raw("\x24"
         "E\x03\0\0\0\0"),
     "2.2.3.4: $E with a PacketLength of 3"},
    {Raw("\x24"
         "E\x05\0\0\0\0\0\0"),
     "2.2.3.4: $E with a PacketLength of 5"},
    {Raw("\x24"
         "C\x03\0\0\0\0"),
     "2.2.3.2: $C with a PacketLength of 3"},
    {Raw("\x24"
         "C\x04\0\0\0\0\0"),
     "2.2.3.2: $C with a PacketLength of 4"},
    {Raw("\x24"
         "C\xFC\xFF"),
     "2.2.3.2: $C with a PacketLength of 65532"},
    {Raw("\x24"
         "C\x05\0\x01\0\0\0c"),
     "2.2.3.2: the Reason of $C is not 0"},
    {Raw("\x24"
         "C\x05\0\0\0\0\x80"
         "c"),
     "2.2.3.2: the Reason of $C is not 0"},
    {Raw("\x24"
         "F\xFC\xFF"),
     "2.2.3.5: $F with a PacketLength of 65532"},
};

GST_START_TEST(test_encode) {
  for (const auto& row : kPackets) {
    const Data wire = Encode(row.id, row.payload, row.reason);
    EXPECT(wire == row.wire, Hex(wire));
  }
}
GST_END_TEST

GST_START_TEST(test_names_and_limits) {
  const struct {
    PacketId id;
    const char* name;
    std::size_t max_payload;
    bool has_reason;
  } kRows[] = {
      {PacketId::kStreamChange, "$C", 65527, true},
      {PacketId::kData, "$D", 65535, false},
      {PacketId::kEndOfStream, "$E", 0, true},
      {PacketId::kFiller, "$F", 65531, false},
      {PacketId::kHeader, "$H", 65531, false},
  };
  for (const auto& row : kRows) {
    EXPECT(std::string(wmhttp::PacketName(row.id)) == row.name, row.name);
    EXPECT(wmhttp::MaxPayload(row.id) == row.max_payload, row.name);
    EXPECT(wmhttp::HasReason(row.id) == row.has_reason, row.name);
  }
  fail_unless_equals_string(wmhttp::PacketName(static_cast<PacketId>('Z')),
                            "$?");
}
GST_END_TEST

/// All of them in one body: whole, in pieces of every size, cut short.
GST_START_TEST(test_decode) {
  Data body;
  std::vector<std::size_t> ends;
  for (const auto& row : kPackets) {
    Append(body, row.wire);
    ends.push_back(body.size());
  }
  for (std::size_t size = 1; size <= body.size(); ++size) {
    PacketReader reader;
    std::vector<Received> packets;
    std::size_t fed = 0;
    for (const Data& piece : Pieces(body, size)) {
      fed += piece.size();
      const std::string at =
          std::to_string(size) + ", fed " + std::to_string(fed);
      EXPECT(Feed(reader, piece, packets).has_value(), at);
      const auto whole = std::upper_bound(ends.begin(), ends.end(), fed);
      const auto count = static_cast<std::size_t>(whole - ends.begin());
      EXPECT(packets.size() == count, at);
      EXPECT(reader.buffered() == fed - (count > 0 ? ends[count - 1] : 0), at);
    }
    for (std::size_t i = 0; i < packets.size(); ++i) {
      EXPECT(packets[i].id == kPackets[i].id, std::to_string(i));
      EXPECT(packets[i].reason == kPackets[i].reason, std::to_string(i));
      EXPECT(packets[i].payload == kPackets[i].payload, std::to_string(i));
      EXPECT(packets[i].size == kPackets[i].wire.size(), std::to_string(i));
    }
  }
}
GST_END_TEST

GST_START_TEST(test_buffered_leaves_out_what_was_given) {
  const HeapBytes body(Raw("\x24H\x01\0h\x24\x44\x02"));
  PacketReader reader;
  fail_unless(reader.buffered() == 0);
  reader.Feed(body.bytes());
  const Result<std::optional<Packet>> packet = reader.Next();
  fail_unless(packet && *packet);
  // Not copied: the payload lies in the piece.
  fail_unless((*packet)->payload.data() == body.bytes().data() + 4);
  fail_unless(reader.buffered() == 3);
}
GST_END_TEST

/// What has been kept needs the fed memory no more, and what comes then goes on
/// from there.
GST_START_TEST(test_keep) {
  const Data body = Raw("\x24H\x01\0h\x24H\x01\0i\x24H\x01\0j");
  for (std::size_t cut = 5; cut <= body.size(); ++cut) {
    PacketReader reader;
    std::string got;
    auto piece = std::make_unique<HeapBytes>(
        Data(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(cut)));
    const HeapBytes rest(
        Data(body.begin() + static_cast<std::ptrdiff_t>(cut), body.end()));
    reader.Feed(piece->bytes());
    const Result<std::optional<Packet>> first = reader.Next();
    fail_unless(first && *first);
    got += static_cast<char>((*first)->payload[0]);
    reader.Keep();
    piece.reset();
    fail_unless(reader.buffered() == cut - 5);
    for (const Bytes fed : {Bytes(), rest.bytes()}) {
      reader.Feed(fed);
      for (;;) {
        const Result<std::optional<Packet>> next = reader.Next();
        fail_unless(next.has_value());
        if (!*next) break;
        got += static_cast<char>((*next)->payload[0]);
        reader.Keep();
      }
    }
    EXPECT(got == "hij", got);
  }
}
GST_END_TEST

/// Good packets first; then the fault, at once or byte by byte, and it lasts.
GST_START_TEST(test_invalid) {
  for (const auto& row : kInvalid) {
    Data body = kPackets[0].wire;
    Append(body, row.wire);
    for (std::size_t size = 1; size <= body.size(); ++size) {
      PacketReader reader;
      std::vector<Received> packets;
      Result<void> result;
      for (const Data& piece : Pieces(body, size)) {
        result = Feed(reader, piece, packets);
      }
      EXPECT(packets.size() == 1, row.message);
      ExpectError(result, HResult::NS_E_INVALID_DATA, Fault::kPeer, row.message,
                  row.message);
      ExpectError(Feed(reader, kPackets[0].wire, packets),
                  HResult::NS_E_INVALID_DATA, Fault::kPeer, row.message,
                  "once more");
      EXPECT(packets.size() == 1, row.message);
    }
  }
}
GST_END_TEST

/// The PacketLength of every type, all 65536 of them.
GST_START_TEST(test_every_length) {
  for (const PacketId id : kAllIds) {
    const std::size_t reason = wmhttp::HasReason(id) ? 4 : 0;
    const std::size_t least = reason + (id == PacketId::kFiller ? 0 : 1);
    for (std::size_t length = 0; length <= 65535; ++length) {
      const bool valid =
          id == PacketId::kEndOfStream
              ? length == 4
              : length >= least && length <= reason + wmhttp::MaxPayload(id);
      Data head = {0x24, static_cast<std::uint8_t>(id), 0, 0};
      StoreLe(&head[2], length, 2);
      PacketReader reader;
      std::vector<Received> packets;
      const Result<void> result = Feed(reader, head, packets);
      EXPECT(result.has_value() == valid,
             wmhttp::PacketName(id) + (" " + std::to_string(length)));
    }
  }
}
GST_END_TEST

GST_START_TEST(test_largest_packets) {
  PacketReader reader;
  for (const PacketId id : kAllIds) {
    const Data payload = Pattern(wmhttp::MaxPayload(id));
    const Data wire = Encode(id, payload);
    EXPECT(wire.size() <= wmhttp::kMaxPacketSize, wmhttp::PacketName(id));
    std::vector<Received> packets;
    for (const Data& piece : Pieces(wire, 1460)) {
      EXPECT(Feed(reader, piece, packets).has_value(), wmhttp::PacketName(id));
    }
    EXPECT(packets.size() == 1, wmhttp::PacketName(id));
    EXPECT(packets[0].payload == payload, wmhttp::PacketName(id));
    EXPECT(packets[0].size == wire.size(), wmhttp::PacketName(id));
  }
}
GST_END_TEST

GST_START_TEST(test_every_first_two_bytes) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned id = 0; id < 256; ++id) {
      const Data head = {static_cast<std::uint8_t>(first),
                         static_cast<std::uint8_t>(id), 4, 0};
      const bool known = id == 'D' || id == 'E' || id == 'F' || id == 'H';
      PacketReader reader;
      std::vector<Received> packets;
      EXPECT(
          Feed(reader, head, packets).has_value() == (first == 0x24 && known),
          Hex(head));
    }
  }
}
GST_END_TEST

GST_START_TEST(test_garbage) {
  Random random;
  for (int round = 0; round < 20000; ++round) {
    Data body = random.Bytes(random.Below(80));
    for (std::size_t i = 0; i + 3 < body.size(); i += 9) {
      body[i] = 0x24;
      body[i + 1] = static_cast<std::uint8_t>(kAllIds[random.Below(5)]);
      body[i + 2] = 5;
      body[i + 3] = 0;
    }
    PacketReader reader;
    std::vector<Received> packets;
    std::size_t size = 0;
    for (const Data& piece : Pieces(body, 1 + random.Below(30))) {
      if (!Feed(reader, piece, packets)) break;
    }
    for (const Received& packet : packets)
      size += packet.size;
    EXPECT(size <= body.size(), std::to_string(round));
  }
}
GST_END_TEST

Suite* framing_suite() {
  Suite* suite = suite_create("framing");
  TCase* packets = tcase_create("packets");
  suite_add_tcase(suite, packets);
  tcase_add_test(packets, test_encode);
  tcase_add_test(packets, test_names_and_limits);
  tcase_add_test(packets, test_decode);
  tcase_add_test(packets, test_buffered_leaves_out_what_was_given);
  tcase_add_test(packets, test_keep);
  tcase_add_test(packets, test_invalid);
  tcase_add_test(packets, test_every_length);
  tcase_add_test(packets, test_largest_packets);
  tcase_add_test(packets, test_every_first_two_bytes);
  tcase_add_test(packets, test_garbage);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::framing_suite;
GST_CHECK_MAIN(framing)
