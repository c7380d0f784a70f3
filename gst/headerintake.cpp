// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "headerintake.h"

#include "glib/ref.h"

#include <algorithm>
#include <utility>

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_sink_debug);
#define GST_CAT_DEFAULT gst_wms_push_sink_debug

namespace wms::gst {
namespace {

/// A tag's first value; empty when it is not there.
std::string TextOf (const GstTagList* tags, const char* name) {
  gchar* text = nullptr;
  if (!gst_tag_list_get_string (tags, name, &text)) return {};
  const glib::Chars owned (text);
  return text;
}

bool Has (const GstTagList* tags, const char* name) {
  return gst_tag_list_get_tag_size (tags, name) > 0;
}

void Take (std::string& text, const GstTagList* tags, const char* name) {
  std::string found = TextOf (tags, name);
  if (!found.empty ()) text = std::move (found);
}

bool IsMedia (const asf::Stream& stream) {
  return stream.type != asf::StreamType::kOther;
}

}  // namespace

void HeaderIntake::Reset (const Options& options) {
  options_ = options;
  description_ = {};
  audio_bitrate_ = 0;
  video_bitrate_ = 0;
  other_bitrate_ = 0;
  source_.clear ();
  repaired_.clear ();
  Flush ();
  meter_.reset ();
}

void HeaderIntake::Flush () {
  measured_.clear ();
  if (meter_) meter_.emplace ();
}

void HeaderIntake::TakeTags (const GstTagList* tags) {
  Take (description_.title, tags, GST_TAG_TITLE);
  Take (description_.author, tags, GST_TAG_ARTIST);
  Take (description_.copyright, tags, GST_TAG_COPYRIGHT);
  Take (description_.description, tags, GST_TAG_DESCRIPTION);
  guint bitrate = 0;
  if (!gst_tag_list_get_uint (tags, GST_TAG_NOMINAL_BITRATE, &bitrate) ||
      bitrate == 0) {
    gst_tag_list_get_uint (tags, GST_TAG_BITRATE, &bitrate);
  }
  if (bitrate == 0) return;
  const bool audio = Has (tags, GST_TAG_AUDIO_CODEC);
  const bool video = Has (tags, GST_TAG_VIDEO_CODEC);
  if (audio == video) {
    other_bitrate_ = bitrate;
  } else {
    (audio ? audio_bitrate_ : video_bitrate_) = bitrate;
  }
}

bool HeaderIntake::IsSame (Bytes header) const {
  return std::equal (header.begin (), header.end (), source_.begin (),
                     source_.end ());
}

Result<bool> HeaderIntake::TakeHeader (Bytes header) {
  // The same header comes in the caps and once more in front of the packets.
  if (IsSame (header)) return !measuring ();
  const Result<asf::Header> parsed = asf::ParseHeader (header, strictness ());
  if (!parsed) return parsed.error ();
  const Result<void> fits = CheckPacketSize (*parsed);
  if (!fits) return fits.error ();
  source_.assign (header.begin (), header.end ());
  if (!options_.repair) {
    repaired_ = source_;
    return true;
  }
  Result<asf::RepairedHeader> repaired = Repair ();
  if (!repaired) return repaired.error ();
  if (repaired->unknown_bitrates.empty ()) {
    Use (std::move (*repaired));
    return true;
  }
  GST_INFO_OBJECT (object_,
                   "neither header, tags nor the property bitrate tell all "
                   "bitrates: measuring the first packets");
  meter_.emplace ();
  return false;
}

Result<bool> HeaderIntake::Measure (Bytes packet, GstBuffer* buffer) {
  const Result<void> added = meter_->Add (packet);
  if (!added) return added.error ();
  MeasuredPacket measured;
  measured.bytes.assign (packet.begin (), packet.end ());
  measured.times.reset (gst_buffer_new ());
  gst_buffer_copy_into (measured.times.get (), buffer, GST_BUFFER_COPY_METADATA,
                        0, 0);
  measured_.push_back (std::move (measured));
  return meter_->done ();
}

Result<std::vector<HeaderIntake::MeasuredPacket>>
HeaderIntake::EndMeasuring () {
  Result<asf::RepairedHeader> repaired = Repair ();
  if (!repaired) return repaired.error ();
  for (const auto& [number, figures] : meter_->Figures ()) {
    GST_INFO_OBJECT (object_,
                     "stream %u has %u bit/s, measured over %" G_GSIZE_FORMAT
                     " packets, %" G_GUINT64_FORMAT " ms",
                     number, figures.bitrate, meter_->packets (),
                     meter_->media_ms ());
  }
  meter_.reset ();
  Use (std::move (*repaired));
  return std::exchange (measured_, {});
}

Result<void> HeaderIntake::CheckPacketSize (const asf::Header& parsed) const {
  const guint limit = options_.max_packet_size;
  if (limit == 0 || parsed.packet_size <= limit) return {};
  return Error{HResult::NS_E_INVALID_DATA, Fault::kLocal,
               "the data packets have " + std::to_string (parsed.packet_size) +
                   " bytes, and max-packet-size allows " +
                   std::to_string (limit) +
                   ": set packet-size of asfmux to that or less"};
}

asf::RepairHints HeaderIntake::Hints (const asf::Header& parsed) const {
  asf::RepairHints hints;
  hints.description = description_;
  hints.total_bitrate = options_.bitrate;
  if (meter_) hints.streams = meter_->Figures ();
  const auto count = [&parsed] (asf::StreamType type) {
    return std::count_if (
        parsed.streams.begin (), parsed.streams.end (),
        [type] (const asf::Stream& s) { return s.type == type; });
  };
  const auto media =
      std::count_if (parsed.streams.begin (), parsed.streams.end (), IsMedia);
  for (const asf::Stream& stream : parsed.streams) {
    // Tags do not say which of several streams they are of.
    if (!IsMedia (stream) || count (stream.type) > 1) continue;
    guint bitrate = stream.type == asf::StreamType::kAudio ? audio_bitrate_
                                                           : video_bitrate_;
    if (bitrate == 0 && media == 1) bitrate = other_bitrate_;
    if (bitrate != 0) hints.streams[stream.number].bitrate = bitrate;
  }
  if (media > 1 && other_bitrate_ != 0) hints.total_bitrate = other_bitrate_;
  return hints;
}

Result<asf::RepairedHeader> HeaderIntake::Repair () {
  const Result<asf::Header> parsed = asf::ParseHeader (source_, strictness ());
  if (!parsed) return parsed.error ();
  return asf::RepairHeader (source_, Hints (*parsed));
}

void HeaderIntake::Use (asf::RepairedHeader repaired) {
  if (repaired.encrypted) {
    GST_INFO_OBJECT (object_,
                     "the content is protected: its header is left as it is");
  }
  for (const asf::Finding& finding : repaired.findings)
    GST_INFO_OBJECT (object_, "%s", asf::Describe (finding).c_str ());
  repaired_ = std::move (repaired.bytes);
}

}  // namespace wms::gst
