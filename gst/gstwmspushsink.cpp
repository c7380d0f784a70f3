// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * SECTION:element-wmspushsink
 * @title: wmspushsink
 * @short_description: pushes an ASF stream to a Windows Media server
 *
 * Sends the output of asfmux to a publishing point on a Windows Media server,
 * by the Windows Media HTTP Push Distribution Protocol [MS-WMHTTP]: what
 * IWMWriterPushSink of the Windows Media Format SDK does on Windows. Use it to
 * feed a broadcast publishing point, a PeerCast node, or anything else that
 * Windows Media Encoder can push to.
 *
 * ## States
 *
 * The element connects when it goes from READY to PAUSED, without blocking
 * the state change unless #wmspushsink:async-connect is off. At EOS it tells
 * the server that the stream has ended, and waits for the connection to close
 * before it posts EOS; going back to READY before that does the same, or just
 * disconnects when #wmspushsink:end-session-on-stop is off.
 *
 * ## Header
 *
 * With #wmspushsink:repair-header the header of the stream becomes what
 * Microsoft's encoders push: that of a broadcast, with bitrates, a list of
 * codecs, and whatever else asfmux leaves out. What is right stays as it is;
 * log lines of the level INFO say what does not. Bitrates are those of the
 * header, of tags, of #wmspushsink:bitrate, or are measured over the first two
 * seconds of packets, which wait meanwhile.
 *
 * ## Pacing
 *
 * With #GstBaseSink:sync packets leave when the send time inside them is due,
 * not by the timestamps of buffers, so that a file is sent in real time too.
 * The encoders avenc_wmv1 and avenc_wmv2 start their timestamps at 1000 hours,
 * which asfmux writes into the packets: #wmspushsink:fix-timing takes them out,
 * and other constant offsets between streams, where the order of packets allows
 * it. Beside another stream asfmux makes an order that does not, which is an
 * error: `identity single-segment=true` behind such an encoder is the cure.
 *
 * ## Authentication
 *
 * A server that asks gets the best answer that #wmspushsink:auth-schemes
 * allows: Kerberos, Digest, NTLM. Basic, which sends the password in clear
 * text, has to be asked for.
 *
 * ## Messages
 *
 * Each status of the push is an element message with the structure
 * "wms-push-status":
 *
 * * `status` (GstWmsPushStatus): locating, connecting, opened, started,
 *   source-switch, reconnect-start, reconnect-end, end-of-streaming, stopped,
 *   closed, or error
 * * `hresult` (guint) and `hresult-name` (string): S_OK, or what went wrong
 * * `message` (string): the same for people, and what to do about it
 * * `location` (string): the publishing point, without user and password
 * * `http-status` (guint): of the response that caused it, if there is one
 * * `running-time` (guint64): when it came about, in nanoseconds
 * * `bytes-sent`, `packets-sent` (guint64): in this session until then
 * * `attempt` (guint), of reconnect-start and -end: which attempt to connect
 *   again it is or was
 * * `resumed` (gboolean), of reconnect-end: the server had kept the session;
 *   otherwise another one has begun
 *
 * A failure is an ERROR message too, whose details carry the same fields.
 * Connecting and closing post PROGRESS messages with the codes "connect" and
 * "close".
 *
 * ## Losing the connection
 *
 * With #wmspushsink:reconnect the element connects again and goes on where it
 * was; the stream waits meanwhile, and a `queue` in front of the element
 * decides what is kept. It posts a WARNING when that begins, and an ERROR when
 * it has given up after #wmspushsink:retries attempts. When another session had
 * to begin, it asks the encoder for a key frame.
 *
 * ## Example launch lines
 *
 * |[
 * wms-publishing-point --port 8080
 * ]| The publishing point of this project, for the lines below; any Windows
 * Media server does as well.
 *
 * |[
 * gst-launch-1.0 -m videotestsrc is-live=true ! videoconvert ! avenc_wmv2
 * bitrate=500000 ! identity single-segment=true ! queue ! asfmux name=mux
 * streamable=true ! wmspushsink location=http://127.0.0.1:8080/live
 * audiotestsrc is-live=true ! audioconvert ! avenc_wmav2 ! identity
 * single-segment=true ! queue ! mux.
 * ]| Pushes a test picture and a tone, and prints the status messages. Play it
 * with `ffplay http://127.0.0.1:8080/live`.
 *
 * |[
 * gst-launch-1.0 filesrc location=movie.wmv ! wmspushsink
 * location=http://127.0.0.1:8080/live auto-destroy=true
 * ]| Pushes a file in real time; the publishing point goes when it has ended.
 *
 * |[
 * gst-launch-1.0 audiotestsrc is-live=true ! audioconvert ! avenc_wmav2
 * bitrate=64000 ! asfmux streamable=true packet-size=1400 ! wmspushsink
 * location=wmspush://127.0.0.1:8080/radio
 * ]| Audio alone, in small packets for a low delay, by the element's own URI.
 */

#include "gstwmspushsink.h"

#include "clocktimer.h"
#include "gstwmspushmessages.h"
#include "gstwmspushsettings.h"
#include "gstwmspushsignals.h"
#include "gstwmspushuri.h"
#include "pausewatch.h"
#include "statusbridge.h"
#include "streamfeeder.h"
#include "wmspush.h"

#include <memory>
#include <mutex>
#include <string>

GST_DEBUG_CATEGORY (gst_wms_push_sink_debug);
#define GST_CAT_DEFAULT gst_wms_push_sink_debug

namespace {

using wms::Failed;
using wms::HResult;
using wms::gst::Settings;

/// How often a connection on which nothing is sent is looked at. The kernel
/// finds a silent server within #wmspushsink:timeout.
constexpr GstClockTime kCheckInterval = GST_SECOND;

/// GST_OBJECT_LOCK as a lock of the standard library.
class ObjectLock {
 public:
  explicit ObjectLock (gpointer object) : object_ (GST_OBJECT (object)) {
    GST_OBJECT_LOCK (object_);
  }
  ~ObjectLock () { GST_OBJECT_UNLOCK (object_); }
  ObjectLock (const ObjectLock&) = delete;
  ObjectLock& operator= (const ObjectLock&) = delete;

 private:
  GstObject* object_;
};

}  // namespace

struct GstWmsPushSinkPrivate {
  explicit GstWmsPushSinkPrivate (GstWmsPushSink* self)
      : bridge (std::make_shared<wms::gst::StatusBridge> (
            GST_ELEMENT (self), wms::gst::EmitAcquireCredentials)),
        push_sink (wms::CreateWriterPushSink ()),
        feeder (GST_BASE_SINK (self), *push_sink) {
    push_sink->Advise (bridge, nullptr);
    push_sink->SetCredentialCallback (bridge);
    push_sink->SetLogHook (
        [bridge = bridge] (wms::LogLevel level, std::string_view line) {
          bridge->Log (level, line);
        });
  }

  Settings settings;  // under the object lock
  const std::shared_ptr<wms::gst::StatusBridge> bridge;
  const std::unique_ptr<wms::WriterPushSink> push_sink;
  wms::gst::StreamFeeder feeder;     // streaming thread
  wms::gst::PauseWatch pause_watch;  // state changes
  wms::gst::ClockTimer silence;      // likewise
};

struct _GstWmsPushSink {
  GstBaseSink parent;
  // All that is C++: GObject runs no constructors.
  GstWmsPushSinkPrivate* priv;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-ms-asf; audio/x-ms-asf"));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstWmsPushSink, gst_wms_push_sink, GST_TYPE_BASE_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, wms::gst::InitUriHandler);
    GST_DEBUG_CATEGORY_INIT (gst_wms_push_sink_debug, "wmspushsink", 0,
                             "push sink for Windows Media servers"))
GST_ELEMENT_REGISTER_DEFINE (wmspushsink, "wmspushsink", GST_RANK_NONE,
                             GST_TYPE_WMS_PUSH_SINK);

namespace {

Settings CopySettings (GstWmsPushSink* self) {
  const ObjectLock lock (self);
  return self->priv->settings;
}

void SetProperty (GObject* object, guint id, const GValue* value,
                  GParamSpec* pspec) noexcept {
  const ObjectLock lock (object);
  Settings& settings = GST_WMS_PUSH_SINK (object)->priv->settings;
  if (!settings.Set (id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

void GetProperty (GObject* object, guint id, GValue* value,
                  GParamSpec* pspec) noexcept {
  auto* self = GST_WMS_PUSH_SINK (object);
  if (id == wms::gst::kPropStats) {
    g_value_take_boxed (
        value, wms::gst::MakeStats (self->priv->push_sink->GetStats (),
                                    self->priv->feeder.late_packets ()));
  } else if (!CopySettings (self).Get (id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

void Finalize (GObject* object) noexcept {
  delete GST_WMS_PUSH_SINK (object)->priv;
  G_OBJECT_CLASS (gst_wms_push_sink_parent_class)->finalize (object);
}

/// NULL to READY: a location that cannot work is an error here and now.
bool CheckLocation (GstWmsPushSink* self) {
  const Settings settings = CopySettings (self);
  std::string why;
  const HResult hr = wms::WriterPushSink::CheckUrl (
      wms::gst::ToHttp (settings.location.c_str ()), &why);
  if (!Failed (hr)) return true;
  wms::gst::PostError (GST_ELEMENT (self), {hr, why, {}}, false);
  return false;
}

/// While nothing is being sent, nobody would find out that the server is gone.
void CheckConnection (GstElement* element) {
  GST_WMS_PUSH_SINK (element)->priv->push_sink->CheckConnection ();
}

/// READY to PAUSED. False when it failed, which has been reported.
bool Connect (GstWmsPushSink* self) {
  GstWmsPushSinkPrivate& priv = *self->priv;
  const Settings settings = CopySettings (self);
  priv.feeder.Reset (settings.Intake ());
  priv.bridge->Begin ();
  priv.push_sink->SetOptions (settings.Options ());
  priv.push_sink->Resume ();
  const HResult hr = priv.push_sink->Connect (
      wms::gst::ToHttp (settings.location.c_str ()), settings.template_url,
      settings.auto_destroy != FALSE);
  if (Failed (hr)) {
    wms::gst::PostError (
        GST_ELEMENT (self),
        {hr, priv.push_sink->LastError (), settings.PublicLocation ()}, false);
    return false;
  }
  priv.silence.Repeat (GST_ELEMENT (self), kCheckInterval, CheckConnection);
  return settings.async_connect ||
         priv.push_sink->WaitConnected () == HResult::S_OK;
}

/// PAUSED to READY, when the streaming thread has stopped.
void Close (GstWmsPushSink* self) {
  GstWmsPushSinkPrivate& priv = *self->priv;
  priv.silence.Stop ();
  priv.push_sink->Resume ();
  priv.bridge->BeginClose (wms::gst::StatusBridge::Closing::kStop);
  if (CopySettings (self).end_session_on_stop) {
    priv.push_sink->EndSession ();
  }
  // What EndSession could not do in its short time does not hold us up.
  priv.push_sink->Disconnect ();
}

/// PAUSED to PLAYING takes the preroll lock, which a header in caps that waits
/// for the server has. It lets go of it, to be sent with the first data.
void ReleasePreroll (GstWmsPushSink* self) {
  GstBaseSink* base = GST_BASE_SINK (self);
  self->priv->push_sink->Interrupt ();
  GST_BASE_SINK_PREROLL_LOCK (base);
  self->priv->push_sink->Resume ();
  GST_BASE_SINK_PREROLL_UNLOCK (base);
}

GstStateChangeReturn ChangeState (GstElement* element,
                                  GstStateChange transition) noexcept {
  auto* self = GST_WMS_PUSH_SINK (element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !CheckLocation (self)) {
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !Connect (self)) {
    Close (self);
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) ReleasePreroll (self);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED) {
    self->priv->feeder.Hold ();
  }
  self->priv->pause_watch.Stop ();
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS (gst_wms_push_sink_parent_class)
          ->change_state (element, transition);
  if (GST_STATE_TRANSITION_NEXT (transition) == GST_STATE_PLAYING) {
    self->priv->feeder.Release ();
  }
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED &&
      self->priv->bridge->opened ()) {
    self->priv->pause_watch.Start (element);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED &&
       result == GST_STATE_CHANGE_FAILURE)) {
    Close (self);
  }
  return result;
}

gboolean SendEvent (GstElement* element, GstEvent* event) noexcept {
  if (GST_EVENT_TYPE (event) == GST_EVENT_STEP) {
    GST_DEBUG_OBJECT (element, "a push goes on in real time, not in steps");
    gst_event_unref (event);
    return FALSE;
  }
  return GST_ELEMENT_CLASS (gst_wms_push_sink_parent_class)
      ->send_event (element, event);
}

gboolean SetCaps (GstBaseSink* sink, GstCaps* caps) noexcept {
  return GST_WMS_PUSH_SINK (sink)->priv->feeder.TakeCaps (caps);
}

void GetTimes (GstBaseSink* /*sink*/, GstBuffer* /*buffer*/,
               GstClockTime* start, GstClockTime* end) noexcept {
  // Buffers have no times of their own: their packets have.
  *start = GST_CLOCK_TIME_NONE;
  *end = GST_CLOCK_TIME_NONE;
}

/// A push that has failed already does not get as far as PAUSED. gst-launch-1.0
/// misses an error that comes before its main loop runs: this makes another.
GstFlowReturn Preroll (GstBaseSink* sink, GstBuffer* /*buffer*/) noexcept {
  return GST_WMS_PUSH_SINK (sink)->priv->bridge->failed () ? GST_FLOW_ERROR
                                                           : GST_FLOW_OK;
}

GstFlowReturn Render (GstBaseSink* sink, GstBuffer* buffer) noexcept {
  return GST_WMS_PUSH_SINK (sink)->priv->feeder.Render (buffer);
}

GstFlowReturn RenderList (GstBaseSink* sink, GstBufferList* list) noexcept {
  return GST_WMS_PUSH_SINK (sink)->priv->feeder.RenderList (list);
}

gboolean Unlock (GstBaseSink* sink) noexcept {
  GST_WMS_PUSH_SINK (sink)->priv->push_sink->Interrupt ();
  return TRUE;
}

gboolean UnlockStop (GstBaseSink* sink) noexcept {
  GST_WMS_PUSH_SINK (sink)->priv->push_sink->Resume ();
  return TRUE;
}

GstFlowReturn WaitEvent (GstBaseSink* sink, GstEvent* event) noexcept {
  auto* self = GST_WMS_PUSH_SINK (sink);
  const GstFlowReturn flow =
      GST_BASE_SINK_CLASS (gst_wms_push_sink_parent_class)
          ->wait_event (sink, event);
  if (flow != GST_FLOW_OK || GST_EVENT_TYPE (event) != GST_EVENT_EOS) {
    return flow;
  }
  self->priv->bridge->BeginClose (
      wms::gst::StatusBridge::Closing::kEndOfStream);
  return self->priv->feeder.Finish (CopySettings (self).end_session_timeout *
                                    GST_SECOND);
}

gboolean HandleEvent (GstBaseSink* sink, GstEvent* event) noexcept {
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    GST_WMS_PUSH_SINK (sink)->priv->feeder.Flush ();
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_TAG) {
    GstTagList* tags = nullptr;
    gst_event_parse_tag (event, &tags);
    GST_WMS_PUSH_SINK (sink)->priv->feeder.TakeTags (tags);
  }
  return GST_BASE_SINK_CLASS (gst_wms_push_sink_parent_class)
      ->event (sink, event);
}

void RetryNow (GstWmsPushSink* self) noexcept {
  self->priv->push_sink->RetryNow ();
}

}  // namespace

static void gst_wms_push_sink_class_init (GstWmsPushSinkClass* klass) {
  auto* object_class = G_OBJECT_CLASS (klass);
  object_class->set_property = SetProperty;
  object_class->get_property = GetProperty;
  object_class->finalize = Finalize;
  wms::gst::InstallProperties (object_class);
  wms::gst::InstallSignals (G_TYPE_FROM_CLASS (klass), G_CALLBACK (RetryNow));

  auto* element_class = GST_ELEMENT_CLASS (klass);
  element_class->change_state = ChangeState;
  element_class->send_event = SendEvent;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "Windows Media push sink", "Sink/Network",
      "Pushes an ASF stream to a publishing point on a Windows Media server, "
      "as IWMWriterPushSink does [MS-WMHTTP]",
      "The gst-wmspush authors");

  auto* base_class = GST_BASE_SINK_CLASS (klass);
  base_class->set_caps = SetCaps;
  base_class->get_times = GetTimes;
  base_class->preroll = Preroll;
  base_class->render = Render;
  base_class->render_list = RenderList;
  base_class->unlock = Unlock;
  base_class->unlock_stop = UnlockStop;
  base_class->wait_event = WaitEvent;
  base_class->event = HandleEvent;

  gst_type_mark_as_plugin_api (wms::gst::PushStatusType (),
                               static_cast<GstPluginAPIFlags> (0));
}

static void gst_wms_push_sink_init (GstWmsPushSink* self) {
  self->priv = new GstWmsPushSinkPrivate (self);
  // A packet that is left out is a hole in the stream, whatever its time.
  gst_base_sink_set_drop_out_of_segment (GST_BASE_SINK (self), FALSE);
  // Nobody looks at a packet that has been sent: not worth a lock and two
  // references for each.
  gst_base_sink_set_last_sample_enabled (GST_BASE_SINK (self), FALSE);
}
