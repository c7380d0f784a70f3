// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"

#include "asf/guids.h"

#include <string>

namespace wms::asf {
namespace {

constexpr std::uint32_t kBroadcastFlag = 1;

Error Invalid(std::string message) {
  return {HResult::NS_E_INVALID_DATA, Fault::kLocal, std::move(message)};
}

/// File Properties Object ([ASF] 3.2), its header left out.
Result<void> ReadFileProperties(Bytes body, Strictness strictness,
                                Header& header) {
  ByteReader reader(body);
  reader.Take(16 + 8 + 8 + 8 + 8 + 8);  // file id, sizes, dates, durations
  header.preroll_ms = reader.U64();
  header.broadcast = (reader.U32() & kBroadcastFlag) != 0;
  const std::uint32_t min_size = reader.U32();
  const std::uint32_t max_size = reader.U32();
  header.max_bitrate = reader.U32();
  if (reader.failed()) {
    return Invalid("ASF header: the File Properties Object is cut short");
  }
  if (min_size != max_size && strictness == Strictness::kStrict) {
    return Invalid("ASF header: minimum and maximum packet size differ (" +
                   std::to_string(min_size) + " and " +
                   std::to_string(max_size) +
                   "); only packets of one size can be sent");
  }
  if (max_size == 0 || max_size > kMaxPacketSize) {
    return Invalid("ASF header: packet size " + std::to_string(max_size) +
                   " is not within 1 to 65535");
  }
  header.packet_size = max_size;
  return {};
}

/// Stream Properties Object ([ASF] 3.3), its header left out.
Result<void> ReadStreamProperties(Bytes body, Header& header) {
  ByteReader reader(body);
  const Bytes type = reader.Take(16);
  reader.Take(16 + 8 + 4 + 4);  // error correction, time offset, lengths
  const std::uint16_t flags = reader.U16();
  if (reader.failed()) {
    return Invalid("ASF header: a Stream Properties Object is cut short");
  }
  Stream stream;
  stream.number = static_cast<std::uint8_t>(flags & 0x7F);
  if (stream.number == 0) {
    return Invalid(
        "ASF header: a Stream Properties Object has stream number 0; 1 to 127 "
        "are valid");
  }
  if (StartsWith(type, kAudioMedia)) stream.type = StreamType::kAudio;
  if (StartsWith(type, kVideoMedia)) stream.type = StreamType::kVideo;
  header.streams.push_back(stream);
  return {};
}

/// Walks the objects inside the Header Object.
Result<void> ReadObjects(ByteReader reader, Strictness strictness,
                         Header& header) {
  while (reader.remaining() > 0) {
    const std::size_t start = reader.offset();
    const Bytes id = reader.Take(16);
    const std::uint64_t size = reader.U64();
    if (reader.failed() || size < kObjectHeaderSize ||
        size - kObjectHeaderSize > reader.remaining()) {
      return Invalid("ASF header: the object at offset " +
                     std::to_string(start) +
                     " does not fit into the Header Object");
    }
    const Bytes body =
        reader.Take(static_cast<std::size_t>(size) - kObjectHeaderSize);
    Result<void> read;
    if (StartsWith(id, kFileProperties))
      read = ReadFileProperties(body, strictness, header);
    if (StartsWith(id, kStreamProperties)) {
      read = ReadStreamProperties(body, header);
    }
    if (!read) return read;
  }
  return {};
}

/// The 50 bytes of the Data Object ([ASF] 5.1).
Result<void> ReadDataObject(Bytes data, Header& header) {
  if (!StartsWith(data, kDataObject)) {
    return Invalid("ASF header: no Data Object follows the Header Object");
  }
  const std::uint64_t size = LoadLe(data.data() + 16, 8);
  if (!header.broadcast && size > kDataObjectHeaderSize) {
    header.data_size = size - kDataObjectHeaderSize;
  }
  return {};
}

}  // namespace

bool StartsHeader(Bytes data) {
  return StartsWith(data, kHeaderObject);
}

Result<std::size_t> HeaderSize(Bytes prefix) {
  if (prefix.size() < kObjectHeaderSize || !StartsHeader(prefix)) {
    return Invalid("this is not ASF: it does not start with a Header Object");
  }
  const std::uint64_t size = LoadLe(prefix.data() + 16, 8);
  if (size < kHeaderObjectFixedSize) {
    return Invalid("ASF header: the Header Object states a size of " +
                   std::to_string(size) + " bytes, less than its own fields");
  }
  if (size > kMaxHeaderSize - kDataObjectHeaderSize) {
    return Invalid("ASF header: the Header Object states a size of " +
                   std::to_string(size) + " bytes; the limit is " +
                   std::to_string(kMaxHeaderSize - kDataObjectHeaderSize));
  }
  return static_cast<std::size_t>(size) + kDataObjectHeaderSize;
}

Result<Header> ParseHeader(Bytes data, Strictness strictness) {
  const Result<std::size_t> size = HeaderSize(data);
  if (!size) return size.error();
  if (data.size() != *size) {
    return Invalid("ASF header: it is " + std::to_string(data.size()) +
                   " bytes long, and its Header Object and the first 50 "
                   "bytes of the Data Object make " +
                   std::to_string(*size));
  }
  Header header;
  header.size = *size;
  const std::size_t objects_end = *size - kDataObjectHeaderSize;
  ByteReader reader(data.first(objects_end));
  reader.Take(kHeaderObjectFixedSize);
  if (Result<void> read = ReadObjects(reader, strictness, header); !read) {
    return read.error();
  }
  if (header.packet_size == 0) {
    return Invalid("ASF header: the File Properties Object is missing");
  }
  if (header.streams.empty()) {
    return Invalid("ASF header: no Stream Properties Object, so no stream");
  }
  Result<void> read = ReadDataObject(data.subspan(objects_end), header);
  if (!read) return read.error();
  return header;
}

}  // namespace wms::asf
