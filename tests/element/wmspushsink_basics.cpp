// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "element/sink_case.h"

#include <algorithm>

namespace wms::test {
namespace {

GST_START_TEST(test_factory) {
  const std::unique_ptr<GstElementFactory, glib::Deleter<gst_object_unref>>
      factory(gst_element_factory_find("wmspushsink"));
  fail_unless(factory != nullptr);
  const auto metadata = [&factory](const char* key) -> std::string {
    const char* value = gst_element_factory_get_metadata(factory.get(), key);
    return value != nullptr ? value : "";
  };
  EXPECT_TEXT(metadata(GST_ELEMENT_METADATA_KLASS), "Sink/Network");
  EXPECT_TEXT(metadata(GST_ELEMENT_METADATA_LONGNAME),
              "Windows Media push sink");
  fail_if(metadata(GST_ELEMENT_METADATA_DESCRIPTION).empty());
  fail_if(metadata(GST_ELEMENT_METADATA_AUTHOR).empty());
  fail_unless_equals_int(
      gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory.get())),
      GST_RANK_NONE);

  const GList* templates =
      gst_element_factory_get_static_pad_templates(factory.get());
  fail_unless_equals_int(g_list_length(const_cast<GList*>(templates)), 1);
  const auto* pad = static_cast<GstStaticPadTemplate*>(templates->data);
  EXPECT_TEXT(pad->name_template, "sink");
  fail_unless(pad->direction == GST_PAD_SINK);
  fail_unless(pad->presence == GST_PAD_ALWAYS);
  EXPECT_TEXT(pad->static_caps.string, "video/x-ms-asf; audio/x-ms-asf");
}
GST_END_TEST

GST_START_TEST(test_plugin) {
  const std::unique_ptr<GstPlugin, glib::Deleter<gst_object_unref>> plugin(
      gst_registry_find_plugin(gst_registry_get(), "wmspush"));
  fail_unless(plugin != nullptr);
  EXPECT_TEXT(gst_plugin_get_license(plugin.get()), "LGPL");
  EXPECT_TEXT(gst_plugin_get_package(plugin.get()), "gst-wmspush");
  GList* features =
      gst_registry_get_feature_list_by_plugin(gst_registry_get(), "wmspush");
  std::vector<std::string> names;
  for (const GList* feature = features; feature != nullptr;
       feature = feature->next) {
    names.emplace_back(gst_plugin_feature_get_name(feature->data));
  }
  std::ranges::sort(names);
  const std::vector<std::string> wanted{"wmspushbin", "wmspushsink"};
  fail_unless(names == wanted);
  gst_plugin_feature_list_free(features);
}
GST_END_TEST

/// One property: its type, its default and the ends of its range as text.
struct PropertyRow {
  const char* name;
  GType type;
  const char* default_value;
  guint min;
  guint max;
  bool readable;
  bool writable;
};

std::string DefaultOf(const GParamSpec* spec) {
  const GValue* value =
      g_param_spec_get_default_value(const_cast<GParamSpec*>(spec));
  if (G_VALUE_HOLDS_STRING(value) && g_value_get_string(value) == nullptr) {
    return "";
  }
  const glib::Chars text(gst_value_serialize(value));
  return text ? text.get() : "";
}

GST_START_TEST(test_properties) {
  const PropertyRow rows[] = {
      {"location", G_TYPE_STRING, "", 0, 0, true, true},
      {"template-url", G_TYPE_STRING, "", 0, 0, true, true},
      {"auto-destroy", G_TYPE_BOOLEAN, "false", 0, 0, true, true},
      {"user-id", G_TYPE_STRING, "", 0, 0, true, true},
      {"user-pw", G_TYPE_STRING, "", 0, 0, false, true},
      {"proxy", G_TYPE_STRING, "", 0, 0, true, true},
      {"proxy-id", G_TYPE_STRING, "", 0, 0, true, true},
      {"proxy-pw", G_TYPE_STRING, "", 0, 0, false, true},
      {"auth-schemes", 0, nullptr, 0, 0, true, true},
      {"user-agent", G_TYPE_STRING, "", 0, 0, true, true},
      {"async-connect", G_TYPE_BOOLEAN, "true", 0, 0, true, true},
      {"timeout", G_TYPE_UINT, "15", 0, 3600, true, true},
      {"end-session-on-stop", G_TYPE_BOOLEAN, "true", 0, 0, true, true},
      {"end-session-timeout", G_TYPE_UINT, "5", 1, 3600, true, true},
      {"check-server", G_TYPE_BOOLEAN, "true", 0, 0, true, true},
      {"reconnect", G_TYPE_BOOLEAN, "true", 0, 0, true, true},
      {"retries", G_TYPE_INT, "10", 0, 0, true, true},
      {"retry-delay", G_TYPE_UINT, "1000", 0, 3600000, true, true},
      {"repair-header", G_TYPE_BOOLEAN, "true", 0, 0, true, true},
      {"fix-timing", G_TYPE_BOOLEAN, "true", 0, 0, true, true},
      {"bitrate", G_TYPE_UINT, "0", 0, G_MAXUINT, true, true},
      {"max-packet-size", G_TYPE_UINT, "0", 0, 65535, true, true},
      {"stats", GST_TYPE_STRUCTURE, nullptr, 0, 0, true, false},
  };
  const SinkCase push("http://127.0.0.1/live");
  GObjectClass* klass = G_OBJECT_GET_CLASS(push.sink());
  for (const PropertyRow& row : rows) {
    const GParamSpec* spec = g_object_class_find_property(klass, row.name);
    EXPECT(spec != nullptr, row.name);
    // A type of the plugin's own has no number before it is loaded.
    EXPECT(row.type == 0 ? G_IS_PARAM_SPEC_FLAGS(spec)
                         : spec->value_type == row.type,
           row.name);
    EXPECT(((spec->flags & G_PARAM_READABLE) != 0) == row.readable, row.name);
    EXPECT(((spec->flags & G_PARAM_WRITABLE) != 0) == row.writable, row.name);
    const bool ready = (spec->flags & GST_PARAM_MUTABLE_READY) != 0;
    EXPECT(ready == row.writable, row.name);
    EXPECT((spec->flags &
            (GST_PARAM_MUTABLE_PAUSED | GST_PARAM_MUTABLE_PLAYING)) == 0,
           row.name);
    const char* blurb = g_param_spec_get_blurb(const_cast<GParamSpec*>(spec));
    EXPECT(blurb != nullptr && std::string_view(blurb).size() > 20, row.name);
    if (row.default_value != nullptr) {
      EXPECT_TEXT(DefaultOf(spec), row.default_value);
    }
    if (row.type != G_TYPE_UINT) continue;
    const auto* range = G_PARAM_SPEC_UINT(spec);
    EXPECT(range->minimum == row.min && range->maximum == row.max, row.name);
  }
}
GST_END_TEST

GST_START_TEST(test_round_trips) {
  const SinkCase push("http://127.0.0.1/live");
  GstElement* sink = push.sink();
  for (const char* name :
       {"template-url", "user-id", "proxy-id", "user-agent"}) {
    gchar* text = nullptr;
    g_object_get(sink, name, &text, nullptr);
    EXPECT(text == nullptr, name);
    g_object_set(sink, name, "some text", nullptr);
    g_object_get(sink, name, &text, nullptr);
    EXPECT_TEXT(text, "some text");
    g_free(text);
    g_object_set(sink, name, nullptr, nullptr);
    g_object_get(sink, name, &text, nullptr);
    EXPECT(text == nullptr, name);
  }
  for (const char* name :
       {"auto-destroy", "async-connect", "end-session-on-stop", "check-server",
        "reconnect", "repair-header", "fix-timing"}) {
    for (const gboolean value : {gboolean{TRUE}, gboolean{FALSE}}) {
      gboolean found = !value;
      g_object_set(sink, name, value, nullptr);
      g_object_get(sink, name, &found, nullptr);
      EXPECT(found == value, name);
    }
  }
  for (const char* name : {"timeout", "end-session-timeout", "retry-delay",
                           "retries", "bitrate", "max-packet-size"}) {
    guint found = 0;
    g_object_set(sink, name, 3600U, nullptr);
    g_object_get(sink, name, &found, nullptr);
    EXPECT(found == 3600U, name);
  }
}
GST_END_TEST

GST_START_TEST(test_location_hides_user_info) {
  const struct {
    const char* set;
    const char* wanted;
  } rows[] = {
      {"http://127.0.0.1:8080/live", "http://127.0.0.1:8080/live"},
      {"http://user:secret@host/live", "http://host/live"},
      {"http://user@host:81/a/b?c=d", "http://host:81/a/b?c=d"},
      {"http://user:s%40t@[::1]:81/live", "http://[::1]:81/live"},
      {"http://user:se@cret@host/live", "http://host/live"},
      {"wmspush://user:secret@host/live", "wmspush://host/live"},
      {"http://host/at@sign", "http://host/at@sign"},
      // No URLs that work, but what stands before the @ is a secret in them.
      {"user:secret@host/live", "host/live"},
      {"http:/user:secret@host/live", "http:/host/live"},
      {"http://user:se/cret@host/live", "http://host/live"},
      {"http://user:se#cret@host/live", "http://host/live"},
  };
  const SinkCase push("http://127.0.0.1/live");
  for (const auto& row : rows) {
    g_object_set(push.sink(), "location", row.set, nullptr);
    gchar* text = nullptr;
    g_object_get(push.sink(), "location", &text, nullptr);
    const glib::Chars owned(text);
    EXPECT(text != nullptr, row.set);
    EXPECT(std::string_view(text).find("secret") == std::string_view::npos &&
               std::string_view(text).find("cret@") == std::string_view::npos,
           std::string(row.set) + " reads " + text);
    EXPECT_TEXT(text, row.wanted);
  }
}
GST_END_TEST

GST_START_TEST(test_uri_handler) {
  const SinkCase push("http://127.0.0.1/live");
  auto* handler = GST_URI_HANDLER(push.sink());
  fail_unless(gst_uri_handler_get_uri_type(handler) == GST_URI_SINK);
  const gchar* const* protocols = gst_uri_handler_get_protocols(handler);
  EXPECT_TEXT(protocols[0], "wmspush");
  fail_unless(protocols[1] == nullptr);
  fail_unless(gst_uri_handler_set_uri(
      handler, "wmspush://user:pass@host:8080/live?x=y", nullptr));
  const glib::Chars uri(gst_uri_handler_get_uri(handler));
  EXPECT_TEXT(uri.get(), "wmspush://host:8080/live?x=y");
  g_object_set(push.sink(), "location", "http://other/live", nullptr);
  const glib::Chars other(gst_uri_handler_get_uri(handler));
  EXPECT_TEXT(other.get(), "wmspush://other/live");
}
GST_END_TEST

GST_START_TEST(test_bad_uris) {
  const SinkCase push("http://127.0.0.1/live");
  auto* handler = GST_URI_HANDLER(push.sink());
  for (const char* uri : {"wmspush://", "wmspush:///live", "wmspush://a b/live",
                          "wmspush://host:99999/live", "wmspush://u:p/w@h/x"}) {
    glib::ErrorPtr error;
    EXPECT(!gst_uri_handler_set_uri(handler, uri, glib::Out(error)), uri);
    EXPECT(error != nullptr, uri);
    EXPECT(g_error_matches(error.get(), GST_URI_ERROR, GST_URI_ERROR_BAD_URI),
           uri);
    const std::string_view text = error->message;
    EXPECT(text.find("NS_E_INVALID_NAME") != std::string_view::npos ||
               text.find("E_INVALIDARG") != std::string_view::npos,
           error->message);
    EXPECT(text.find("p/w") == std::string_view::npos, error->message);
  }
  gchar* location = nullptr;
  g_object_get(push.sink(), "location", &location, nullptr);
  const glib::Chars owned(location);
  EXPECT_TEXT(location, "http://127.0.0.1/live");
}
GST_END_TEST

GST_START_TEST(test_uri_is_fixed_while_running) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.SetState(GST_STATE_PAUSED);
  glib::ErrorPtr error;
  fail_if(gst_uri_handler_set_uri(GST_URI_HANDLER(push.sink()),
                                  "wmspush://host/live", glib::Out(error)));
  fail_unless(
      g_error_matches(error.get(), GST_URI_ERROR, GST_URI_ERROR_BAD_STATE));
}
GST_END_TEST

GST_START_TEST(test_make_from_uri) {
  glib::ErrorPtr error;
  const ElementPtr sink(
      GST_ELEMENT(gst_object_ref_sink(gst_element_make_from_uri(
          GST_URI_SINK, "wmspush://host/live", nullptr, glib::Out(error)))));
  EXPECT_TEXT(gst_plugin_feature_get_name(gst_element_get_factory(sink.get())),
              "wmspushsink");
  gchar* location = nullptr;
  g_object_get(sink.get(), "location", &location, nullptr);
  const glib::Chars owned(location);
  EXPECT_TEXT(location, "wmspush://host/live");
}
GST_END_TEST

GST_START_TEST(test_signal) {
  const SinkCase push("http://127.0.0.1/live");
  const guint id =
      g_signal_lookup("acquire-credentials", G_OBJECT_TYPE(push.sink()));
  fail_unless(id != 0);
  GSignalQuery query;
  g_signal_query(id, &query);
  fail_unless(query.return_type == GST_TYPE_STRUCTURE);
  fail_unless_equals_int(query.n_params, 1);
  fail_unless((query.param_types[0] & ~G_SIGNAL_TYPE_STATIC_SCOPE) ==
              GST_TYPE_STRUCTURE);
}
GST_END_TEST

GST_START_TEST(test_status_enum) {
  const struct {
    int value;
    const char* nick;
  } rows[] = {
      {0, "error"},
      {1, "opened"},
      {6, "end-of-streaming"},
      {7, "locating"},
      {8, "connecting"},
      {11, "started"},
      {12, "stopped"},
      {13, "closed"},
      {22, "source-switch"},
      {35, "reconnect-start"},
      {36, "reconnect-end"},
  };
  const SinkCase push("http://127.0.0.1/live");
  const GType type = g_type_from_name("GstWmsPushStatus");
  fail_unless(type != 0 && G_TYPE_IS_ENUM(type));
  auto* klass = static_cast<GEnumClass*>(g_type_class_ref(type));
  fail_unless_equals_int(klass->n_values, G_N_ELEMENTS(rows));
  for (const auto& row : rows) {
    const GEnumValue* value = g_enum_get_value(klass, row.value);
    EXPECT(value != nullptr, row.nick);
    EXPECT_TEXT(value->value_nick, row.nick);
  }
  g_type_class_unref(klass);
}
GST_END_TEST

void CheckStatsFields(const GstStructure* stats) {
  fail_unless(gst_structure_has_name(stats, "wms-push-stats"));
  const char* const fields[] = {
      "bytes-sent",     "packets-sent",   "padding-removed", "late-packets",
      "media-time",     "connected-time", "push-starts",     "reconnects",
      "packets-resent", "send-queue",     "round-trip-time"};
  fail_unless_equals_int(gst_structure_n_fields(stats), G_N_ELEMENTS(fields));
  for (const char* field : fields) {
    EXPECT(gst_structure_has_field_typed(stats, field, G_TYPE_UINT64), field);
  }
}

GST_START_TEST(test_stats) {
  PubpointThread server;
  SinkCase push(server.Url());
  CheckStatsFields(push.Stats().get());
  fail_unless_equals_uint64(push.Stat("bytes-sent"), 0);
  fail_unless_equals_uint64(push.Stat("connected-time"), 0);

  const std::vector<ByteVector> packets = MakePackets(24);
  std::size_t stripped = 0;
  std::size_t whole = 0;
  for (const ByteVector& packet : packets) {
    stripped += Stripped(packet).size();
    whole += packet.size();
  }
  push.Play(MakeHeader());
  EXPECT_FLOW(push.PushAll(packets), GST_FLOW_OK);
  const auto check = [&] {
    CheckStatsFields(push.Stats().get());
    fail_unless_equals_uint64(push.Stat("packets-sent"), packets.size());
    fail_unless_equals_uint64(push.Stat("padding-removed"), whole - stripped);
    fail_unless_equals_uint64(push.Stat("push-starts"), 1);
    fail_unless_equals_uint64(push.Stat("media-time"), 2300 * GST_MSECOND);
    fail_unless(push.Stat("bytes-sent") > stripped);
    fail_unless(push.Stat("connected-time") > 0);
  };
  check();
  fail_unless(push.Stat("round-trip-time") > 0);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  check();
  fail_unless_equals_uint64(push.Stat("send-queue"), 0);
  push.Reach(GST_STATE_NULL);
  check();
}
GST_END_TEST

Suite* wmspushsink_basics_suite() {
  Suite* suite = suite_create("wmspushsink_basics");
  TCase* face = tcase_create("face");
  suite_add_tcase(suite, face);
  tcase_add_test(face, test_factory);
  tcase_add_test(face, test_plugin);
  tcase_add_test(face, test_properties);
  tcase_add_test(face, test_round_trips);
  tcase_add_test(face, test_location_hides_user_info);
  tcase_add_test(face, test_signal);
  tcase_add_test(face, test_status_enum);
  tcase_add_test(face, test_stats);
  TCase* uri = tcase_create("uri");
  suite_add_tcase(suite, uri);
  tcase_add_test(uri, test_uri_handler);
  tcase_add_test(uri, test_bad_uris);
  tcase_add_test(uri, test_uri_is_fixed_while_running);
  tcase_add_test(uri, test_make_from_uri);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_basics_suite;
GST_CHECK_MAIN(wmspushsink_basics)
