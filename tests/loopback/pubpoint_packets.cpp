// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "breaker.h"
#include "expect.h"

namespace wms::test {
namespace {

using wmhttp::PacketId;

/// A PushStart body that breaks a rule.
struct BodyCase {
  const char* what;
  ByteVector body;
  const char* section;
  bool strict_only = false;
  std::uint64_t content_length = 2147483647;
};

ByteVector Join(std::initializer_list<ByteVector> parts) {
  ByteVector bytes;
  for (const ByteVector& part : parts)
    Append(bytes, part);
  return bytes;
}

ByteVector Changed(ByteVector bytes, std::size_t at, std::uint64_t value,
                   std::size_t size = 1) {
  StoreLe(&bytes.at(at), value, size);
  return bytes;
}

const ByteVector kHeader = MakeHeader();
const ByteVector kPacket = MakePacket();
// Offsets into kHeader.
constexpr std::size_t kReserved = 28;
constexpr std::size_t kFileProperties = 30;
constexpr std::size_t kExtension = kFileProperties + 104;
constexpr std::size_t kStream1 = kExtension + 46;
constexpr std::size_t kStreamNumber = 72;
// Offsets into kPacket, which has error correction and one payload.
constexpr std::size_t kFlags = 3;
constexpr std::size_t kPayload = 11;

ByteVector H(const ByteVector& header) {
  return Frame(PacketId::kHeader, header);
}
ByteVector C(const ByteVector& header) {
  return Frame(PacketId::kStreamChange, header);
}
/// $D behind a good $H.
ByteVector D(const ByteVector& packet) {
  return Join({H(kHeader), Frame(PacketId::kData, packet)});
}
ByteVector E(HResult reason) {
  return Frame(PacketId::kEndOfStream, {}, reason);
}
ByteVector F(std::size_t size) {
  return Frame(PacketId::kFiller, ByteVector(size));
}

std::vector<BodyCase> FramingCases() {
  // Long enough for the strict (3.1.4.2.1).
  const ByteVector data = Frame(PacketId::kData, kPacket);
  const ByteVector good = Join({D(kPacket), data, data, data});
  return {
      {"another frame byte", Changed(H(kHeader), 0, 0x25), "2.2.3.1.1"},
      {"the B flag", Changed(H(kHeader), 0, 0xA4), "2.2.3.1.1"},
      {"an unknown PacketID", {0x24, 'M', 0, 0}, "2.2.3"},
      {"$H beyond 65531 bytes", {0x24, 'H', 0xFC, 0xFF}, "2.2.3.6"},
      {"$H without payload", {0x24, 'H', 0, 0}, "2.2.3.6"},
      {"$C beyond 65527 bytes",
       Join({H(kHeader), E(HResult::S_FALSE), {0x24, 'C', 0xFC, 0xFF}}),
       "2.2.3.2"},
      {"$C with a Reason",
       Join({H(kHeader), E(HResult::S_FALSE), Changed(C(kHeader), 4, 1)}),
       "2.2.3.2"},
      {"$C without payload",
       Join({H(kHeader), E(HResult::S_FALSE), {0x24, 'C', 4, 0, 0, 0, 0, 0}}),
       "2.2.3.2"},
      {"$D without payload", Join({H(kHeader), {0x24, 'D', 0, 0}}), "2.2.3.3"},
      {"$E without Reason", Join({H(kHeader), {0x24, 'E', 0, 0}}), "2.2.3.4"},
      {"$E with a payload",
       Join({H(kHeader), {0x24, 'E', 5, 0, 0, 0, 0, 0, 0}}), "2.2.3.4"},
      {"$F beyond 65531 bytes", Join({H(kHeader), {0x24, 'F', 0xFC, 0xFF}}),
       "2.2.3.5"},
      {"a body that ends within a packet", good, "2.2.3", false,
       good.size() - 1},
      {"a body that ends within a framing header", good, "2.2.3", false,
       good.size() - kPacket.size() - 2},
      {"a filler that is one byte short", Join({good, F(10)}), "2.2.3", false,
       good.size() + 13},
  };
}

std::vector<BodyCase> OrderCases() {
  const ByteVector data = Frame(PacketId::kData, kPacket);
  const ByteVector end = E(HResult::S_FALSE);
  return {
      {"$D first", data, "4.6.1"},
      {"$C first", C(kHeader), "4.6.1"},
      {"$E first", E(HResult::S_OK), "4.6.1"},
      {"$E S_FALSE first", end, "4.6.1"},
      {"$F first", F(3), "4.6.1"},
      {"$H twice", Join({H(kHeader), H(kHeader)}), "4.6.1"},
      {"$H behind $D", Join({D(kPacket), H(kHeader)}), "4.6.1"},
      {"$C behind $H", Join({H(kHeader), C(kHeader)}), "4.6.1"},
      {"$C behind $D", Join({D(kPacket), C(kHeader)}), "4.6.1"},
      {"$D behind $E S_FALSE", Join({H(kHeader), end, data}), "4.6.1"},
      {"$H behind $E S_FALSE", Join({H(kHeader), end, H(kHeader)}), "4.6.1"},
      {"$H behind $F", Join({H(kHeader), F(1), H(kHeader)}), "4.6.1"},
      {"$C behind $C", Join({H(kHeader), end, C(kHeader), C(kHeader)}),
       "4.6.1"},
  };
}

std::vector<BodyCase> HeaderCases() {
  const ByteVector cut(kHeader.begin(), kHeader.end() - 1);
  const ByteVector longer = Join({kHeader, {0}});
  const std::size_t data = kHeader.size() - 50;
  const auto with = [](std::size_t at, std::uint64_t value,
                       std::size_t size = 1) {
    return H(Changed(kHeader, at, value, size));
  };
  const auto no_streams = [] {
    HeaderSample sample;
    sample.streams = 0;
    return H(MakeHeader(sample));
  };
  return {
      {"no ASF", H(ByteVector(500, 0x41)), "2.2.3.6"},
      {"a header that is cut short", H(cut), "2.2.3.6"},
      {"a header that is too long", H(longer), "2.2.3.6"},
      {"$C with no ASF",
       Join({H(kHeader), E(HResult::S_FALSE), C(ByteVector(500, 0x41))}),
       "2.2.3.2"},
      {"an object that does not fit", with(kStream1 + 16, 0xFFFFFF, 4),
       "2.2.3.6"},
      {"no File Properties Object", with(kFileProperties, 0), "2.2.3.6"},
      {"two packet sizes", with(kFileProperties + 92, 999, 4), "2.2.3.6"},
      {"no Data Object", with(data, 0), "2.2.3.6"},
      {"no stream", no_streams(), "2.2.3.6"},
      {"stream number 0", with(kStream1 + kStreamNumber, 0), "2.2.3.6"},
      {"a stream number twice", with(kStream1 + kStreamNumber, 2),
       "2.2.3.6: [ASF] 3.3"},
      {"type-specific data that does not fit", with(kStream1 + 64, 0xFFFF, 4),
       "2.2.3.6: [ASF] 3.3"},
      {"an extension that does not fit", with(kExtension + 42, 9, 4),
       "2.2.3.6: [ASF] 3.4"},
      {"the second reserved field", with(kReserved + 1, 3),
       "2.2.3.6: [ASF] 3.1"},
      {"the first reserved field", with(kReserved, 2), "2.2.3.6: [ASF] 3.1",
       true},
      {"a wrong number of objects", with(24, 9, 4), "2.2.3.6: [ASF] 3.1", true},
      {"no Header Extension Object", with(kExtension, 0), "2.2.3.6: [ASF] 3.1",
       true},
      {"a Data Object without size", with(data + 16, 0, 8),
       "2.2.3.6: [ASF] 5.1", true},
      {"another File ID", with(data + 24, 9), "2.2.3.6: [ASF] 5.1", true},
      {"the Data Object's reserved field", with(data + 48, 0),
       "2.2.3.6: [ASF] 5.1", true},
  };
}

std::vector<BodyCase> PacketCases() {
  const auto with = [](std::size_t at, std::uint64_t value,
                       std::size_t size = 1) {
    return D(Changed(kPacket, at, value, size));
  };
  const ByteVector padded = MakePacket({.padding = 100, .padding_width = 1});
  ByteVector cut = padded;
  cut.resize(cut.size() - 100);
  const ByteVector counted =
      MakePacket({.packet_length_width = 2, .sequence_width = 0});
  ByteVector half = kPacket;
  half.resize(kPayload + 3);
  ByteVector some = kPacket;
  some.resize(kPayload + 50);
  ByteVector several = kPacket;
  several[kFlags] |= 1;
  const auto no_payload = Changed(several, kPayload, 0x80);
  const auto too_long =
      Changed(Changed(several, kPayload, 0x81), kPayload + 16, 0xFFFF, 2);
  return {
      {"a packet beyond the packet size", D(MakePacket({.packet_size = 1001})),
       "2.2.3.3"},
      {"a packet that is cut in its head", D(ByteVector(5, 0x82)), "2.2.3.3"},
      {"a packet that is cut in its payload's head", D(half), "2.2.3.3"},
      {"a stated length beyond the packet", D(Changed(counted, 5, 1001, 2)),
       "2.2.3.3"},
      {"error correction of another length type", with(0, 0xA2), "2.2.3.3"},
      {"padding taken off, its length left", D(cut), "2.2.3.3: [ASF] 5.2.2"},
      {"two packets in one", D(Join({kPacket, kPacket})), "2.2.3.3"},
      {"a stream that the header does not have", with(kPayload, 0x80 | 9),
       "2.2.3.3: [ASF] 5.2.3"},
      {"stream 0", with(kPayload, 0x80), "2.2.3.3: [ASF] 5.2.3"},
      {"several payloads, and none", D(no_payload), "2.2.3.3"},
      {"a payload that does not fit", D(too_long), "2.2.3.3"},
      {"a stream number of no byte", with(kFlags + 1, 0x1D), "2.2.3.3"},
      {"replicated data that does not fit",
       D(Changed(some, kPayload + 6, 0xFF)), "2.2.3.3"},
      {"other error correction flags", with(0, 0x92), "2.2.3.3: [ASF] 5.2.1",
       true},
      {"a sequence number", D(MakePacket({.sequence_width = 1})),
       "2.2.3.3: [ASF] 5.2.2", true},
      {"replicated data of 5 bytes", with(kPayload + 6, 5),
       "2.2.3.3: [ASF] 5.2.3", true},
  };
}

/// Pushes the body, and waits for the response or for the session's end.
unsigned TryBody(BreakerCase& breaker, const BodyCase& c) {
  PubpointThread& server = breaker.server();
  const unsigned closed = server.Snapshot().closed;
  const unsigned lost = server.Snapshot().lost;
  Pusher pusher = StrictPusher(server.port());
  EXPECT(!pusher.push_id.empty(), c.what);
  EXPECT(pusher.Start(c.content_length), c.what);
  EXPECT(pusher.client->Send(c.body), c.what);
  pusher.client->ShutdownWrite();
  const auto response = pusher.client->ReadResponse();
  if (response) {
    EXPECT(pusher.client->WaitForClose(), c.what);
    EXPECT(server.WaitFor([closed](const Received& received) {
      return received.closed > closed;
    }),
           c.what);
    return response->status;
  }
  // Nothing was wrong: the connection is lost in mid-body.
  EXPECT(server.WaitFor(
             [lost](const Received& received) { return received.lost > lost; }),
         c.what);
  return 204;
}

void RunAll(const std::vector<BodyCase>& cases) {
  for (const Mode mode : kModes) {
    BreakerCase refused(mode);
    for (const BodyCase& c : cases) {
      const auto encoder = [&c](BreakerCase& breaker) {
        return [&breaker, &c] { return TryBody(breaker, c); };
      };
      if (c.strict_only && mode == Mode::kTolerant) {
        BreakerCase taken(mode);
        taken.ExpectTaken(c.what, encoder(taken));
      } else {
        refused.ExpectRefused(c.what, 400, c.section, encoder(refused));
      }
    }
  }
}

GST_START_TEST(test_framing) {
  RunAll(FramingCases());
}
GST_END_TEST

GST_START_TEST(test_order) {
  RunAll(OrderCases());
}
GST_END_TEST

GST_START_TEST(test_headers) {
  RunAll(HeaderCases());
}
GST_END_TEST

GST_START_TEST(test_packets) {
  RunAll(PacketCases());
}
GST_END_TEST

/// What is refused names the place.
GST_START_TEST(test_place) {
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(kHeader));
  fail_unless(pusher.Data(kPacket));
  fail_unless(pusher.Header(kHeader));
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 400);
  const std::string line = server.Snapshot().violations.at(0);
  const std::size_t offset = kHeader.size() + 4 + kPacket.size() + 4;
  EXPECT(line.starts_with("push to /live from 127.0.0.1:"), line);
  EXPECT(line.find(", byte " + std::to_string(offset) +
                   " of the body: 4.6.1: $H") != std::string::npos,
         line);
}
GST_END_TEST

/// The least and the most that a field may say is taken, in both modes.
GST_START_TEST(test_limits) {
  for (const Mode mode : kModes) {
    BreakerCase breaker(mode);
    PubpointThread& server = breaker.server();
    HeaderSample sample;
    sample.packet_size = 65535;
    const ByteVector header = MakeHeader(sample);
    Pusher pusher = StrictPusher(server.port());
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(header));
    fail_unless(pusher.Data(MakePacket({.packet_size = 65535})));
    fail_unless(pusher.Filler(0));
    fail_unless(pusher.Filler(65531));
    fail_unless(pusher.Data(kPacket));
    fail_unless(pusher.End(static_cast<HResult>(0xA0001234)));
    fail_unless(server.WaitForClosed());
    const Received received = server.Snapshot();
    fail_unless(received.packets.size() == 2);
    fail_unless(received.ends.back() == 0xA0001234);
    fail_unless(received.violations.empty());
  }
}
GST_END_TEST

Suite* pubpoint_packets_suite() {
  Suite* suite = suite_create("pubpoint_packets");
  TCase* rules = tcase_create("rules");
  suite_add_tcase(suite, rules);
  tcase_add_test(rules, test_framing);
  tcase_add_test(rules, test_order);
  tcase_add_test(rules, test_headers);
  tcase_add_test(rules, test_packets);
  tcase_add_test(rules, test_place);
  tcase_add_test(rules, test_limits);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_packets_suite;
GST_CHECK_MAIN(pubpoint_packets)
