// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/guids.h"
#include "base/bytes.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace wms::asf {

/// An object of a header, taken out of it to be changed.
struct HeaderNode {
  Guid id{};
  /// Where it stands in the header that was read; objects that have been added
  /// stand where the objects of that ended.
  std::size_t offset = 0;
  /// Behind identifier and size.
  std::vector<std::uint8_t> body;

  /// Bytes that it takes in the header.
  std::size_t size() const;
  std::uint64_t Get(std::size_t body_offset, std::size_t width) const {
    return LoadLe(body.data() + body_offset, width);
  }
  void Set(std::size_t body_offset, std::size_t width, std::uint64_t value) {
    StoreLe(body.data() + body_offset, value, width);
  }
};

/// Offsets in the Extended Stream Properties Object ([ASF] 4.1) without its
/// first 24 bytes.
struct ExtendedFields {
  static constexpr std::size_t kBitrate = 16;
  static constexpr std::size_t kBuffer = 20;
  static constexpr std::size_t kAlternateBitrate = 28;
  static constexpr std::size_t kAlternateBuffer = 32;
  static constexpr std::size_t kStream = 48;
  static constexpr std::size_t kFrameTime = 52;
  static constexpr std::size_t kSize = 64;  // at least
};

/// An ASF file header in pieces: Write gives back what Read was given, byte
/// for byte, as long as nobody changes anything. Sizes and the size of the
/// extension's data are written as they are then.
struct HeaderTree {
  std::uint32_t object_count = 0;
  std::uint8_t reserved1 = 1;
  std::uint8_t reserved2 = 2;
  std::vector<HeaderNode> objects;
  /// Those in the first Header Extension Object, whose body holds no more than
  /// its reserved fields (18 bytes).
  std::vector<HeaderNode> extension;
  /// What that states as the size of its data.
  std::uint32_t extension_data_size = 0;
  HeaderNode data;  ///< the first 50 bytes of the Data Object
  /// Its Object Size, which a file's own counts the packets in.
  std::uint64_t data_object_size = 0;

  HeaderNode* Find(const Guid& id);
  HeaderNode* FindInExtension(const Guid& id);
  /// The Extended Stream Properties Object of a stream ([ASF] 4.1), if there
  /// is one that has all its fields.
  const HeaderNode* FindExtended(std::uint8_t stream) const;
  HeaderNode* FindExtended(std::uint8_t stream);
  /// Where an object that is added stands.
  std::size_t end_offset() const { return data.offset; }
  std::size_t size() const;
};

/// Takes @a header apart, one that ParseHeader has accepted. Fails with
/// NS_E_INVALID_DATA when an object in the Header Extension Object does not
/// fit into that.
Result<HeaderTree> ReadHeaderTree(Bytes header);

std::vector<std::uint8_t> WriteHeaderTree(const HeaderTree& tree);

/// "File Properties Object", or the identifier as text for one that is not
/// known here.
std::string ObjectName(const Guid& id);

}  // namespace wms::asf
