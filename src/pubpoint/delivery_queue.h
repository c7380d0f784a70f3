// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/player_format.h"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace wms::pubpoint {

/// What waits for one player, the oldest first. Most of the time that is
/// nothing, and there are many players: it takes memory for what waits alone.
class DeliveryQueue {
 public:
  bool empty() const { return items().empty(); }
  std::span<const Delivery> items() const {
    return std::span(deliveries_).subspan(first_);
  }
  const Delivery& front() const { return deliveries_[first_]; }
  const Delivery& back() const { return deliveries_.back(); }

  void Push(Delivery delivery) {
    const bool full = deliveries_.size() == deliveries_.capacity();
    if (full && 2 * first_ >= deliveries_.size()) DropGone();
    deliveries_.push_back(std::move(delivery));
  }

  void Pop() {
    deliveries_[first_++].owner.reset();
    if (first_ == deliveries_.size()) Clear();
  }

  void Clear() {
    deliveries_.clear();
    first_ = 0;
    if (deliveries_.capacity() > kKept) deliveries_.shrink_to_fit();
  }

  /// Keeps those that @a keep, asked in their order, says yes to.
  template <typename Predicate>
  void Filter(Predicate keep) {
    DropGone();
    std::erase_if(deliveries_, [&keep](const Delivery& d) { return !keep(d); });
    if (deliveries_.empty()) Clear();
  }

 private:
  /// Deliveries that an empty queue has room for.
  static constexpr std::size_t kKept = 2;

  void DropGone() {
    deliveries_.erase(
        deliveries_.begin(),
        deliveries_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<Delivery> deliveries_;
  std::size_t first_ = 0;  // those before it are gone
};

}  // namespace wms::pubpoint
