// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "player_process.h"

#include "glib/async.h"
#include "gst_push.h"
#include "loopback/expect.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <grp.h>
#include <sstream>

namespace wms::test {

const std::vector<std::string> kPlayers = {"ffmpeg", "mpv", "mplayer", "vlc"};

namespace {

constexpr std::size_t kBytesPerSecond =
    std::size_t{kSampleRate} * 2 * sizeof(std::int16_t);
/// "nobody" and "nogroup": VLC does not run for root.
constexpr unsigned kNobody = 65534;

void BecomeNobody(gpointer /*data*/) noexcept {
  if (geteuid() != 0) return;
  if (setgroups(0, nullptr) != 0 || setgid(kNobody) != 0 ||
      setuid(kNobody) != 0) {
    _exit(127);
  }
}

std::vector<std::string> Lines(const std::string& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

/// A directory of that name, with a number behind when there is one already.
std::string NewDir(const std::string& name) {
  std::string dir = name;
  for (int i = 2; !std::filesystem::create_directory(dir); ++i)
    dir = name + std::to_string(i);
  return dir;
}

/// A file in ffmpeg's form: stream, dts, pts, duration, size, digest. Sound is
/// counted in bytes of two channels of 16 bits. Which stream is which, and mpv
/// leaves that to chance, stands in comments.
Decoded CountFrameMd5(const std::string& file) {
  const std::string media_type = "#media_type ";
  Decoded decoded;
  std::string video;  // number of that stream
  std::size_t sound_bytes = 0;
  for (const std::string& line : Lines(file)) {
    if (line.starts_with(media_type) && line.ends_with(": video")) {
      video =
          line.substr(media_type.size(), line.find(':') - media_type.size());
    }
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::vector<std::string> values;
    for (std::string value; std::getline(fields, value, ',');)
      values.push_back(value);
    if (values.size() < 6) continue;
    if (values[0] == video) {
      ++decoded.frames;
      decoded.digests.insert(values[5]);
    } else {
      sound_bytes += std::stoul(values[4]);
      decoded.sound_digest += values[5];
    }
  }
  decoded.different_frames = static_cast<unsigned>(decoded.digests.size());
  decoded.sound = static_cast<double>(sound_bytes) / kBytesPerSecond;
  return decoded;
}

std::string DigestOf(const std::string& bytes) {
  return std::to_string(std::hash<std::string>()(bytes));
}

/// Raw sound, in @a file.
void CountSound(const std::string& file, Decoded& decoded) {
  std::ifstream stream(file, std::ios::binary);
  const std::string sound{std::istreambuf_iterator<char>(stream), {}};
  decoded.sound = static_cast<double>(sound.size()) / kBytesPerSecond;
  decoded.sound_digest = DigestOf(sound);
}

/// MPlayer's file of one digest a line, and raw sound.
Decoded CountDigests(const std::string& video, const std::string& audio) {
  const std::vector<std::string> lines = Lines(video);
  Decoded decoded;
  decoded.frames = static_cast<unsigned>(lines.size());
  decoded.digests = std::set<std::string>(lines.begin(), lines.end());
  decoded.different_frames = static_cast<unsigned>(decoded.digests.size());
  CountSound(audio, decoded);
  return decoded;
}

/// Raw pictures and sound, as VLC writes them.
Decoded CountRaw(const std::string& video, const std::string& audio) {
  std::ifstream stream(video, std::ios::binary);
  std::string frame(std::size_t{kWidth} * kHeight * 3 / 2, '\0');
  Decoded decoded;
  while (
      stream.read(frame.data(), static_cast<std::streamsize>(frame.size()))) {
    ++decoded.frames;
    decoded.digests.insert(DigestOf(frame));
  }
  decoded.different_frames = static_cast<unsigned>(decoded.digests.size());
  CountSound(audio, decoded);
  return decoded;
}

}  // namespace

std::vector<std::string> PlayerProcess::Arguments(
    const std::string& url) const {
  const std::string video = dir_ + "/video";
  const std::string audio = dir_ + "/audio";
  if (player_ == "ffmpeg") {
    return {"ffmpeg",    "-nostdin", "-hide_banner", "-i",   url,
            "-map",      "0:v?",     "-map",         "0:a?", "-c:a",
            "pcm_s16le", "-f",       "framemd5",     "-y",   video};
  }
  if (player_ == "mpv") {
    return {"mpv",
            "--no-config",
            "--msg-level=all=v",
            "--of=framemd5",
            "--ovc=rawvideo",
            "--oac=pcm_s16le",
            "--o=" + video,
            url};
  }
  if (player_ == "mplayer") {
    return {"mplayer", "-noconfig",
            "all",     "-nolirc",
            "-vo",     "md5sum:outfile=" + video,
            "-ao",     "pcm:nowaveheader:file=" + audio,
            url};
  }
  // Shown, VLC leaves out what comes late on a busy machine; written down, it
  // is all there.
  const auto to_file = [](const std::string& what, const std::string& file) {
    return "dst=std{access=file,mux=dummy,dst=" + file + "},select=" + what;
  };
  return {"vlc",
          "-I",
          "dummy",
          "--ignore-config",
          "--no-one-instance",
          "--sout=#transcode{vcodec=I420,acodec=s16l}:duplicate{" +
              to_file("video", video) + "," + to_file("audio", audio) + "}",
          "--play-and-exit",
          url,
          "vlc://quit"};
}

PlayerProcess::PlayerProcess(const std::string& player, const std::string& url,
                             const std::string& dir)
    : player_(player), dir_(NewDir(dir + "/" + player)) {
  namespace fs = std::filesystem;
  fs::permissions(dir, fs::perms::all);
  fs::permissions(dir_, fs::perms::all);
  const auto launcher =
      glib::Ref<GSubprocessLauncher>::Take(g_subprocess_launcher_new(
          static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDERR_MERGE)));
  g_subprocess_launcher_set_stdout_file_path(launcher.get(),
                                             (dir_ + "/log").c_str());
  g_subprocess_launcher_setenv(launcher.get(), "HOME", dir_.c_str(), TRUE);
  g_subprocess_launcher_unsetenv(launcher.get(), "G_DEBUG");
  g_subprocess_launcher_set_cwd(launcher.get(), dir_.c_str());
  if (player == "vlc") {
    g_subprocess_launcher_set_child_setup(launcher.get(), BecomeNobody, nullptr,
                                          nullptr);
  }
  const std::vector<std::string> arguments = Arguments(url);
  std::vector<const char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  glib::ErrorPtr error;
  process_ = glib::Ref<GSubprocess>::Take(g_subprocess_launcher_spawnv(
      launcher.get(), argv.data(), glib::Out(error)));
  fail_unless(process_.get() != nullptr, "%s; see scripts/packages",
              error ? error->message : "");
}

PlayerProcess::~PlayerProcess() {
  if (process_ && g_subprocess_get_identifier(process_.get()) != nullptr) {
    g_subprocess_force_exit(process_.get());
    g_subprocess_wait(process_.get(), nullptr, nullptr);
  }
}

Decoded PlayerProcess::Wait(unsigned seconds) {
  // Cancelled by a timer in the context that the wait runs in.
  const glib::MainContext context(g_main_context_new());
  const glib::ThreadDefault as_default(context.get());
  const auto deadline = glib::Ref<GCancellable>::Take(g_cancellable_new());
  const glib::Source timer(g_timeout_source_new_seconds(seconds));
  g_source_set_callback(
      timer.get(),
      [](gpointer cancellable) -> gboolean {
        g_cancellable_cancel(G_CANCELLABLE(cancellable));
        return G_SOURCE_REMOVE;
      },
      deadline.get(), nullptr);
  g_source_attach(timer.get(), context.get());
  glib::AsyncResult result;
  g_subprocess_wait_async(process_.get(), deadline.get(),
                          glib::AsyncResult::Callback, &result);
  glib::ErrorPtr error;
  const gboolean ended = g_subprocess_wait_finish(
      process_.get(), result.Await(context.get()), glib::Out(error));
  g_source_destroy(timer.get());
  fail_unless(ended != FALSE, "%s does not end: %s", player_.c_str(),
              Said().c_str());
  fail_unless(g_subprocess_get_successful(process_.get()) != FALSE,
              "%s has failed: %s", player_.c_str(), Said().c_str());
  return Count();
}

Decoded PlayerProcess::Count() const {
  const std::string video = dir_ + "/video";
  const std::string audio = dir_ + "/audio";
  if (player_ == "mplayer") return CountDigests(video, audio);
  if (player_ == "vlc") return CountRaw(video, audio);
  return CountFrameMd5(video);
}

std::string PlayerProcess::Said() const {
  constexpr std::size_t kMost = 4000;
  std::string text;
  for (const std::string& line : Lines(dir_ + "/log"))
    text += line + "\n";
  return text.size() > kMost ? text.substr(text.size() - kMost) : text;
}

}  // namespace wms::test
