// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"
#include "wmhttp/push_state.h"

namespace wms::test {
namespace {

using wmhttp::PacketId;
using wmhttp::PacketOrder;
using State = PacketOrder::State;

/// A packet of 4.6.1 and 4.7.1; an $E is two of them.
struct Step {
  const char* name;
  PacketId id;
  HResult reason = HResult::S_OK;
};

constexpr Step kH = {"$H", PacketId::kHeader};
constexpr Step kC = {"$C", PacketId::kStreamChange};
constexpr Step kD = {"$D", PacketId::kData};
constexpr Step kF = {"$F", PacketId::kFiller};
constexpr Step kE = {"$E", PacketId::kEndOfStream};
constexpr Step kE1 = {"$E", PacketId::kEndOfStream, HResult::S_FALSE};
constexpr Step kSteps[] = {kH, kC, kD, kF, kE, kE1};
constexpr int kNo = -1;  // may not come here
constexpr int kStart = static_cast<int>(State::kStart);
constexpr int kMedia = static_cast<int>(State::kMedia);
constexpr int kSwitch = static_cast<int>(State::kSwitch);
constexpr int kFilled = static_cast<int>(State::kFilled);
constexpr int kEnded = static_cast<int>(State::kEnded);

// Every state by one way that leads to it, and what each packet does there.
const struct {
  const char* after;
  std::vector<Step> way;
  int state;
  int next[6];  // in the order of kSteps
  const char* expected;
} kTable[] = {
    {"nothing", {}, kStart, {kMedia, kNo, kNo, kNo, kNo, kNo}, "$H"},
    {"$H",
     {kH},
     kMedia,
     {kNo, kNo, kMedia, kFilled, kEnded, kSwitch},
     "$D, $E or $F"},
    {"$D",
     {kH, kD},
     kMedia,
     {kNo, kNo, kMedia, kFilled, kEnded, kSwitch},
     "$D, $E or $F"},
    {"$C",
     {kH, kE1, kC},
     kMedia,
     {kNo, kNo, kMedia, kFilled, kEnded, kSwitch},
     "$D, $E or $F"},
    {"$E S_FALSE",
     {kH, kD, kE1},
     kSwitch,
     {kNo, kMedia, kNo, kFilled, kEnded, kSwitch},
     "$C, $E or $F"},
    {"$E S_FALSE twice",
     {kH, kE1, kE1},
     kSwitch,
     {kNo, kMedia, kNo, kFilled, kEnded, kSwitch},
     "$C, $E or $F"},
    {"$F",
     {kH, kD, kF},
     kFilled,
     {kNo, kMedia, kMedia, kFilled, kEnded, kSwitch},
     "$C, $D, $E or $F"},
    {"$F twice",
     {kH, kF, kF},
     kFilled,
     {kNo, kMedia, kMedia, kFilled, kEnded, kSwitch},
     "$C, $D, $E or $F"},
    {"$F between $E S_FALSE and $C",
     {kH, kE1, kF},
     kFilled,
     {kNo, kMedia, kMedia, kFilled, kEnded, kSwitch},
     "$C, $D, $E or $F"},
    {"$E", {kH, kD, kE}, kEnded, {kNo, kNo, kNo, kNo, kNo, kNo}, "nothing"},
    {"$E S_FALSE, then $E",
     {kH, kE1, kE},
     kEnded,
     {kNo, kNo, kNo, kNo, kNo, kNo},
     "nothing"},
};

PacketOrder Walk(const std::vector<Step>& way) {
  PacketOrder order;
  for (const Step& step : way) {
    EXPECT(order.Advance(step.id, step.reason).has_value(), step.name);
  }
  return order;
}

GST_START_TEST(test_every_pair) {
  for (const auto& row : kTable) {
    for (std::size_t i = 0; i < std::size(kSteps); ++i) {
      const Step& step = kSteps[i];
      const std::string context =
          std::string(row.after) + ", then " + step.name;
      PacketOrder order = Walk(row.way);
      EXPECT(static_cast<int>(order.state()) == row.state, context);
      const Result<void> result = order.Advance(step.id, step.reason);
      if (row.next[i] != kNo) {
        EXPECT(result.has_value(), context);
        EXPECT(static_cast<int>(order.state()) == row.next[i], context);
        continue;
      }
      ExpectError(result, HResult::NS_E_INVALID_REQUEST, Fault::kPeer,
                  std::string("4.6.1: ") + step.name + " where " +
                      row.expected + " is expected",
                  context);
      EXPECT(static_cast<int>(order.state()) == row.state, context);
    }
  }
}
GST_END_TEST

/// 2.2.3.4: any code but S_FALSE ends the stream, also one that a vendor
/// assigned, and one that signals success.
GST_START_TEST(test_reasons) {
  for (const std::uint32_t reason :
       {0U, 2U, 0x80004005U, 0xC00D2EE7U, 0x20000001U, 0x80000001U, 0x101U,
        0x01000000U, 0xFFFFFFFFU}) {
    PacketOrder order = Walk({kH, kD});
    fail_unless(
        order.Advance(PacketId::kEndOfStream, static_cast<HResult>(reason))
            .has_value());
    EXPECT(order.state() == State::kEnded, std::to_string(reason));
  }
}
GST_END_TEST

/// Only an $E has a reason that counts.
GST_START_TEST(test_reason_of_other_packets) {
  for (const HResult reason :
       {HResult::S_OK, HResult::S_FALSE, HResult::E_FAIL}) {
    PacketOrder order;
    fail_unless(order.Advance(PacketId::kHeader, reason).has_value());
    fail_unless(order.state() == State::kMedia);
    fail_unless(order.Advance(PacketId::kData, reason).has_value());
    fail_unless(order.state() == State::kMedia);
    fail_unless(order.Advance(PacketId::kFiller, reason).has_value());
    fail_unless(order.state() == State::kFilled);
    fail_unless(order.Advance(PacketId::kStreamChange, reason).has_value());
    fail_unless(order.state() == State::kMedia);
  }
}
GST_END_TEST

/// 2.2.2.2: a further PushStart begins with $C or $D, whatever the one before
/// ended with; the first has to begin with $H.
GST_START_TEST(test_further_requests) {
  for (const auto& row : kTable) {
    for (std::size_t i = 0; i < std::size(kSteps); ++i) {
      const Step& step = kSteps[i];
      const std::string context =
          std::string(row.after) + ", a request, " + step.name;
      PacketOrder order = Walk(row.way);
      order.BeginRequest();
      const bool change = row.state == kMedia && step.name == kC.name;
      EXPECT(order.Advance(step.id, step.reason).has_value() ==
                 (change || row.next[i] != kNo),
             context);
    }
  }
}
GST_END_TEST

/// A request that is lost before its $H has been received leaves the next one
/// to bring the header, as $H or as $C.
GST_START_TEST(test_request_after_nothing) {
  for (const Step& step : kSteps) {
    PacketOrder order;
    order.BeginRequest();
    order.BeginRequest();
    const Result<void> result = order.Advance(step.id, step.reason);
    if (step.name == kH.name || step.name == kC.name) {
      EXPECT(result.has_value(), step.name);
      EXPECT(order.state() == State::kMedia, step.name);
    } else {
      ExpectError(
          result, HResult::NS_E_INVALID_REQUEST, Fault::kPeer,
          std::string("4.6.1: ") + step.name + " where $H or $C is expected",
          step.name);
    }
  }
}
GST_END_TEST

Suite* packet_order_suite() {
  Suite* suite = suite_create("packet_order");
  TCase* table = tcase_create("table");
  suite_add_tcase(suite, table);
  tcase_add_test(table, test_every_pair);
  tcase_add_test(table, test_reasons);
  tcase_add_test(table, test_reason_of_other_packets);
  tcase_add_test(table, test_further_requests);
  tcase_add_test(table, test_request_after_nothing);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::packet_order_suite;
GST_CHECK_MAIN(packet_order)
