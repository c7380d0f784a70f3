// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// wmspushbin where encoders or the muxer are not installed.

#include "element/bin_case.h"

namespace wms::test {
namespace {

const char* const kVideo =
    "videotestsrc num-buffers=60 ! video/x-raw,width=160,height=120 ! push. ";
const char* const kAudio = "audiotestsrc num-buffers=90 ! push. ";

/// Takes @a plugin out of the registry while this lives.
class Without {
 public:
  explicit Without(const char* plugin)
      : plugin_(gst_registry_find_plugin(gst_registry_get(), plugin)) {
    EXPECT(plugin_ != nullptr, std::string("there is no plugin ") + plugin);
    features_ =
        gst_registry_get_feature_list_by_plugin(gst_registry_get(), plugin);
    for (GList* item = features_; item != nullptr; item = item->next) {
      gst_registry_remove_feature(gst_registry_get(),
                                  GST_PLUGIN_FEATURE(item->data));
    }
  }
  ~Without() {
    for (GList* item = features_; item != nullptr; item = item->next) {
      gst_registry_add_feature(gst_registry_get(),
                               GST_PLUGIN_FEATURE(item->data));
    }
    gst_plugin_feature_list_free(features_);
    gst_object_unref(plugin_);
  }
  Without(const Without&) = delete;
  Without& operator=(const Without&) = delete;

 private:
  GstPlugin* plugin_;
  GList* features_;
};

/// Checks that the first error is of @a element, and that applications are
/// told what to install.
void ExpectMissing(BinCase& push, const std::string& element) {
  push.messages().WaitFor("ERROR");
  const Report error = push.messages().TheFault("ERROR");
  EXPECT(error.domain == GST_CORE_ERROR &&
             error.code == GST_CORE_ERROR_MISSING_PLUGIN,
         error.text);
  EXPECT(error.text.find(element) != std::string::npos, error.text);
  const std::string text = push.messages().AllText();
  EXPECT(text.find("missing-plugin") != std::string::npos, text);
  EXPECT(text.find("element-" + element) != std::string::npos ||
             text.find("detail=(string)" + element) != std::string::npos,
         text);
}

GST_START_TEST(test_no_video_encoder) {
  const Without libav("libav");
  BinCase push(kVideo);
  push.SetState(GST_STATE_PLAYING);
  ExpectMissing(push, "avenc_wmv2");
  push.Reach(GST_STATE_NULL);
}
GST_END_TEST

GST_START_TEST(test_no_audio_encoder) {
  const Without libav("libav");
  const Without lame("lame");
  BinCase push(kAudio);
  push.SetState(GST_STATE_PLAYING);
  ExpectMissing(push, "avenc_wmav2");
  push.Reach(GST_STATE_NULL);
}
GST_END_TEST

// What is there will do: MP3, which ASF carries too.
GST_START_TEST(test_other_audio_encoder) {
  const Without libav("libav");
  BinCase push(kAudio);
  push.PlayToEnd();
  const ElementPtr encoder = push.Find("encoder");
  fail_unless(!push.server().Snapshot().packets.empty());
}
GST_END_TEST

GST_START_TEST(test_no_muxer) {
  const Without asfmux("asfmux");
  BinCase push(kVideo);
  fail_unless_equals_int(
      gst_element_set_state(push.pipeline(), GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  ExpectMissing(push, "asfmux");
  push.Reach(GST_STATE_NULL);
}
GST_END_TEST

// What was missing has been installed: the same bin goes on.
GST_START_TEST(test_installed_meanwhile) {
  BinCase push(kVideo);
  {
    const Without libav("libav");
    push.SetState(GST_STATE_PLAYING);
    ExpectMissing(push, "avenc_wmv2");
    push.Reach(GST_STATE_NULL);
  }
  push.messages().Clear();
  // The server keeps the place of the push that had no chance to end.
  g_object_set(push.bin(), "location", push.server().Url("/again").c_str(),
               nullptr);
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("EOS");
  fail_unless_equals_int(push.messages().Count("ERROR"), 0);
}
GST_END_TEST

Suite* wmspushbin_missing_suite() {
  Suite* suite = suite_create("wmspushbin_missing");
  TCase* missing = tcase_create("missing");
  suite_add_tcase(suite, missing);
  tcase_add_test(missing, test_no_video_encoder);
  tcase_add_test(missing, test_no_audio_encoder);
  tcase_add_test(missing, test_other_audio_encoder);
  tcase_add_test(missing, test_no_muxer);
  tcase_add_test(missing, test_installed_meanwhile);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushbin_missing_suite;
GST_CHECK_MAIN(wmspushbin_missing)
