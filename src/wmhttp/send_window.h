// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/memory_owner.h"
#include "wmhttp/framing.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace wms::wmhttp {

/// The packets of a push that the server may still need: those that wait to be
/// sent, and those that were and that its TCP has not acknowledged. After a
/// cut they are sent again from the first one that did not arrive whole
/// ([MS-WMHTTP] 3.2.7.1).
///
/// Packets are copied into one ring of bytes, or most of them stays where it is
/// and is referred to. Both grow as long as there is no room, and allocate
/// nothing once they are as large as what is under way.
class SendWindow {
 public:
  /// A packet, as it goes out; until the next Append.
  struct Packet {
    PacketId id;
    HResult reason;  ///< of $E
    Bytes bytes;     ///< framing header, and the payload as far as it is copied
    Bytes rest;      ///< what is referred to

    std::size_t size() const { return bytes.size() + rest.size(); }
  };

  /// Adds a packet whose payload is @a head with @a rest behind it.
  void Append(PacketId id, Bytes head, Bytes rest,
              HResult reason = HResult::S_OK);

  /// Adds a $D likewise, but refers to @a rest, which is @a owner's.
  void AppendReference(Bytes head, Bytes rest, const MemoryOwner& owner);

  /// Takes back the newest packet, as if it had never been added.
  void DropNewest();

  /// True when a packet, framing header and all, fits without more memory: the
  /// @a copied bytes of it and those that are @a referred to.
  bool HasRoomFor(std::size_t copied, std::size_t referred = 0) const;
  /// Makes more room when less than half of it is free, so that those who look
  /// for packets that can go need not do so for each that comes.
  void Widen();

  /// There is a packet that was not begun on this connection.
  bool has_next() const { return begun_ < count_; }
  std::size_t unbegun() const { return count_ - begun_; }
  /// The first of them, or the one @a index places behind it.
  Packet next(std::size_t index = 0) const { return PacketAt(begun_ + index); }
  /// The first byte of the first of them has left; @a end is how many bytes the
  /// connection has been given when all of it has.
  void Begin(std::uint64_t end);
  /// The packet that was begun last.
  Packet begun() const { return PacketAt(begun_ - 1); }

  /// The peer has @a position bytes of this connection: what is whole in them
  /// is needed no more.
  void Acknowledge(std::uint64_t position);

  /// Another connection: all that is left is to be sent on it, in order.
  void Rewind() { begun_ = 0; }

  /// Drops the oldest packet.
  void DropOldest();

  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  /// The oldest packet; not when it is empty.
  Packet oldest() const { return PacketAt(0); }
  /// Bytes of all packets.
  std::size_t size() const { return size_; }
  /// Memory of the ring, in bytes.
  std::size_t capacity() const { return capacity_; }

  /// The ASF file header that the oldest packet belongs to: what SetHeader was
  /// given, or the newest $C that has left carried.
  Bytes header() const { return header_; }
  void SetHeader(Bytes header) { header_.assign(header.begin(), header.end()); }

 private:
  struct Entry {
    std::uint64_t end = 0;  // valid once it was begun
    std::size_t offset = 0;
    std::size_t size = 0;  // in the ring
    Bytes rest;
    MemoryRef memory;  // that rest lies in
    PacketId id{};
    HResult reason{};
  };

  const Entry& At(std::size_t index) const {
    return entries_[(first_ + index) & (entries_.size() - 1)];
  }
  Entry& At(std::size_t index) {
    return entries_[(first_ + index) & (entries_.size() - 1)];
  }
  Packet PacketAt(std::size_t index) const {
    assert(index < count_);
    const Entry& entry = At(index);
    return {entry.id,
            entry.reason,
            {ring_.get() + entry.offset, entry.size},
            entry.rest};
  }
  std::uint8_t* Add(PacketId id, HResult reason, std::size_t size);
  bool Place(std::size_t size, std::size_t& offset) const;
  void Grow(std::size_t size);
  void AddToSize(std::size_t size);
  void Forget(Entry& entry);
  void GrowEntries();

  std::unique_ptr<std::uint8_t[]> ring_;
  std::size_t capacity_ = 0;
  std::vector<Entry> entries_;  // a ring, too; its size is a power of two
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::size_t begun_ = 0;
  std::size_t size_ = 0;
  std::size_t copied_ = 0;  // of size_, what is in the ring
  std::size_t limit_ = 0;   // of size_, until it is raised
  std::vector<std::uint8_t> header_;
};

}  // namespace wms::wmhttp
