// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/rules.h"

#include "asf/guids.h"
#include "asf/header.h"
#include "asf/payloads.h"

#include <algorithm>
#include <string>

namespace wms::asf {
namespace {

Error Invalid(std::string message) {
  return {HResult::NS_E_INVALID_DATA, Fault::kPeer,
          "[ASF] " + std::move(message)};
}

/// What the walk through a Header Object has met.
struct Found {
  std::size_t objects = 0;
  std::size_t file_properties = 0;
  std::size_t extensions = 0;
  Bytes file_id;
  StreamNumbers streams;   // of Stream Properties Objects
  StreamNumbers extended;  // of the Header Extension Object
};

/// Calls @a visit with identifier and body of each object in @a data, up to
/// the first that does not fit.
template <typename Visit>
Result<void> ForEachObject(Bytes data, Visit visit) {
  ByteReader reader(data);
  while (reader.remaining() >= kObjectHeaderSize) {
    const Bytes id = reader.Take(16);
    const std::uint64_t size = reader.U64();
    if (size < kObjectHeaderSize ||
        size - kObjectHeaderSize > reader.remaining()) {
      return Invalid("2.1: an object's size does not fit");
    }
    const Bytes body =
        reader.Take(static_cast<std::size_t>(size) - kObjectHeaderSize);
    if (Result<void> visited = visit(id, body); !visited) return visited;
  }
  return {};
}

/// Stream Properties Object ([ASF] 3.3), which ParseHeader found long enough.
Result<void> VisitStream(Bytes body, Found& found) {
  ByteReader reader(body);
  reader.Take(16 + 16 + 8);  // types, time offset
  const std::uint64_t specific = reader.U32();
  const std::uint64_t correction = reader.U32();
  const std::uint8_t number = reader.U16() & 0x7F;
  reader.U32();  // reserved
  if (reader.failed() || specific + correction > reader.remaining()) {
    return Invalid("3.3: the data of stream " + std::to_string(number) +
                   " does not fit into its Stream Properties Object");
  }
  if (found.streams.test(number)) {
    return Invalid("3.3: two Stream Properties Objects have stream number " +
                   std::to_string(number));
  }
  found.streams.set(number);
  return {};
}

/// Header Extension Object ([ASF] 3.4): of what is in it only the Extended
/// Stream Properties Objects (4.1) matter here.
Result<void> VisitExtension(Bytes body, Found& found) {
  ByteReader reader(body);
  reader.Take(16 + 2);  // reserved
  const std::uint32_t size = reader.U32();
  const Bytes data = reader.Take(size);
  if (reader.failed()) {
    return Invalid("3.4: the Header Extension Object's data does not fit");
  }
  return ForEachObject(data, [&found](Bytes id, Bytes object) {
    constexpr std::size_t kNumberOffset = 48;
    if (!StartsWith(id, kExtendedStreamProperties)) return Result<void>();
    if (object.size() < kNumberOffset + 2) {
      return Result<void>(
          Invalid("4.1: an Extended Stream Properties Object is cut short"));
    }
    const std::uint64_t number = LoadLe(object.data() + kNumberOffset, 2);
    if (number == 0 || number >= found.extended.size()) {
      return Result<void>(Invalid("4.1: stream number " +
                                  std::to_string(number) +
                                  " is not within 1 to 127"));
    }
    found.extended.set(number);
    return Result<void>();
  });
}

Result<Found> Walk(Bytes objects) {
  Found found;
  const Result<void> walked =
      ForEachObject(objects, [&found](Bytes id, Bytes body) {
        ++found.objects;
        if (StartsWith(id, kFileProperties)) {
          ++found.file_properties;
          found.file_id = body.first(16);
        }
        if (StartsWith(id, kStreamProperties)) return VisitStream(body, found);
        if (StartsWith(id, kHeaderExtension)) {
          ++found.extensions;
          return VisitExtension(body, found);
        }
        return Result<void>();
      });
  if (!walked) return walked.error();
  return found;
}

/// The 50 bytes of the Data Object ([ASF] 5.1).
Result<void> CheckDataObject(Bytes data, Bytes file_id) {
  ByteReader reader(data);
  reader.Take(16);  // its identifier
  const std::uint64_t size = reader.U64();
  const Bytes id = reader.Take(16);
  reader.U64();  // packet count
  const std::uint16_t reserved = reader.U16();
  if (size < kDataObjectHeaderSize) {
    return Invalid("5.1: the Data Object states a size of " +
                   std::to_string(size) + " bytes");
  }
  if (!std::equal(id.begin(), id.end(), file_id.begin(), file_id.end())) {
    return Invalid("5.1: the Data Object's File ID is not that of the header");
  }
  if (reserved != 0x0101) {
    return Invalid("5.1: the Data Object's reserved field is not 0x0101");
  }
  return {};
}

Result<void> CheckStrictly(Bytes header, const Found& found) {
  constexpr std::size_t kCountOffset = 24;
  constexpr std::size_t kReserved1Offset = 28;
  const std::uint64_t count = LoadLe(header.data() + kCountOffset, 4);
  if (count != found.objects) {
    return Invalid("3.1: the Header Object states " + std::to_string(count) +
                   " objects and has " + std::to_string(found.objects));
  }
  if (header[kReserved1Offset] != 1) {
    return Invalid("3.1: the Header Object's first reserved field is not 1");
  }
  if (found.extensions != 1) {
    return Invalid("3.1: there is not one Header Extension Object, but " +
                   std::to_string(found.extensions));
  }
  return CheckDataObject(header.last(kDataObjectHeaderSize), found.file_id);
}

/// The error correction and the flags of a packet ([ASF] 5.2.1, 5.2.2).
Result<void> CheckFlags(Bytes packet, const DataPacket& parsed) {
  constexpr std::uint8_t kCorrection = 0x82;  // present, two bytes
  constexpr std::uint8_t kPropertyFlags = 0x5D;
  if (parsed.parsing_info > 0 && packet[0] != kCorrection) {
    return Invalid("5.2.1: the error correction flags are " +
                   std::to_string(packet[0]) + ", not 0x82");
  }
  if (parsed.sequence.size != 0) {
    return Invalid("5.2.2: the Sequence Type is not 0");
  }
  if (packet[parsed.parsing_info + 1] != kPropertyFlags) {
    return Invalid("5.2.2: the property flags are " +
                   std::to_string(packet[parsed.parsing_info + 1]) +
                   ", not 0x5D");
  }
  return {};
}

/// The Replicated Data Length of a payload whose packet has the flags that
/// CheckFlags wants ([ASF] 5.2.3).
Result<void> CheckReplicatedData(Bytes packet, const Payload& payload) {
  constexpr std::size_t kOffset = 6;  // stream, object number, offset
  constexpr std::uint8_t kLeast = 8;
  const std::uint8_t length = packet[payload.begin + kOffset];
  if (length > 1 && length < kLeast) {
    return Invalid("5.2.3: a Replicated Data Length of " +
                   std::to_string(length));
  }
  return {};
}

/// The sub-payloads of compressed payload data, each behind its length
/// ([ASF] 5.2.3.2).
Result<void> CheckSubPayloads(Bytes packet, const Payload& payload) {
  std::size_t at = payload.data;
  while (at < payload.end)
    at += std::size_t{1} + packet[at];
  if (at == payload.end) return {};
  return Invalid("5.2.3.2: a sub-payload ends " +
                 std::to_string(at - payload.end) +
                 " bytes behind its compressed payload data");
}

}  // namespace

Result<StreamNumbers> CheckHeader(Bytes header, Strictness strictness) {
  constexpr std::size_t kReserved2Offset = 29;
  if (header[kReserved2Offset] != 2) {
    return Invalid("3.1: the Header Object's second reserved field is not 2");
  }
  const Bytes objects = header.first(header.size() - kDataObjectHeaderSize)
                            .subspan(kHeaderObjectFixedSize);
  const Result<Found> found = Walk(objects);
  if (!found) return found.error();
  if (found->file_properties != 1) {
    return Invalid("3.1: there are " + std::to_string(found->file_properties) +
                   " File Properties Objects");
  }
  if (strictness == Strictness::kStrict) {
    const Result<void> strict = CheckStrictly(header, *found);
    if (!strict) return strict.error();
  }
  return found->streams | found->extended;
}

Result<void> CheckDataPacket(Bytes packet, const DataPacket& parsed,
                             std::size_t packet_size,
                             const StreamNumbers& streams,
                             Strictness strictness) {
  if (packet.size() < packet_size && parsed.padding_length.value > 0) {
    return Invalid(
        "5.2.2: the packet is without padding, and its Padding "
        "Length says " +
        std::to_string(parsed.padding_length.value));
  }
  const bool strict = strictness == Strictness::kStrict;
  if (strict) {
    if (Result<void> flags = CheckFlags(packet, parsed); !flags) return flags;
  }
  const Result<std::vector<Payload>> payloads = ParsePayloads(packet, parsed);
  if (!payloads) return payloads.error();
  for (const Payload& payload : *payloads) {
    if (!streams.test(payload.stream)) {
      return Invalid("5.2.3: a payload is of stream " +
                     std::to_string(payload.stream) +
                     ", which the header does not have");
    }
    if (payload.compressed) {
      Result<void> fits = CheckSubPayloads(packet, payload);
      if (!fits) return fits;
    }
    if (!strict) continue;
    Result<void> replicated = CheckReplicatedData(packet, payload);
    if (!replicated) return replicated;
  }
  return {};
}

}  // namespace wms::asf
