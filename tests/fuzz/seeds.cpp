// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Writes the first inputs of the corpora that are not text.

#include "common/asf_samples.h"
#include "wmhttp/framing.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace wms::test {
namespace {

std::filesystem::path root;

void Write(const char* target, const char* name, Bytes bytes) {
  const std::filesystem::path directory = root / target;
  std::filesystem::create_directories(directory);
  std::ofstream(directory / name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

void WriteHeaders() {
  Write("asf_header", "broadcast", MakeHeader());
  Write("asf_header", "one_stream", MakeHeader({.streams = 1}));
  Write("asf_header", "file",
        MakeHeader({.streams = 3, .broadcast = false, .padding = 40}));
}

void WritePackets() {
  const std::vector<ByteVector> packets = MakePackets(8, 600);
  for (std::size_t i = 0; i < packets.size(); ++i)
    Write("asf_packet", ("single" + std::to_string(i)).c_str(), packets[i]);
  Write("asf_packet", "several",
        MakePacket({{.stream = 1, .size = 20}, {.stream = 2, .size = 30}}, 5,
                   150));
}

void WriteStreams() {
  ByteVector stream = MakeHeader({.packet_size = 600});
  ByteVector body;
  const auto frame = [&body](wmhttp::PacketId id, Bytes payload,
                             HResult reason = HResult::S_OK) {
    Append(body,
           wmhttp::EncodeFramingHeader(id, payload.size(), reason).bytes());
    Append(body, payload);
  };
  frame(wmhttp::PacketId::kHeader, stream);
  for (const ByteVector& packet : MakePackets(3, 600)) {
    Append(stream, packet);
    frame(wmhttp::PacketId::kData, Stripped(packet));
  }
  frame(wmhttp::PacketId::kEndOfStream, {}, HResult::S_FALSE);
  frame(wmhttp::PacketId::kStreamChange, MakeHeader({.id = 2}));
  frame(wmhttp::PacketId::kFiller, ByteVector(12));
  frame(wmhttp::PacketId::kEndOfStream, {});
  Write("asf_splitter", "stream", stream);
  Write("push_body", "session", body);
}

}  // namespace
}  // namespace wms::test

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  wms::test::root = argv[1];
  wms::test::WriteHeaders();
  wms::test::WritePackets();
  wms::test::WriteStreams();
  return 0;
}
