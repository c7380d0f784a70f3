// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Pushes the ASF stream that comes in on standard input, as fast as it comes:
//
//   ffmpeg -re -i FILE -c:v wmv2 -c:a wmav2 -f asf -packet_size 4800 - |
//     push-asf http://SERVER/POINT

#include "wmspush.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>
#include <wmspush/wmspush.h>

namespace {

constexpr std::size_t kObjectHead = 24;    // GUID, size
constexpr std::size_t kDataObject = 50;    // the Data Object up to its packets
constexpr std::size_t kMaxHeader = 65531;  // what a push can carry
constexpr std::size_t kMaxPacket = 65535;

using Data = std::vector<std::uint8_t>;

/// Prints what the push sink tells.
class Printer : public wms::StatusCallback {
 public:
  void OnStatus(wms::Status status, wms::HResult hresult,
                const wms::StatusDetail& detail, void*) override {
    std::fprintf(stderr, "status %d %s %s\n", static_cast<int>(status),
                 std::string(wms::HResultName(hresult)).c_str(),
                 detail.message.c_str());
  }
};

std::uint64_t ReadLittle(const Data& data, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i)
    value = value << 8 | data[at + i - 1];
  return value;
}

/// Reads @a size more bytes to the end of @a data; false at the end of input.
bool ReadMore(std::size_t size, Data& data) {
  const std::size_t before = data.size();
  data.resize(before + size);
  return std::fread(data.data() + before, 1, size, stdin) == size;
}

/// The Header Object and the beginning of the Data Object; {} when the input
/// does not start with them.
Data ReadHeader() {
  Data header;
  if (!ReadMore(kObjectHead, header)) return {};
  const std::uint64_t size = ReadLittle(header, 16, 8);
  if (size < kObjectHead || size > kMaxHeader - kDataObject) return {};
  const auto rest = static_cast<std::size_t>(size) - kObjectHead + kDataObject;
  return ReadMore(rest, header) ? header : Data{};
}

/// The size of all packets, from the File Properties Object; 0 when there is
/// none.
std::size_t PacketSize(const Data& header) {
  constexpr std::array<std::uint8_t, 16> kFileProperties = {
      0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11,
      0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65};
  constexpr std::size_t kFilePropertiesSize = 104;
  std::size_t at = 30;  // the Header Object's own fields
  while (at + kFilePropertiesSize <= header.size() - kDataObject) {
    if (std::equal(kFileProperties.begin(), kFileProperties.end(),
                   header.begin() + static_cast<std::ptrdiff_t>(at))) {
      return static_cast<std::size_t>(ReadLittle(header, at + 92, 4));
    }
    const std::uint64_t size = ReadLittle(header, at + 16, 8);
    if (size < kObjectHead || size > header.size()) break;
    at += static_cast<std::size_t>(size);
  }
  return 0;
}

/// Sends the header and every packet of the input.
wms::HResult Push(wms::WriterPushSink& sink) {
  const Data header = ReadHeader();
  const std::size_t packet_size = header.empty() ? 0 : PacketSize(header);
  if (packet_size == 0 || packet_size > kMaxPacket) {
    std::fprintf(stderr, "the input is not an ASF stream\n");
    return wms::HResult::NS_E_INVALID_DATA;
  }
  wms::HResult result = sink.OnHeader(header);
  Data packet;
  while (wms::Succeeded(result)) {
    packet.clear();
    if (!ReadMore(packet_size, packet)) break;
    result = sink.OnDataUnit(packet);
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: push-asf http://SERVER/POINT < STREAM\n");
    return 2;
  }
  const auto sink = wms::CreateWriterPushSink();
  sink->Advise(std::make_shared<Printer>(), nullptr);
  wms::HResult result = sink->Connect(argv[1]);
  if (wms::Succeeded(result)) result = sink->WaitConnected();
  if (wms::Succeeded(result)) result = Push(*sink);
  if (wms::Succeeded(result)) result = sink->OnEndWriting();
  if (wms::Succeeded(result)) {
    result = sink->EndSession(std::chrono::seconds(5));
  }
  if (wms::Failed(result)) {
    std::fprintf(stderr, "%s: %s\n",
                 std::string(wms::HResultName(result)).c_str(),
                 sink->LastError().c_str());
    return 1;
  }
}
