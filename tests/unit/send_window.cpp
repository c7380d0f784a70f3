// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/send_window.h"

#include <gst/check/gstcheck.h>
// A macro of check's that the standard streams have a member of the name of.
#undef fail

#include <deque>
#include <random>
#include <vector>

// What is kept until the peer has it.

namespace wms::wmhttp {
namespace {

using ByteVector = std::vector<std::uint8_t>;

ByteVector Payload(std::size_t size, std::uint8_t first) {
  ByteVector payload(size);
  for (std::size_t i = 0; i < size; ++i)
    payload[i] = static_cast<std::uint8_t>(first + i);
  return payload;
}

ByteVector OnTheWire(const SendWindow::Packet& packet) {
  ByteVector bytes(packet.bytes.begin(), packet.bytes.end());
  bytes.insert(bytes.end(), packet.rest.begin(), packet.rest.end());
  return bytes;
}

bool Carries(const SendWindow::Packet& packet, const ByteVector& payload) {
  const std::ptrdiff_t lead =
      kFramingHeaderSize + (HasReason(packet.id) ? kReasonSize : 0);
  const ByteVector bytes = OnTheWire(packet);
  return ByteVector(bytes.begin() + lead, bytes.end()) == payload;
}

/// Memory that counts its references.
struct Memory {
  static void Ref(void* self) { ++static_cast<Memory*>(self)->references; }
  static void Unref(void* self) { --static_cast<Memory*>(self)->references; }
  MemoryOwner owner() { return {this, Ref, Unref}; }

  ByteVector bytes;
  int references = 0;
};

GST_START_TEST(test_bytes_on_the_wire) {
  SendWindow window;
  const ByteVector head{1, 2};
  const ByteVector rest{3};
  window.Append(PacketId::kData, head, rest);
  window.Append(PacketId::kEndOfStream, {}, {}, HResult::S_FALSE);
  fail_unless(OnTheWire(window.next()) ==
              ByteVector({0x24, 0x44, 3, 0, 1, 2, 3}));
  window.Begin(7);
  fail_unless(OnTheWire(window.next()) ==
              ByteVector({0x24, 0x45, 4, 0, 1, 0, 0, 0}));
  fail_unless(window.next().reason == HResult::S_FALSE);
}
GST_END_TEST

GST_START_TEST(test_reference) {
  Memory memory{Payload(5000, 7)};
  {
    SendWindow window;
    const ByteVector head{1, 2};
    for (int i = 0; i < 3; ++i)
      window.AppendReference(head, memory.bytes, memory.owner());
    fail_unless_equals_int(memory.references, 3);
    const SendWindow::Packet packet = window.next();
    fail_unless(packet.rest.data() == memory.bytes.data());
    fail_unless_equals_int(packet.size(), 5006);
    fail_unless_equals_int(window.size(), 3 * 5006);
    ByteVector payload = head;
    payload.insert(payload.end(), memory.bytes.begin(), memory.bytes.end());
    fail_unless(Carries(packet, payload));
    window.Begin(5006);
    window.Acknowledge(5005);
    fail_unless_equals_int(memory.references, 3);
    window.Acknowledge(5006);
    fail_unless_equals_int(memory.references, 2);
    window.DropNewest();
    fail_unless_equals_int(memory.references, 1);
    // It is not the ring that they take room in, but they take some.
    fail_unless(window.capacity() < 5000 * 4);
    fail_unless(window.HasRoomFor(6, 5000));
    fail_if(window.HasRoomFor(6, 50000));
  }
  fail_unless_equals_int(memory.references, 0);
}
GST_END_TEST

GST_START_TEST(test_widen) {
  SendWindow window;
  const ByteVector payload = Payload(996, 0);
  while (window.count() == 0 || window.HasRoomFor(1000))
    window.Append(PacketId::kData, {}, payload);
  window.Widen();
  const std::size_t wide = window.capacity();
  fail_unless(window.HasRoomFor(1000));
  // Half of it is free now.
  window.Widen();
  fail_unless_equals_int(window.capacity(), wide);
}
GST_END_TEST

GST_START_TEST(test_what_arrived_whole_leaves) {
  SendWindow window;
  for (std::uint8_t i = 0; i < 4; ++i)
    window.Append(PacketId::kData, {}, Payload(6, i));
  for (std::uint64_t end = 110; end <= 130; end += 10)
    window.Begin(end);
  window.Acknowledge(109);
  fail_unless_equals_int(window.count(), 4);
  window.Acknowledge(129);
  fail_unless_equals_int(window.count(), 2);
  fail_unless(Carries(window.oldest(), Payload(6, 2)));
  fail_unless_equals_int(window.unbegun(), 1);
  // On another connection the one that was cut comes first.
  window.Rewind();
  fail_unless_equals_int(window.unbegun(), 2);
  fail_unless(Carries(window.next(), Payload(6, 2)));
  // What was not begun is never acknowledged.
  window.Acknowledge(1000);
  fail_unless_equals_int(window.count(), 2);
}
GST_END_TEST

GST_START_TEST(test_header_of_the_oldest) {
  SendWindow window;
  const ByteVector first = Payload(100, 1);
  const ByteVector second = Payload(200, 2);
  window.SetHeader(first);
  window.Append(PacketId::kData, {}, Payload(10, 0));
  window.Append(PacketId::kEndOfStream, {}, {}, HResult::S_FALSE);
  window.Append(PacketId::kStreamChange, {}, second);
  window.DropOldest();
  window.DropOldest();
  fail_unless(std::equal(first.begin(), first.end(), window.header().begin(),
                         window.header().end()));
  window.DropOldest();
  fail_unless(std::equal(second.begin(), second.end(), window.header().begin(),
                         window.header().end()));
}
GST_END_TEST

GST_START_TEST(test_taking_back) {
  SendWindow window;
  window.Append(PacketId::kData, {}, Payload(10, 1));
  window.Append(PacketId::kData, {}, Payload(10, 2));
  fail_unless(Carries(window.next(0), Payload(10, 1)));
  fail_unless(Carries(window.next(1), Payload(10, 2)));
  window.Begin(14);
  fail_unless(Carries(window.next(), Payload(10, 2)));
  fail_unless_equals_int(window.unbegun(), 1);
  window.DropNewest();
  fail_unless_equals_int(window.unbegun(), 0);
  fail_unless_equals_int(window.size(), 14);
  window.DropNewest();
  fail_unless(window.empty() && !window.has_next());
}
GST_END_TEST

/// Against a list of packets, with sizes from the least to the most.
GST_START_TEST(test_random_traffic) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937 random(seed);
    const std::size_t most = seed % 3 == 0 ? 65535 : 3000;
    std::deque<ByteVector> model;
    std::deque<Memory> memories;
    SendWindow window;
    std::deque<std::uint64_t> ends;
    std::uint64_t written = 0;
    for (int step = 0; step < 3000; ++step) {
      const unsigned what = random() % 8;
      if (what < 4 && model.size() < 100) {
        model.push_back(
            Payload(random() % most, static_cast<std::uint8_t>(step)));
        memories.push_back({model.back()});
        if (random() % 2 == 0) {
          window.Append(PacketId::kData, {}, model.back());
        } else {
          window.AppendReference({}, memories.back().bytes,
                                 memories.back().owner());
        }
      } else if (what < 6 && window.has_next()) {
        fail_unless(Carries(window.next(), model[ends.size()]));
        written += window.next().size();
        window.Begin(written);
        ends.push_back(written);
      } else if (what == 6 && !ends.empty()) {
        const std::uint64_t position = ends[random() % ends.size()];
        window.Acknowledge(position);
        while (!ends.empty() && ends.front() <= position) {
          ends.pop_front();
          model.pop_front();
          fail_unless_equals_int(memories.front().references, 0);
          memories.pop_front();
        }
      } else if (what == 7 && random() % 50 == 0) {
        window.Rewind();
        ends.clear();
        written = 0;
      }
      fail_unless_equals_int(window.count(), model.size());
      fail_unless(model.empty() || Carries(window.oldest(), model.front()));
    }
    fail_unless(window.capacity() <= std::size_t{32} << 20);
  }
}
GST_END_TEST

/// Once it is large enough for what is under way, it stays as it is.
GST_START_TEST(test_steady_state) {
  SendWindow window;
  const ByteVector payload = Payload(1396, 0);
  std::uint64_t written = 0;
  std::size_t capacity = 0;
  for (int i = 0; i < 10000; ++i) {
    if (!window.HasRoomFor(1400)) window.Acknowledge(written - 20 * 1400);
    window.Append(PacketId::kData, {}, payload);
    written += 1400;
    window.Begin(written);
    if (i == 200) capacity = window.capacity();
  }
  fail_unless_equals_int(window.capacity(), capacity);
}
GST_END_TEST

Suite* send_window_suite() {
  Suite* suite = suite_create("send_window");
  TCase* tcase = tcase_create("window");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_bytes_on_the_wire);
  tcase_add_test(tcase, test_reference);
  tcase_add_test(tcase, test_widen);
  tcase_add_test(tcase, test_what_arrived_whole_leaves);
  tcase_add_test(tcase, test_header_of_the_oldest);
  tcase_add_test(tcase, test_taking_back);
  tcase_add_test(tcase, test_random_traffic);
  tcase_add_test(tcase, test_steady_state);
  return suite;
}

}  // namespace
}  // namespace wms::wmhttp

using wms::wmhttp::send_window_suite;
GST_CHECK_MAIN(send_window)
