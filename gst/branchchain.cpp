// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "branchchain.h"

#include "glib/ref.h"

#include <gst/pbutils/missing-plugins.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace wms::gst {
namespace {

/// An encoder whose output asfmux takes.
struct Encoder {
  const char* factory;
  guint bitrate_unit;  // of its property, in bit/s
  bool has_target;     // has to be told to keep to the bitrate
};

/// What all encoders of audio take: sampling rates are those of Windows Media.
constexpr const char* kAudioInput =
    "audio/x-raw, channels=[1,2], "
    "rate={44100,48000,32000,22050,16000,11025,8000}";

// In the order of preference.
constexpr std::array kVideoEncoders{
    Encoder{"avenc_wmv2", 1, false},
    Encoder{"avenc_wmv1", 1, false},
};
constexpr std::array kAudioEncoders{
    Encoder{"avenc_wmav2", 1, false},
    Encoder{"avenc_wmav1", 1, false},
    Encoder{"lamemp3enc", 1000, true},
};

/// Seconds from one key frame to the next, so long as nobody asks for one: a
/// player that joins waits for it.
constexpr gint kKeyFrameSeconds = 2;
constexpr gint kUsualFrameRate = 25;

std::span<const Encoder> Encoders (MediaKind kind) {
  if (kind == MediaKind::kVideo) return kVideoEncoders;
  return kAudioEncoders;
}

void ReportMissing (GstElement* reporter, const char* factory,
                    const std::string& text) {
  gst_element_post_message (
      reporter, gst_missing_element_message_new (reporter, factory));
  GST_ELEMENT_ERROR (reporter, CORE, MISSING_PLUGIN, ("%s", text.c_str ()),
                     ("no element %s", factory));
}

/// The best encoder there is; null after an error.
const Encoder* ChooseEncoder (GstElement* reporter, MediaKind kind) {
  const std::span<const Encoder> encoders = Encoders (kind);
  std::string names;
  for (const Encoder& encoder : encoders) {
    using Factory =
        std::unique_ptr<GstElementFactory, glib::Deleter<gst_object_unref>>;
    if (Factory (gst_element_factory_find (encoder.factory))) return &encoder;
    names += (names.empty () ? "" : ", ") + std::string (encoder.factory);
  }
  ReportMissing (reporter, encoders.front ().factory,
                 std::string ("There is no encoder for ") +
                     (kind == MediaKind::kVideo ? "video" : "audio") +
                     ". Install one of " + names +
                     " (gst-libav has them), or give an encoded stream");
  return nullptr;
}

/// A whole number of key frame intervals at the frame rate of @a caps.
gint KeyFrameDistance (const GstCaps* caps) {
  gint numerator = 0;
  gint denominator = 1;
  gst_structure_get_fraction (gst_caps_get_structure (caps, 0), "framerate",
                              &numerator, &denominator);
  const gint rate = numerator > 0 ? numerator / denominator : kUsualFrameRate;
  return kKeyFrameSeconds * std::max (rate, 1);
}

GstElement* MakeEncoder (GstElement* reporter, const Encoder& encoder,
                         MediaKind kind, const GstCaps* caps, guint bitrate) {
  GstElement* element = MakeOrReport (reporter, encoder.factory, "encoder");
  if (element == nullptr) return nullptr;
  const std::string rate =
      std::to_string (std::max (bitrate / encoder.bitrate_unit, 1U));
  gst_util_set_object_arg (G_OBJECT (element), "bitrate", rate.c_str ());
  if (kind == MediaKind::kVideo) {
    g_object_set (element, "gop-size", KeyFrameDistance (caps), nullptr);
  }
  if (encoder.has_target) {
    gst_util_set_object_arg (G_OBJECT (element), "target", "bitrate");
    g_object_set (element, "cbr", TRUE, nullptr);
  }
  return element;
}

/// The size of the video, once and for all: the header of the stream states
/// it, so that pictures of another size are scaled to that of the first. Pixels
/// are made square, since ASF as asfmux writes it has no other.
CapsPtr FixedSize (const GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure (caps, 0);
  gint width = 0;
  gint height = 0;
  gint par_n = 1;
  gint par_d = 1;
  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  gst_structure_get_fraction (structure, "pixel-aspect-ratio", &par_n, &par_d);
  width = static_cast<gint> (
      gst_util_uint64_scale_int (static_cast<guint64> (width), par_n, par_d));
  // The pictures of 4:2:0 have even sides.
  const gint even_width = std::max (width & ~1, 2);
  const gint even_height = std::max (height & ~1, 2);
  return CapsPtr (gst_caps_new_simple (
      "video/x-raw", "width", G_TYPE_INT, even_width, "height", G_TYPE_INT,
      even_height, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr));
}

GstElement* MakeFilter (GstElement* reporter, const GstCaps* caps) {
  GstElement* filter = MakeOrReport (reporter, "capsfilter", nullptr);
  if (filter != nullptr) g_object_set (filter, "caps", caps, nullptr);
  return filter;
}

std::vector<GstElement*> EncodingElements (GstElement* reporter, MediaKind kind,
                                           const GstCaps* caps, guint bitrate) {
  const Encoder* encoder = ChooseEncoder (reporter, kind);
  if (encoder == nullptr) return {nullptr};
  const bool video = kind == MediaKind::kVideo;
  const CapsPtr input =
      video ? FixedSize (caps) : CapsPtr (gst_caps_from_string (kAudioInput));
  return {
      MakeOrReport (reporter, video ? "videoconvert" : "audioconvert", nullptr),
      MakeOrReport (reporter, video ? "videoscale" : "audioresample", nullptr),
      MakeFilter (reporter, input.get ()),
      MakeEncoder (reporter, *encoder, kind, caps, bitrate),
  };
}

/// Takes all of @a elements, or drops them.
bool AddAll (GstBin* bin, const std::vector<GstElement*>& elements) {
  bool complete = true;
  for (GstElement* element : elements)
    complete = complete && element != nullptr;
  for (GstElement* element : elements) {
    if (element == nullptr) continue;
    if (complete) {
      gst_bin_add (bin, element);
    } else {
      gst_object_unref (gst_object_ref_sink (element));
    }
  }
  return complete;
}

GstPad* PadOf (GstElement* element, const char* name) {
  GstPad* pad = gst_element_get_static_pad (element, name);
  gst_object_unref (pad);  // The element has it as long as it lives.
  return pad;
}

}  // namespace

const char* AcceptedCaps (MediaKind kind) {
  // The first is what the encoders take: a source that can choose saves the
  // conversion.
  if (kind == MediaKind::kVideo) {
    return "video/x-raw, format=(string)I420; video/x-raw; "
           "video/x-wmv, wmvversion=(int)[1,3]";
  }
  return "audio/x-raw, layout=(string)interleaved; audio/x-raw; "
         "audio/x-wma, wmaversion=(int)[1,3]; "
         "audio/mpeg, mpegversion=(int)1, layer=(int)3, channels=(int)[1,2], "
         "rate=(int)[8000,96000]";
}

GstElement* MakeOrReport (GstElement* reporter, const char* factory,
                          const char* name) {
  GstElement* element = gst_element_factory_make (factory, name);
  if (element == nullptr) {
    ReportMissing (reporter, factory,
                   std::string ("The element ") + factory +
                       " is missing: install the plugin that has it");
  }
  return element;
}

BranchChain MakeChain (GstBin* bin, GstElement* reporter, MediaKind kind,
                       const GstCaps* caps, guint bitrate) {
  const GstStructure* structure = gst_caps_get_structure (caps, 0);
  std::vector<GstElement*> elements;
  BranchChain chain;
  if (gst_structure_has_name (structure, "video/x-raw") ||
      gst_structure_has_name (structure, "audio/x-raw")) {
    elements = EncodingElements (reporter, kind, caps, bitrate);
    chain.encodes = true;
  } else if (gst_structure_has_name (structure, "audio/mpeg")) {
    // Frame by frame, each with its time.
    elements = {MakeOrReport (reporter, "mpegaudioparse", nullptr)};
  }
  chain.complete = AddAll (bin, elements);
  if (!chain.complete || elements.empty ()) return chain;
  for (std::size_t i = 1; i < elements.size (); ++i) {
    gst_element_link (elements[i - 1], elements[i]);
  }
  // The first one last, so that what it gets finds all others ready.
  for (std::size_t i = elements.size (); i > 0; --i) {
    gst_element_sync_state_with_parent (elements[i - 1]);
  }
  chain.sink = PadOf (elements.front (), "sink");
  chain.src = PadOf (elements.back (), "src");
  return chain;
}

}  // namespace wms::gst
