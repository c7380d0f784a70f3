// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/splitter.h"

#include "asf/guids.h"

#include <algorithm>

namespace wms::asf {

std::size_t Splitter::Consume(std::size_t size) {
  const std::size_t consumed = buffer_.Consume(size);
  offset_ += consumed;
  return consumed;
}

Result<std::optional<Unit>> Splitter::Next() {
  Consume(unit_size_);
  unit_size_ = 0;
  if (place_ == Place::kBehindData) SkipBehindData();
  Result<std::optional<Unit>> unit = std::optional<Unit>();
  switch (place_) {
    case Place::kHeader:
      unit = NextHeader();
      break;
    case Place::kData:
      unit = NextPacket();
      break;
    case Place::kBehindData:
      return std::optional<Unit>();
    case Place::kFailed:
      return failure_;
  }
  if (!unit) {
    failure_ = unit.error();
    place_ = Place::kFailed;
    buffer_.Clear();  // lets go of the piece: nobody asks for more of it
  } else if (*unit) {
    unit_size_ = (*unit)->bytes.size();
  }
  return unit;
}

Result<std::optional<Unit>> Splitter::NextHeader() {
  const std::optional<Bytes> prefix = buffer_.Peek(kObjectHeaderSize);
  if (!prefix) return std::optional<Unit>();
  const Result<std::size_t> size = HeaderSize(*prefix);
  if (!size) return size.error();
  const std::optional<Bytes> bytes = buffer_.Peek(*size);
  if (!bytes) return std::optional<Unit>();
  const Result<Header> header = ParseHeader(*bytes, strictness_);
  if (!header) return header.error();
  SetHeader(*header);
  return std::optional<Unit>({Unit::Kind::kHeader, *bytes, offset_});
}

Result<std::optional<Unit>> Splitter::NextPacket() {
  const std::size_t packet_size = header_->packet_size;
  // A packet's place can hold a new header; a whole packet is awaited before
  // looking, unless the packets are smaller than an object's identifier.
  const std::optional<Bytes> start =
      buffer_.Peek(std::min(packet_size, kHeaderObject.size()));
  if (!start) return std::optional<Unit>();
  if (StartsHeader(*start)) {
    place_ = Place::kHeader;
    return NextHeader();
  }
  const std::optional<Bytes> bytes = buffer_.Peek(packet_size);
  if (!bytes) return std::optional<Unit>();
  if (header_->data_size != 0) {
    data_left_ -= std::min<std::uint64_t>(data_left_, packet_size);
    EndDataIfNoPacketFits();
  }
  return std::optional<Unit>({Unit::Kind::kDataPacket, *bytes, offset_});
}

void Splitter::EndDataIfNoPacketFits() {
  if (data_left_ >= header_->packet_size) return;
  place_ = Place::kBehindData;
  skip_left_ = data_left_;
}

void Splitter::SkipBehindData() {
  for (;;) {
    const std::uint64_t step =
        std::min<std::uint64_t>(skip_left_, buffer_.available());
    skip_left_ -= Consume(static_cast<std::size_t>(step));
    const std::optional<Bytes> object = buffer_.Peek(kObjectHeaderSize);
    if (skip_left_ > 0 || !object) return;
    if (StartsHeader(*object)) {
      place_ = Place::kHeader;
      return;
    }
    const std::uint64_t size = LoadLe(object->data() + 16, 8);
    skip_left_ = std::max<std::uint64_t>(size, kObjectHeaderSize);
  }
}

void Splitter::Reset() {
  *this = Splitter(strictness_);
}

void Splitter::DropPartial() {
  offset_ += buffer_.available();
  buffer_.Clear();
  unit_size_ = 0;
  if (place_ == Place::kHeader && header_) place_ = Place::kData;
}

void Splitter::SetHeader(const Header& header) {
  header_ = header;
  place_ = Place::kData;
  data_left_ = header.data_size;
  if (data_left_ != 0) EndDataIfNoPacketFits();
}

}  // namespace wms::asf
