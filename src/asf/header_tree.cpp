// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header_tree.h"

#include "asf/header.h"

#include <string_view>
#include <utility>

namespace wms::asf {
namespace {

/// Reserved fields of the Header Extension Object, before its data's size.
constexpr std::size_t kExtensionReserved = 18;
constexpr std::size_t kExtensionFixed = kExtensionReserved + 4;

struct Name {
  const Guid& id;
  std::string_view name;
};

constexpr Name kNames[] = {
    {kHeaderObject, "Header Object"},
    {kDataObject, "Data Object"},
    {kFileProperties, "File Properties Object"},
    {kStreamProperties, "Stream Properties Object"},
    {kHeaderExtension, "Header Extension Object"},
    {kExtendedStreamProperties, "Extended Stream Properties Object"},
    {kCodecList, "Codec List Object"},
    {kStreamBitrateProperties, "Stream Bitrate Properties Object"},
    {kContentDescription, "Content Description Object"},
    {kPadding, "Padding Object"},
    {kIndexParameters, "Index Parameters Object"},
    {kMediaObjectIndexParameters, "Media Object Index Parameters Object"},
    {kTimecodeIndexParameters, "Timecode Index Parameters Object"},
    {kContentEncryption, "Content Encryption Object"},
    {kExtendedContentEncryption, "Extended Content Encryption Object"},
    {kAdvancedContentEncryption, "Advanced Content Encryption Object"},
};

Error DoesNotFit(std::size_t offset) {
  return {HResult::NS_E_INVALID_DATA, Fault::kLocal,
          "ASF header: the object at offset " + std::to_string(offset) +
              " does not fit into the Header Extension Object ([ASF] 3.4)"};
}

HeaderNode MakeNode(Bytes id, std::size_t offset, Bytes body) {
  HeaderNode node;
  std::copy(id.begin(), id.end(), node.id.begin());
  node.offset = offset;
  node.body.assign(body.begin(), body.end());
  return node;
}

/// The objects in @a data, which stands at @a base.
Result<std::vector<HeaderNode>> ReadNodes(Bytes data, std::size_t base) {
  std::vector<HeaderNode> nodes;
  ByteReader reader(data);
  while (reader.remaining() > 0) {
    const std::size_t offset = base + reader.offset();
    const Bytes id = reader.Take(16);
    const std::uint64_t size = reader.U64();
    if (reader.failed() || size < kObjectHeaderSize ||
        size - kObjectHeaderSize > reader.remaining()) {
      return DoesNotFit(offset);
    }
    const Bytes body =
        reader.Take(static_cast<std::size_t>(size) - kObjectHeaderSize);
    nodes.push_back(MakeNode(id, offset, body));
  }
  return nodes;
}

/// Moves what is in the extension's body into nodes of their own.
Result<void> OpenExtension(HeaderNode& node, HeaderTree& tree) {
  if (node.body.size() < kExtensionFixed) return DoesNotFit(node.offset);
  Result<std::vector<HeaderNode>> inner =
      ReadNodes(Bytes(node.body).subspan(kExtensionFixed),
                node.offset + kObjectHeaderSize + kExtensionFixed);
  if (!inner) return inner.error();
  tree.extension = std::move(*inner);
  tree.extension_data_size =
      static_cast<std::uint32_t>(node.Get(kExtensionReserved, 4));
  node.body.resize(kExtensionReserved);
  return {};
}

std::size_t SizeOf(const std::vector<HeaderNode>& nodes) {
  std::size_t size = 0;
  for (const HeaderNode& node : nodes)
    size += node.size();
  return size;
}

void WriteNode(ByteWriter& writer, const HeaderNode& node,
               std::uint64_t stated_size) {
  writer.Append(node.id);
  writer.U64(stated_size);
  writer.Append(node.body);
}

void WriteExtension(ByteWriter& writer, const HeaderNode& node,
                    const std::vector<HeaderNode>& inner) {
  const std::size_t size = SizeOf(inner);
  WriteNode(writer, node, kObjectHeaderSize + kExtensionFixed + size);
  writer.U32(static_cast<std::uint32_t>(size));
  for (const HeaderNode& object : inner)
    WriteNode(writer, object, object.size());
}

HeaderNode* FindIn(std::vector<HeaderNode>& nodes, const Guid& id) {
  for (HeaderNode& node : nodes) {
    if (node.id == id) return &node;
  }
  return nullptr;
}

}  // namespace

std::size_t HeaderNode::size() const {
  return kObjectHeaderSize + body.size();
}

HeaderNode* HeaderTree::Find(const Guid& id) {
  return FindIn(objects, id);
}

HeaderNode* HeaderTree::FindInExtension(const Guid& id) {
  return FindIn(extension, id);
}

const HeaderNode* HeaderTree::FindExtended(std::uint8_t stream) const {
  for (const HeaderNode& node : extension) {
    if (node.id == kExtendedStreamProperties &&
        node.body.size() >= ExtendedFields::kSize &&
        node.Get(ExtendedFields::kStream, 2) == stream) {
      return &node;
    }
  }
  return nullptr;
}

HeaderNode* HeaderTree::FindExtended(std::uint8_t stream) {
  return const_cast<HeaderNode*>(std::as_const(*this).FindExtended(stream));
}

std::size_t HeaderTree::size() const {
  std::size_t size = kHeaderObjectFixedSize + SizeOf(objects) + data.size();
  for (const HeaderNode& node : objects) {
    // Only the first has been opened.
    if (node.id != kHeaderExtension) continue;
    return size + 4 + SizeOf(extension);
  }
  return size;
}

Result<HeaderTree> ReadHeaderTree(Bytes header) {
  HeaderTree tree;
  ByteReader reader(header);
  reader.Take(kObjectHeaderSize);
  tree.object_count = reader.U32();
  tree.reserved1 = reader.U8();
  tree.reserved2 = reader.U8();
  const std::size_t end = header.size() - kDataObjectHeaderSize;
  Result<std::vector<HeaderNode>> nodes = ReadNodes(
      header.first(end).subspan(reader.offset()), kHeaderObjectFixedSize);
  if (!nodes) return nodes.error();
  tree.objects = std::move(*nodes);
  const Bytes data = header.subspan(end);
  tree.data = MakeNode(data.first(16), end, data.subspan(kObjectHeaderSize));
  tree.data_object_size = LoadLe(data.data() + 16, 8);
  if (HeaderNode* node = tree.Find(kHeaderExtension); node != nullptr) {
    const Result<void> opened = OpenExtension(*node, tree);
    if (!opened) return opened.error();
  }
  return tree;
}

std::vector<std::uint8_t> WriteHeaderTree(const HeaderTree& tree) {
  std::vector<std::uint8_t> out;
  out.reserve(tree.size());
  ByteWriter writer(out);
  writer.Append(kHeaderObject);
  writer.U64(tree.size() - tree.data.size());
  writer.U32(tree.object_count);
  writer.U8(tree.reserved1);
  writer.U8(tree.reserved2);
  bool extension_written = false;
  for (const HeaderNode& node : tree.objects) {
    if (node.id == kHeaderExtension && !extension_written) {
      extension_written = true;
      WriteExtension(writer, node, tree.extension);
    } else {
      WriteNode(writer, node, node.size());
    }
  }
  WriteNode(writer, tree.data, tree.data_object_size);
  return out;
}

std::string ObjectName(const Guid& id) {
  for (const Name& known : kNames) {
    if (known.id == id) return std::string(known.name);
  }
  constexpr char kDigits[] = "0123456789ABCDEF";
  // The first three fields of a GUID are numbers, lowest byte first.
  constexpr int kOrder[] = {3,  2, 1, 0,  -1, 5,  4,  -1, 7,  6,
                            -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
  std::string text = "object ";
  for (const int at : kOrder) {
    if (at < 0) {
      text += '-';
    } else {
      text += kDigits[id[at] >> 4];
      text += kDigits[id[at] & 15];
    }
  }
  return text;
}

}  // namespace wms::asf
