// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "breaker.h"

#include "expect.h"

namespace wms::test {
namespace {

pubpoint::ServerOptions With(pubpoint::ServerOptions options, Mode mode) {
  options.strict = mode == Mode::kStrict;
  options.points.emplace_back("/pub");
  return options;
}

}  // namespace

Pusher StrictPusher(unsigned port, const std::string& path,
                    std::string_view body) {
  RawRequest request;
  request.more = kStrictLines;
  return Pusher(port, path, body, request);
}

BreakerCase::BreakerCase(Mode mode, pubpoint::ServerOptions options)
    : server_(With(std::move(options), mode)) {}

void BreakerCase::PushWell(const std::string& what) {
  const unsigned closed = server_.Snapshot().closed;
  const std::size_t packets = server_.Snapshot().packets.size();
  Pusher pusher = StrictPusher(server_.port());
  EXPECT(!pusher.push_id.empty(), what);
  EXPECT(pusher.Start(), what);
  EXPECT(pusher.Header(MakeHeader()), what);
  EXPECT(pusher.Data(MakePacket()), what);
  EXPECT(pusher.End(), what);
  EXPECT(server_.WaitFor([&](const Received& received) {
    return received.closed > closed && received.packets.size() > packets;
  }),
         what);
}

void BreakerCase::ExpectRefused(const std::string& what, unsigned status,
                                const std::string& section,
                                const std::function<unsigned()>& encoder) {
  const std::size_t before = server_.Snapshot().violations.size();
  const unsigned found = encoder();
  EXPECT(found == status, what + ": " + std::to_string(found));
  EXPECT(server_.WaitFor([before](const Received& received) {
    return received.violations.size() > before;
  }),
         what);
  PushWell(what);
  const Received received = server_.Snapshot();
  const std::string& line = received.violations.back();
  EXPECT(received.violations.size() == before + 1, what + ": " + line);
  EXPECT(line.find(": " + section) != std::string::npos, what + ": " + line);
}

void BreakerCase::ExpectTaken(const std::string& what,
                              const std::function<unsigned()>& encoder) {
  const std::size_t before = server_.Snapshot().violations.size();
  const unsigned found = encoder();
  EXPECT(found == 204, what + ": " + std::to_string(found));
  const Received received = server_.Snapshot();
  EXPECT(received.violations.size() == before,
         what + ": " + received.violations.back());
}

unsigned StatusOf(unsigned port, const std::string& text) {
  RawClient client(port);
  if (!client.Send(text)) return 0;
  const auto response = client.ReadResponse();
  return response ? response->status : 0;
}

}  // namespace wms::test
