// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "streambranch.h"

#include "retimer.h"

#include <vector>

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_bin_debug);
#define GST_CAT_DEFAULT gst_wms_push_bin_debug

namespace wms::gst {
namespace {

/// A stream may be so much ahead of the others, which wait for it or it for
/// them in the muxer: for what a camera takes to start.
constexpr guint64 kQueueTime = 5 * GST_SECOND;
constexpr guint kQueueBytes = 32 * 1024 * 1024;

glib::Ref<GstPad> StaticPad (GstElement* element, const char* name) {
  return glib::Ref<GstPad>::Take (gst_element_get_static_pad (element, name));
}

GstElement* MakeQueue () {
  GstElement* queue = gst_element_factory_make ("queue", "queue");
  if (queue == nullptr) return nullptr;
  g_object_set (queue, "max-size-buffers", 0U, "max-size-bytes", kQueueBytes,
                "max-size-time", kQueueTime, nullptr);
  return queue;
}

/// What is left of a stream that leaves while the muxer may be waiting.
struct Remains {
  glib::Ref<GstBin> bin;
  glib::Ref<GstPad> mux_pad;
};

/// EOS as the muxer's last of a stream, which may not have begun.
void EndStream (GstPad* mux_pad) {
  GstEvent* start =
      gst_pad_get_sticky_event (mux_pad, GST_EVENT_STREAM_START, 0);
  if (start != nullptr) {
    gst_event_unref (start);
  } else {
    gst_pad_send_event (mux_pad, gst_event_new_stream_start ("left"));
  }
  gst_pad_send_event (mux_pad, gst_event_new_eos ());
}

void Bury (GstElement* /*owner*/, gpointer data) noexcept {
  auto* remains = static_cast<Remains*> (data);
  // The queue's thread may be in the muxer, waiting for other streams.
  gst_element_set_state (GST_ELEMENT (remains->bin.get ()), GST_STATE_NULL);
  if (remains->mux_pad) EndStream (remains->mux_pad.get ());
}

}  // namespace

StreamBranch::StreamBranch (GstBin* owner, MediaKind kind,
                            const std::string& name, Timeline& timeline)
    : owner_ (owner),
      kind_ (kind),
      bin_ (glib::Ref<GstBin>::Share (gst_bin_new (name.c_str ()))),
      queue_ (glib::Ref<GstElement>::Share (MakeQueue ())) {
  gst_bin_add (bin_.get (), queue_.get ());
  // Behind the queue: what a flush takes out of it has no place in the push.
  const glib::Ref<GstPad> queue_src = StaticPad (queue_.get (), "src");
  Retimer::Attach (queue_src.get (), GST_ELEMENT (owner_), timeline);
  GstElement* element = GST_ELEMENT (bin_.get ());
  gst_element_add_pad (element, gst_ghost_pad_new ("src", queue_src.get ()));
  sink_pad_ = glib::Ref<GstPad>::Share (
      gst_ghost_pad_new_no_target ("sink", GST_PAD_SINK));
  gst_element_add_pad (element, sink_pad_.get ());
  gst_pad_set_event_function_full (sink_pad_.get (), OnEvent, this, nullptr);
  gst_pad_set_query_function_full (sink_pad_.get (), OnQuery, this, nullptr);
  gst_bin_add (owner_, element);
}

bool StreamBranch::Join (GstElement* mux, guint bitrate) {
  bitrate_ = bitrate;
  const char* name = kind_ == MediaKind::kVideo ? "video_%u" : "audio_%u";
  mux_pad_ =
      glib::Ref<GstPad>::Take (gst_element_request_pad_simple (mux, name));
  if (!mux_pad_) return false;
  return gst_pad_link (StaticPad (GST_ELEMENT (bin_.get ()), "src").get (),
                       mux_pad_.get ()) == GST_PAD_LINK_OK;
}

void StreamBranch::Reset () {
  mux_pad_.reset ();
  DropChain ();
}

void StreamBranch::DropChain () {
  gst_ghost_pad_set_target (GST_GHOST_PAD (sink_pad_.get ()), nullptr);
  caps_.reset ();
  encodes_ = false;
  encoding_bitrate_ = 0;
  GstIterator* all = gst_bin_iterate_elements (bin_.get ());
  std::vector<glib::Ref<GstElement>> elements;
  GValue item = G_VALUE_INIT;
  while (gst_iterator_next (all, &item) == GST_ITERATOR_OK) {
    elements.push_back (
        glib::Ref<GstElement>::Share (g_value_get_object (&item)));
    g_value_reset (&item);
  }
  g_value_unset (&item);
  gst_iterator_free (all);
  for (const glib::Ref<GstElement>& element : elements) {
    if (element.get () == queue_.get ()) continue;
    gst_element_set_state (element.get (), GST_STATE_NULL);
    gst_bin_remove (bin_.get (), element.get ());
  }
}

/// Makes the chain. False after an error of the owner.
bool StreamBranch::TakeCaps (const GstCaps* caps) {
  if (caps_) return Keep (caps);
  GstElement* owner = GST_ELEMENT (owner_);
  const BranchChain chain =
      MakeChain (bin_.get (), owner, kind_, caps, bitrate_);
  if (!chain.complete) return false;
  const glib::Ref<GstPad> queue_sink = StaticPad (queue_.get (), "sink");
  GstPad* target = queue_sink.get ();
  if (chain.sink != nullptr) {
    gst_pad_link (chain.src, target);
    target = chain.sink;
  }
  gst_ghost_pad_set_target (GST_GHOST_PAD (sink_pad_.get ()), target);
  caps_.reset (gst_caps_copy (caps));
  encodes_ = chain.encodes;
  if (!encodes_) return true;
  encoding_bitrate_ = bitrate_.load ();
  // The bin's own part of the latency depends on what is encoded to.
  gst_element_post_message (owner,
                            gst_message_new_latency (GST_OBJECT (owner)));
  return true;
}

/// Whether a stream that has begun can go on with @a caps: the header of the
/// push states codec and size.
bool StreamBranch::Keep (const GstCaps* caps) const {
  const char* name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  const char* raw = kind_ == MediaKind::kVideo ? "video/x-raw" : "audio/x-raw";
  if (encodes_ ? g_str_equal (name, raw)
               : gst_caps_is_equal (caps, caps_.get ())) {
    return true;
  }
  GST_ELEMENT_ERROR (
      owner_, STREAM, FORMAT,
      ("The format of an encoded stream has changed, which a push cannot tell "
       "the server. Give it raw, or begin another push"),
      ("from %" GST_PTR_FORMAT " to %" GST_PTR_FORMAT, caps_.get (), caps));
  return false;
}

void StreamBranch::Leave () {
  GstElement* element = GST_ELEMENT (bin_.get ());
  gst_element_set_locked_state (element, TRUE);
  // Who waits in the queue for room leaves it; then no stream is in here.
  gst_pad_set_active (StaticPad (queue_.get (), "sink").get (), FALSE);
  gst_pad_set_active (sink_pad_.get (), FALSE);
  gst_bin_remove (owner_, element);
  gst_element_call_async (
      GST_ELEMENT (owner_), Bury, new Remains{bin_, mux_pad_},
      [] (gpointer data) { delete static_cast<Remains*> (data); });
}

gboolean StreamBranch::OnEvent (GstPad* pad, GstObject* parent,
                                GstEvent* event) noexcept {
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps (event, &caps);
    if (!static_cast<StreamBranch*> (pad->eventdata)->TakeCaps (caps)) {
      gst_event_unref (event);
      return FALSE;
    }
  }
  return gst_pad_event_default (pad, parent, event);
}

/// What is accepted does not depend on what has been chosen.
gboolean StreamBranch::OnQuery (GstPad* pad, GstObject* parent,
                                GstQuery* query) noexcept {
  const auto* branch = static_cast<StreamBranch*> (pad->querydata);
  const CapsPtr accepted (gst_caps_from_string (AcceptedCaps (branch->kind_)));
  GstCaps* caps = nullptr;
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS: {
      gst_query_parse_caps (query, &caps);
      const CapsPtr result (
          caps != nullptr ? gst_caps_intersect_full (accepted.get (), caps,
                                                     GST_CAPS_INTERSECT_FIRST)
                          : gst_caps_ref (accepted.get ()));
      gst_query_set_caps_result (query, result.get ());
      return TRUE;
    }
    case GST_QUERY_ACCEPT_CAPS:
      gst_query_parse_accept_caps (query, &caps);
      gst_query_set_accept_caps_result (
          query, gst_caps_is_subset (caps, accepted.get ()));
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

}  // namespace wms::gst
