// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A GStreamer application that pushes a test picture until Ctrl-C, and prints
// what the push sink tells on the bus:
//
//   push-test-stream http://SERVER/POINT

#include <glib-unix.h>
#include <gst/gst.h>

namespace {

constexpr char kPipeline[] =
    "videotestsrc is-live=true ! videoconvert ! avenc_wmv2 ! "
    "identity single-segment=true ! asfmux streamable=true ! "
    "wmspushsink name=sink";

struct App {
  GstElement* pipeline = nullptr;
  GMainLoop* loop = nullptr;
  bool failed = false;
};

void PrintStatus(const GstStructure* message) {
  GEnumClass* statuses = nullptr;
  gint status = 0;
  guint hresult = 0;
  const GValue* value = gst_structure_get_value(message, "status");
  gst_structure_get_enum(message, "status", G_VALUE_TYPE(value), &status);
  gst_structure_get_uint(message, "hresult", &hresult);
  statuses = static_cast<GEnumClass*>(g_type_class_ref(G_VALUE_TYPE(value)));
  g_print("%s %s (0x%08X)\n", g_enum_get_value(statuses, status)->value_nick,
          gst_structure_get_string(message, "hresult-name"), hresult);
  g_type_class_unref(statuses);
}

void PrintError(GstMessage* message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &error, &debug);
  g_printerr("%s\n%s\n", error->message, debug != nullptr ? debug : "");
  g_error_free(error);
  g_free(debug);
}

gboolean OnMessage(GstBus*, GstMessage* message, gpointer data) noexcept {
  auto* app = static_cast<App*>(data);
  if (gst_message_has_name(message, "wms-push-status")) {
    PrintStatus(gst_message_get_structure(message));
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    PrintError(message);
    app->failed = true;
    g_main_loop_quit(app->loop);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    g_main_loop_quit(app->loop);
  }
  return G_SOURCE_CONTINUE;
}

// The end of the stream ends the session in order; EOS tells when it has.
gboolean OnInterrupt(gpointer data) noexcept {
  gst_element_send_event(static_cast<App*>(data)->pipeline,
                         gst_event_new_eos());
  return G_SOURCE_CONTINUE;
}

void Run(App& app, const char* location) {
  GstElement* sink = gst_bin_get_by_name(GST_BIN(app.pipeline), "sink");
  g_object_set(sink, "location", location, nullptr);
  gst_object_unref(sink);

  GstBus* bus = gst_element_get_bus(app.pipeline);
  gst_bus_add_watch(bus, OnMessage, &app);
  const guint on_interrupt = g_unix_signal_add(SIGINT, OnInterrupt, &app);
  app.loop = g_main_loop_new(nullptr, FALSE);

  // When this fails, there is an error on the bus.
  gst_element_set_state(app.pipeline, GST_STATE_PLAYING);
  g_main_loop_run(app.loop);
  gst_element_set_state(app.pipeline, GST_STATE_NULL);

  g_main_loop_unref(app.loop);
  g_source_remove(on_interrupt);
  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 2) {
    g_printerr("usage: push-test-stream http://SERVER/POINT\n");
    return 2;
  }
  GError* error = nullptr;
  App app;
  app.pipeline = gst_parse_launch(kPipeline, &error);
  if (app.pipeline == nullptr || error != nullptr) {
    g_printerr("%s\n", error->message);
    g_clear_error(&error);
    gst_clear_object(&app.pipeline);
    return 1;
  }
  Run(app, argv[1]);
  gst_object_unref(app.pipeline);
  return app.failed ? 1 : 0;
}
