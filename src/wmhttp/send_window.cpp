// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/send_window.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace wms::wmhttp {
namespace {

constexpr std::size_t kLeastCapacity = 16384;
constexpr std::size_t kLeastEntries = 16;

std::uint8_t* Put(std::uint8_t* out, Bytes bytes) {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

}  // namespace

void SendWindow::Append(PacketId id, Bytes head, Bytes rest, HResult reason) {
  const FramingHeader frame =
      EncodeFramingHeader(id, head.size() + rest.size(), reason);
  const std::size_t size = frame.size + head.size() + rest.size();
  Put(Put(Put(Add(id, reason, size), frame.bytes()), head), rest);
  AddToSize(size);
}

void SendWindow::AppendReference(Bytes head, Bytes rest,
                                 const MemoryOwner& owner) {
  const FramingHeader frame =
      EncodeFramingHeader(PacketId::kData, head.size() + rest.size());
  const std::size_t size = frame.size + head.size();
  std::uint8_t* out = Add(PacketId::kData, HResult::S_OK, size);
  Put(Put(out, frame.bytes()), head);
  Entry& entry = At(count_ - 1);
  entry.rest = rest;
  entry.memory = MemoryRef(owner);
  AddToSize(size + rest.size());
}

/// Adds a packet with @a size bytes in the ring, which are to be written.
std::uint8_t* SendWindow::Add(PacketId id, HResult reason, std::size_t size) {
  std::size_t offset = 0;
  if (!Place(size, offset)) {
    Grow(size);
    Place(size, offset);
  }
  if (count_ == entries_.size()) GrowEntries();
  ++count_;
  Entry& entry = At(count_ - 1);
  entry.offset = offset;
  entry.size = size;
  entry.id = id;
  entry.reason = reason;
  copied_ += size;
  return ring_.get() + offset;
}

void SendWindow::AddToSize(std::size_t size) {
  size_ += size;
  limit_ = std::max(limit_, kLeastCapacity);
  while (limit_ < size_)
    limit_ *= 2;
}

void SendWindow::DropNewest() {
  assert(count_ > 0);
  Forget(At(count_ - 1));
  --count_;
  begun_ = std::min(begun_, count_);
}

/// What @a entry holds is no longer there.
void SendWindow::Forget(Entry& entry) {
  size_ -= entry.size + entry.rest.size();
  copied_ -= entry.size;
  entry.rest = {};
  entry.memory.Reset();
}

bool SendWindow::HasRoomFor(std::size_t copied, std::size_t referred) const {
  std::size_t offset = 0;
  return size_ + copied + referred <= limit_ && Place(copied, offset);
}

void SendWindow::Widen() {
  if (size_ > limit_ / 2) limit_ *= 2;
  if (copied_ > capacity_ / 2) Grow(0);
}

void SendWindow::Begin(std::uint64_t end) {
  assert(has_next());
  At(begun_).end = end;
  ++begun_;
}

void SendWindow::Acknowledge(std::uint64_t position) {
  while (begun_ > 0 && At(0).end <= position)
    DropOldest();
}

void SendWindow::DropOldest() {
  const Packet packet = oldest();
  if (packet.id == PacketId::kStreamChange) {
    SetHeader(packet.bytes.subspan(kFramingHeaderSize + kReasonSize));
  }
  Forget(At(0));
  first_ = (first_ + 1) & (entries_.size() - 1);
  --count_;
  if (begun_ > 0) --begun_;
}

/// Finds where a packet of @a size bytes goes; false when there is no room.
bool SendWindow::Place(std::size_t size, std::size_t& offset) const {
  offset = 0;
  if (count_ == 0) return size <= capacity_;
  const std::size_t start = At(0).offset;
  const Entry& newest = At(count_ - 1);
  const std::size_t end = newest.offset + newest.size;
  // What is used lies in one piece, or goes on at the start of the ring.
  const bool wrapped = newest.offset < start;
  if (!wrapped && capacity_ - end >= size) {
    offset = end;
    return true;
  }
  offset = wrapped ? end : 0;
  return start - offset >= size;
}

void SendWindow::Grow(std::size_t size) {
  std::size_t capacity = std::max(capacity_ * 2, kLeastCapacity);
  while (capacity < copied_ + size)
    capacity *= 2;
  auto ring = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    Put(ring.get() + offset, PacketAt(i).bytes);
    At(i).offset = offset;
    offset += At(i).size;
  }
  ring_ = std::move(ring);
  capacity_ = capacity;
}

void SendWindow::GrowEntries() {
  std::vector<Entry> entries(std::max(entries_.size() * 2, kLeastEntries));
  for (std::size_t i = 0; i < count_; ++i)
    entries[i] = std::move(At(i));
  entries_ = std::move(entries);
  first_ = 0;
}

}  // namespace wms::wmhttp
