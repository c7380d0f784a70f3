// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * SECTION:element-wmspushbin
 * @title: wmspushbin
 * @short_description: encodes and pushes streams to a Windows Media server
 *
 * All that belongs to a push in one element: encoders, asfmux and #wmspushsink,
 * as IWMWriter and its push sink are together in the Windows Media Format SDK.
 * Use it to broadcast cameras, screens, or whatever else can be decoded.
 *
 * ## Streams
 *
 * Each stream has a request pad, `video_%u` or `audio_%u`. Raw streams are
 * encoded, video as WMV 8 (avenc_wmv2) and audio as WMA 2 (avenc_wmav2), at
 * #wmspushbin:video-bitrate and #wmspushbin:audio-bitrate. WMV, WMA and MP3 are
 * sent as they are. Timestamps may start anywhere: the streams are brought
 * together by running time.
 *
 * The size of encoded video is that of the first picture; later ones are
 * scaled to it. ASF states in its header what streams there are, so pads are
 * requested before data flows; later requests fail. A pad that is released ends
 * its stream, while the others go on; when all have ended, so does the push. A
 * pad that is released before its stream has begun leaves a stream without data
 * in the header, unless that is in READY or NULL.
 *
 * ## Latency
 *
 * With #wmspushbin:latency `low`, packets are of 1400 bytes and players buffer
 * 1 s; with `smooth` they are of 4800 bytes and players buffer 5 s. The time
 * that frames wait in encoders and muxer is part of the latency of a live
 * pipeline, so that packets leave evenly; with `low`, less of it is.
 *
 * ## Children
 *
 * The push sink is the child "sink", whose properties are set by
 * #GstChildProxy, and #wmspushbin:push-sink. Its messages ("wms-push-status")
 * reach the bus. Where an element is missing, the "missing-plugin" message
 * comes before the error.
 *
 * ## Example launch lines
 *
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true ! wmspushbin name=push
 * location=http://127.0.0.1:8080/live audiotestsrc is-live=true ! push.
 * ]| Pushes a test picture and a tone.
 *
 * |[
 * gst-launch-1.0 -e v4l2src ! wmspushbin latency=low video-bitrate=1000000
 * location=http://127.0.0.1:8080/camera sink::retries=-1
 * ]| Pushes a camera with a low delay, and never gives up when the connection
 * is lost.
 *
 * Since: 0.1
 */

#include "gstwmspushbin.h"

#include "pushassembly.h"

#include <algorithm>
#include <string>

GST_DEBUG_CATEGORY (gst_wms_push_bin_debug);
#define GST_CAT_DEFAULT gst_wms_push_bin_debug

namespace {

using wms::gst::LatencyMode;
using wms::gst::MediaKind;
using wms::gst::PushAssembly;
using wms::gst::PushBinSettings;

enum Property : guint {
  kPropLocation = 1,
  kPropVideoBitrate,
  kPropAudioBitrate,
  kPropLatency,
  kPropPushSink,
};

/// Limits of the bitrates, in bit/s.
constexpr guint kMinBitrate = 1000;
constexpr guint kMaxBitrate = 100000000;

const GEnumValue kLatencyModes[] = {
    {static_cast<gint> (LatencyMode::kLow),
     "Packets of 1400 bytes, players buffer 1 s", "low"},
    {static_cast<gint> (LatencyMode::kSmooth),
     "Packets of 4800 bytes, players buffer 5 s", "smooth"},
    {0, nullptr, nullptr},
};

/// GstWmsPushBinLatency.
GType LatencyType () {
  static const GType type =
      g_enum_register_static ("GstWmsPushBinLatency", kLatencyModes);
  return type;
}

}  // namespace

struct GstWmsPushBinPrivate {
  explicit GstWmsPushBinPrivate (GstWmsPushBin* self)
      : assembly (GST_BIN (self)) {}

  PushBinSettings settings;  // under the object lock
  guint next_video = 0;      // under the object lock
  guint next_audio = 0;      // under the object lock
  PushAssembly assembly;
};

struct _GstWmsPushBin {
  GstBin parent;
  // All that is C++: GObject runs no constructors.
  GstWmsPushBinPrivate* priv;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstWmsPushBin, gst_wms_push_bin, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (gst_wms_push_bin_debug, "wmspushbin", 0,
                             "encoders, muxer and Windows Media push sink"))
GST_ELEMENT_REGISTER_DEFINE (wmspushbin, "wmspushbin", GST_RANK_NONE,
                             GST_TYPE_WMS_PUSH_BIN);

namespace {

PushBinSettings CopySettings (GstWmsPushBin* self) {
  GST_OBJECT_LOCK (self);
  const PushBinSettings settings = self->priv->settings;
  GST_OBJECT_UNLOCK (self);
  return settings;
}

void SetProperty (GObject* object, guint id, const GValue* value,
                  GParamSpec* pspec) noexcept {
  auto* self = GST_WMS_PUSH_BIN (object);
  if (id == kPropLocation) {
    g_object_set_property (G_OBJECT (self->priv->assembly.sink ()), "location",
                           value);
    return;
  }
  GST_OBJECT_LOCK (self);
  PushBinSettings& settings = self->priv->settings;
  switch (id) {
    case kPropVideoBitrate:
      settings.video_bitrate = g_value_get_uint (value);
      break;
    case kPropAudioBitrate:
      settings.audio_bitrate = g_value_get_uint (value);
      break;
    case kPropLatency:
      settings.latency = static_cast<LatencyMode> (g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

void GetProperty (GObject* object, guint id, GValue* value,
                  GParamSpec* pspec) noexcept {
  auto* self = GST_WMS_PUSH_BIN (object);
  const PushBinSettings settings = CopySettings (self);
  switch (id) {
    case kPropLocation:
      g_object_get_property (G_OBJECT (self->priv->assembly.sink ()),
                             "location", value);
      break;
    case kPropVideoBitrate:
      g_value_set_uint (value, settings.video_bitrate);
      break;
    case kPropAudioBitrate:
      g_value_set_uint (value, settings.audio_bitrate);
      break;
    case kPropLatency:
      g_value_set_enum (value, static_cast<gint> (settings.latency));
      break;
    case kPropPushSink:
      g_value_set_object (value, self->priv->assembly.sink ());
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

void Finalize (GObject* object) noexcept {
  delete GST_WMS_PUSH_BIN (object)->priv;
  G_OBJECT_CLASS (gst_wms_push_bin_parent_class)->finalize (object);
}

/// Name of the next pad, or @a wanted if that is one of @a prefix.
std::string PadName (GstWmsPushBin* self, const std::string& prefix,
                     guint& next, const gchar* wanted) {
  GST_OBJECT_LOCK (self);
  guint number = next;
  if (wanted != nullptr && g_str_has_prefix (wanted, prefix.c_str ())) {
    number = static_cast<guint> (
        g_ascii_strtoull (wanted + prefix.size (), nullptr, 10));
  }
  next = std::max (next, number + 1);
  GST_OBJECT_UNLOCK (self);
  return prefix + std::to_string (number);
}

bool HasPad (GstElement* element, const std::string& name) {
  GstPad* pad = gst_element_get_static_pad (element, name.c_str ());
  if (pad != nullptr) gst_object_unref (pad);
  return pad != nullptr;
}

GstPad* RequestNewPad (GstElement* element, GstPadTemplate* templ,
                       const gchar* wanted, const GstCaps* /*caps*/) noexcept {
  auto* self = GST_WMS_PUSH_BIN (element);
  GstWmsPushBinPrivate& priv = *self->priv;
  const bool video =
      g_str_has_prefix (GST_PAD_TEMPLATE_NAME_TEMPLATE (templ), "video");
  const std::string name =
      video ? PadName (self, "video_", priv.next_video, wanted)
            : PadName (self, "audio_", priv.next_audio, wanted);
  if (HasPad (element, name)) {
    GST_WARNING_OBJECT (self, "there is a %s already", name.c_str ());
    return nullptr;
  }
  GstPad* target =
      priv.assembly.Add (video ? MediaKind::kVideo : MediaKind::kAudio,
                         name.c_str (), CopySettings (self));
  if (target == nullptr) {
    GST_WARNING_OBJECT (self, "no %s: the stream has begun", name.c_str ());
    return nullptr;
  }
  GstPad* pad = gst_ghost_pad_new_from_template (name.c_str (), target, templ);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);
  return pad;
}

void ReleasePad (GstElement* element, GstPad* pad) noexcept {
  GstPad* target = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
  if (target != nullptr) {
    GST_WMS_PUSH_BIN (element)->priv->assembly.Remove (target);
    gst_object_unref (target);
  }
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

GstStateChangeReturn ChangeState (GstElement* element,
                                  GstStateChange transition) noexcept {
  auto* self = GST_WMS_PUSH_BIN (element);
  PushAssembly& assembly = self->priv->assembly;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED &&
      !assembly.Open (CopySettings (self))) {
    assembly.Close ();
    return GST_STATE_CHANGE_FAILURE;
  }
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS (gst_wms_push_bin_parent_class)
          ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED &&
       result == GST_STATE_CHANGE_FAILURE)) {
    assembly.Close ();
  }
  return result;
}

void InstallProperties (GObjectClass* klass) {
  const auto flags = static_cast<GParamFlags> (
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  g_object_class_install_property (
      klass, kPropLocation,
      g_param_spec_string ("location", "Location",
                           "URL of the publishing point, "
                           "http://[USER:PASSWORD@]HOST[:PORT]/NAME; reads "
                           "back without user and password",
                           nullptr, flags));
  g_object_class_install_property (
      klass, kPropVideoBitrate,
      g_param_spec_uint ("video-bitrate", "Video bitrate",
                         "Bitrate to encode each video stream at, in bit/s",
                         kMinBitrate, kMaxBitrate,
                         PushBinSettings::kDefaultVideoBitrate, flags));
  g_object_class_install_property (
      klass, kPropAudioBitrate,
      g_param_spec_uint ("audio-bitrate", "Audio bitrate",
                         "Bitrate to encode each audio stream at, in bit/s",
                         kMinBitrate, kMaxBitrate,
                         PushBinSettings::kDefaultAudioBitrate, flags));
  g_object_class_install_property (
      klass, kPropLatency,
      g_param_spec_enum ("latency", "Latency",
                         "Whether packets and the buffers of players are small "
                         "or large",
                         LatencyType (),
                         static_cast<gint> (LatencyMode::kSmooth), flags));
  g_object_class_install_property (
      klass, kPropPushSink,
      g_param_spec_object ("push-sink", "Push sink",
                           "The wmspushsink inside, also the child \"sink\"",
                           GST_TYPE_ELEMENT,
                           static_cast<GParamFlags> (G_PARAM_READABLE |
                                                     G_PARAM_STATIC_STRINGS)));
}

void AddPadTemplate (GstElementClass* klass, const char* name, MediaKind kind) {
  const wms::gst::CapsPtr caps (
      gst_caps_from_string (wms::gst::AcceptedCaps (kind)));
  gst_element_class_add_pad_template (
      klass,
      gst_pad_template_new (name, GST_PAD_SINK, GST_PAD_REQUEST, caps.get ()));
}

}  // namespace

static void gst_wms_push_bin_class_init (GstWmsPushBinClass* klass) {
  auto* object_class = G_OBJECT_CLASS (klass);
  object_class->set_property = SetProperty;
  object_class->get_property = GetProperty;
  object_class->finalize = Finalize;
  InstallProperties (object_class);

  auto* element_class = GST_ELEMENT_CLASS (klass);
  element_class->change_state = ChangeState;
  element_class->request_new_pad = RequestNewPad;
  element_class->release_pad = ReleasePad;
  AddPadTemplate (element_class, "video_%u", MediaKind::kVideo);
  AddPadTemplate (element_class, "audio_%u", MediaKind::kAudio);
  gst_element_class_set_static_metadata (
      element_class, "Windows Media push bin",
      "Codec/Encoder/Muxer/Sink/Network/Bin",
      "Encodes streams and pushes them to a publishing point on a Windows "
      "Media server, as IWMWriter does with its push sink [MS-WMHTTP]",
      "The gst-wmspush authors");
  gst_type_mark_as_plugin_api (LatencyType (),
                               static_cast<GstPluginAPIFlags> (0));
}

static void gst_wms_push_bin_init (GstWmsPushBin* self) {
  self->priv = new GstWmsPushBinPrivate (self);
  // Without a stream it is a sink, too.
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}
