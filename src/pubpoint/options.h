// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/log.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace wms::pubpoint {

class Observer;

/// What a User's password is.
enum class PasswordForm {
  kPlain,  ///< the password itself
  kCrypt,  ///< its hash by crypt(3): good for Basic, not for Digest
  kHa1,    ///< MD5 of NAME:REALM:PASSWORD, in hexadecimal (RFC 2617 3.2.2.2)
};

/// Somebody who may push.
struct User {
  std::string name;
  std::string password;  ///< a secret
  PasswordForm form = PasswordForm::kPlain;
  std::string realm{};  ///< with kHa1
};

/// A publishing point by configuration, or a path that leads elsewhere.
struct PointOptions {
  std::string path;
  /// Another such path: what is not set here is taken from there, all but
  /// `automatic`, which is of this path alone.
  std::string template_path{};
  /// Names of those who may push; nobody listed lets every user.
  std::vector<std::string> users{};
  /// Where pushes may come from, as ADDRESS or ADDRESS/BITS; nothing listed
  /// lets them come from everywhere.
  std::vector<std::string> allow{};
  /// Where requests are sent instead (302); "" for nowhere.
  std::string redirect{};
  /// The first push creates the point, and it goes with its session.
  bool automatic = false;
};

/// HTTP authentication schemes, for ServerOptions::auth_schemes.
enum AuthScheme : unsigned { kAuthBasic = 1U << 0, kAuthDigest = 1U << 1 };

/// Who may see the status pages.
enum class StatusAccess {
  kOff,     ///< nobody
  kLocal,   ///< who is on the same machine
  kPublic,  ///< who reaches the server
};

/// How long things may take.
struct Timers {
  /// Idle-Timeout (3.2.2): longest time without $H, $C or $D. The
  /// specification wants at least 10 seconds, which the program sees to;
  /// tests take less.
  std::chrono::milliseconds idle{60000};
  /// Inactivity-Timeout (3.2.2): longest time between requests.
  std::chrono::milliseconds inactivity{120000};
  /// For so long after its PushSetup a session keeps its publishing point to
  /// itself without a connection and without any PushStart. Then it yields to
  /// the next PushSetup: most likely the response was lost, and the client
  /// does not know that there is a session. The timers of 3.2.2 go on.
  std::chrono::milliseconds unclaimed{3000};
  /// How long a connection may take to bring a whole request: its head, and
  /// the body of a PushSetup.
  std::chrono::milliseconds request{30000};
  /// How long a connection is read after its last response, so that the
  /// response is not lost in a reset.
  std::chrono::milliseconds drain{5000};
  /// How long a Digest nonce is good for after it was made or last used:
  /// longer than a PushStart of 2 GiB takes. Nobody can use it twice.
  std::chrono::milliseconds nonce{std::chrono::hours(24)};
  /// Idle-Timeout of a player's session ([MS-WMSP] 3.2.2), at least 10 s.
  std::chrono::milliseconds player_idle{60000};
  /// Longest that packets wait for others to leave with, at points with many
  /// players: most of what a player costs is a write.
  std::chrono::milliseconds gather{40};
  /// How long a player may take to read what is queued when its stream ends.
  std::chrono::milliseconds player_flush{10000};
  /// How long an orderly stop may take.
  std::chrono::milliseconds stop{2000};
};

/// What a peer can make the server hold.
struct Limits {
  std::size_t points = 1024;
  /// TCP connections at a time; what the limit on open files leaves if that
  /// is less.
  std::size_t connections = 1024;
  std::size_t players = 256;  ///< of all publishing points together
  /// Bytes that wait for one player, beside those that it began with: a dozen
  /// seconds at a high rate.
  std::size_t player_queue = std::size_t{8} << 20;
  /// Sessions of players ([MS-WMSP]), those that play and those that may.
  std::size_t player_sessions = 1024;
  /// Newest packets of a point, which a new player gets at once: from a key
  /// frame on.
  std::size_t recent_bytes = std::size_t{1} << 20;
  std::chrono::milliseconds recent_time{2000};
  /// How much more that may be when the newest key frame is older. A player
  /// that comes when even that is not enough waits for the next one.
  std::size_t key_frame_bytes = std::size_t{4} << 20;
  std::chrono::milliseconds key_frame_time{20000};
  /// How much either may be on the way to a player that gets packets with their
  /// padding, which takes no memory here: a few bytes pushed may stand for
  /// 64 KiB. As much as may wait for a player otherwise.
  std::size_t burst_bytes = std::size_t{8} << 20;
  /// Body of a player's Log request.
  std::size_t log_body = std::size_t{64} << 10;
  std::size_t path = 255;  ///< of a publishing point, in bytes
  /// Read and thrown away behind an early response.
  std::size_t drain_bytes = std::size_t{16} << 20;
};

/// What becomes of a player that takes its data too slowly.
enum class SlowPlayers {
  kSkip,  ///< it goes on with a later key frame; dropped when it takes nothing
  kDrop,
};

struct ServerOptions {
  /// Address to listen at: an IPv4 or IPv6 literal.
  std::string listen_address = "127.0.0.1";
  unsigned port = 0;  ///< 0 picks a free one
  /// A socket that listens already, instead of address and port; -1 for none.
  int listen_fd = -1;
  /// Directory for recordings, which has to exist; "" records nothing. A
  /// program that ignores SIGXFSZ outlives a limit on the size of files.
  std::string record_dir;
  /// Who may push; nobody listed lets everybody.
  std::vector<User> users;
  unsigned auth_schemes = kAuthBasic | kAuthDigest;
  std::string realm = "wms-publishing-point";
  /// Lets the first push to a path create its publishing point. Without it,
  /// only those in `points` exist, and what Template-URL makes of them.
  bool allow_create = true;
  /// Paths of publishing points that exist from the start.
  std::vector<std::string> points;
  /// The same with settings of their own.
  std::vector<PointOptions> point_options;
  /// Where pushes may come from to points that do not say it themselves.
  std::vector<std::string> allow;
  /// Refuses also the small departures that real encoders make.
  bool strict = false;
  StatusAccess status = StatusAccess::kLocal;
  SlowPlayers slow_players = SlowPlayers::kSkip;
  Timers timers;
  Limits limits;
  LogHook log;
  /// Told what happens; has to outlive the server. Null for nobody.
  Observer* observer = nullptr;
};

}  // namespace wms::pubpoint
