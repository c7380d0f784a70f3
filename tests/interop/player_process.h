// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace wms::test {

/// What a player has made of a stream.
struct Decoded {
  unsigned frames = 0;            ///< of video
  unsigned different_frames = 0;  ///< of them
  double sound = 0;               ///< seconds
  /// Of the frames and of all the sound, in a form of the player's own.
  std::set<std::string> digests;
  std::string sound_digest;
};

/// The players that the tests know, "ffmpeg", "mpv", "mplayer", "vlc".
extern const std::vector<std::string> kPlayers;

/// A player of Debian that decodes a URL and writes down what it gets. Nobody
/// sees or hears it.
class PlayerProcess {
 public:
  /// Starts it; fails the test when it is not installed.
  /// @param player one of kPlayers.
  /// @param dir an existing directory for its files.
  PlayerProcess(const std::string& player, const std::string& url,
                const std::string& dir);
  /// Kills it if it still runs.
  ~PlayerProcess();
  PlayerProcess(const PlayerProcess&) = delete;
  PlayerProcess& operator=(const PlayerProcess&) = delete;

  /// Waits until it leaves by itself with exit code 0; fails the test, with
  /// what it has said, when it does not.
  Decoded Wait(unsigned seconds);

 private:
  std::vector<std::string> Arguments(const std::string& url) const;
  Decoded Count() const;
  std::string Said() const;

  const std::string player_;
  const std::string dir_;
  glib::Ref<GSubprocess> process_;
};

}  // namespace wms::test
