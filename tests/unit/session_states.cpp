// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"
#include "wmhttp/push_state.h"

#include <set>

namespace wms::test {
namespace {

using wmhttp::ClientEvent;
using wmhttp::ClientState;
using wmhttp::NextState;
using wmhttp::ServerEvent;
using wmhttp::ServerState;

template <typename State>
struct Row {
  const char* name;
  State state;
  std::vector<std::optional<State>> next;  // in the order of the events
};

/// Checks every state with every event of @a table.
template <typename Event, typename State, std::size_t kSize>
void ExpectTable(const Row<State> (&table)[kSize], int events) {
  for (const Row<State>& row : table) {
    EXPECT(row.next.size() == static_cast<std::size_t>(events), row.name);
    for (int event = 0; event < events; ++event) {
      EXPECT(NextState(row.state, static_cast<Event>(event)) == row.next[event],
             row.name + (", event " + std::to_string(event)));
    }
  }
}

constexpr std::nullopt_t kNo = std::nullopt;

/// 4.7. A success while the body is not complete leads back to "PushSetup
/// complete" too: its last sentence.
GST_START_TEST(test_client) {
  using enum ClientState;
  // setup requested, challenged, succeeded | start challenged, start sent,
  // length exhausted, start succeeded | end sent | failed, disconnected, reset
  const Row<ClientState> kTable[] = {
      {"idle",
       kIdle,
       {kSetup, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},
      {"setup",
       kSetup,
       {kNo, kSetup, kSetupComplete, kNo, kNo, kNo, kNo, kNo, kEnded, kEnded,
        kNo}},
      {"setup complete",
       kSetupComplete,
       {kNo, kNo, kNo, kNo, kStartInProgress, kNo, kNo, kNo, kEnded, kEnded,
        kNo}},
      {"start in progress",
       kStartInProgress,
       {kNo, kNo, kNo, kSetupComplete, kNo, kAwaitResponse, kSetupComplete,
        kEnded, kEnded, kEnded, kNo}},
      {"await response",
       kAwaitResponse,
       {kNo, kNo, kNo, kSetupComplete, kNo, kNo, kSetupComplete, kNo, kEnded,
        kEnded, kNo}},
      {"ended",
       kEnded,
       {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kIdle}},
  };
  ExpectTable<ClientEvent>(kTable, static_cast<int>(ClientEvent::kReset) + 1);
}
GST_END_TEST

/// 4.6, 3.2.4.1, 3.2.6, 3.2.7.1.
GST_START_TEST(test_server) {
  using enum ServerState;
  // setup accepted, start accepted | body complete, connection closed, end of
  // stream | idle, inactivity timeout | administrative disconnect, violation
  const Row<ServerState> kTable[] = {
      {"no session",
       kNoSession,
       {kAwaitStart, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},
      {"await start",
       kAwaitStart,
       {kAwaitStart, kStreaming, kNo, kAwaitStart, kNo, kClosed, kClosed,
        kClosed, kNo}},
      {"streaming",
       kStreaming,
       {kNo, kNo, kAwaitStart, kAwaitStart, kClosed, kClosed, kNo, kClosed,
        kClosed}},
      {"closed", kClosed, {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},
  };
  ExpectTable<ServerEvent>(kTable,
                           static_cast<int>(ServerEvent::kViolation) + 1);
}
GST_END_TEST

GST_START_TEST(test_names) {
  std::set<std::string> client;
  for (int i = 0; i <= static_cast<int>(ClientState::kEnded); ++i) {
    client.insert(StateName(static_cast<ClientState>(i)));
  }
  fail_unless(client == std::set<std::string>(
                            {"idle", "PushSetup", "PushSetup complete",
                             "PushStart in progress",
                             "awaiting the PushStart response", "ended"}));
  std::set<std::string> server;
  for (int i = 0; i <= static_cast<int>(ServerState::kClosed); ++i) {
    server.insert(StateName(static_cast<ServerState>(i)));
  }
  fail_unless(server ==
              std::set<std::string>(
                  {"no session", "awaiting PushStart", "streaming", "closed"}));
}
GST_END_TEST

Suite* session_states_suite() {
  Suite* suite = suite_create("session_states");
  TCase* tables = tcase_create("tables");
  suite_add_tcase(suite, tables);
  tcase_add_test(tables, test_client);
  tcase_add_test(tables, test_server);
  tcase_add_test(tables, test_names);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::session_states_suite;
GST_CHECK_MAIN(session_states)
