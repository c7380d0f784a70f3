// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/live_media.h"
#include "wmsp/framing.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>

namespace wms::pubpoint {

/// One unit on its way to one player: what stands in front of it is the
/// player's own, the rest is shared. It goes out whole or not at all.
struct Delivery {
  enum class Kind {
    kControl,  ///< the player cannot do without it
    kData,     ///< a data packet, which a slow player may miss
  };

  Kind kind = Kind::kData;
  std::array<std::uint8_t, wmsp::kPacketHeaderSize> prefix_data{};
  std::size_t prefix_size = 0;
  std::shared_ptr<const void> owner;  ///< of what head and rest refer to
  std::size_t owned = 0;              ///< bytes of memory that owner keeps
  Bytes head;
  Bytes rest;
  Bytes padding;  ///< memory of no packet

  Bytes prefix() const { return Bytes(prefix_data).first(prefix_size); }
  std::size_t size() const {
    return prefix_size + head.size() + rest.size() + padding.size();
  }
  /// What it counts for in a queue: the larger of what waits and of the memory
  /// that it keeps, which others may keep, too.
  std::size_t cost() const { return sizeof(*this) + std::max(size(), owned); }
};

/// Bytes of their own as a delivery of kind kControl.
Delivery ControlDelivery(std::vector<std::uint8_t> bytes);

/// What one player gets of a live stream, and in what form.
class PlayerFormat {
 public:
  virtual ~PlayerFormat() = default;

  /// What the status calls it: "http" or "mmsh".
  virtual const char* Name() const = 0;

  /// The stream's header, before anything else.
  virtual Delivery Begin(const HeaderRef& header) = 0;
  /// A packet; nothing when it is not for this player.
  virtual std::optional<Delivery> Data(const PacketRef& packet) = 0;
  /// Packets have been left out, the newest @a unsent of what Data gave among
  /// them: it goes on where a player can begin.
  virtual void Skip(std::size_t unsent) = 0;
  /// Another header in place of the one before; nothing when the player has
  /// to end and come again.
  virtual std::optional<Delivery> Switch(const HeaderRef& header) = 0;
  /// What goes out behind the last packet, if anything.
  virtual std::optional<Delivery> End() = 0;
  /// The connection is closed, and nothing is called any more.
  virtual void OnGone() {}
};

/// Plain ASF: the header, then packets as long as those of a file.
class PlainFormat : public PlayerFormat {
 public:
  const char* Name() const override { return "http"; }
  Delivery Begin(const HeaderRef& header) override;
  std::optional<Delivery> Data(const PacketRef& packet) override;
  void Skip(std::size_t unsent) override;
  std::optional<Delivery> Switch(const HeaderRef& header) override;
  std::optional<Delivery> End() override;

 private:
  bool started_ = false;
};

}  // namespace wms::pubpoint
