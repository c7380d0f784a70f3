// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "asf/header.h"
#include "base/result.h"
#include "pushsink/logger.h"
#include "pushsink/push_channel.h"
#include "pushsink/push_counters.h"
#include "pushsink/push_setup.h"
#include "pushsink/recovery.h"
#include "pushsink/stream_rate.h"
#include "wmhttp/send_window.h"

#include <vector>

namespace wms {

/// The stream of one push, from $H to $E with S_OK, over as many connections
/// as it takes ([MS-WMHTTP] 3.1.4.2 to 3.1.5.2, 3.1.7.1). Used by one thread
/// at a time; each call may wait for the network.
///
/// A call that is interrupted before its packet was begun fails with
/// NS_E_SHUTDOWN and has done nothing. Once the first byte is out, the packet
/// is taken: the rest is kept and goes out before anything else.
///
/// A call that loses the connection fails, too, and has done nothing either.
/// When lost() is true then, call it again at retry_at(). Any other error is
/// the end of the session.
class PushStream {
 public:
  /// @param setup what PushSetup has left behind.
  /// @param again the same PushSetup once more, without callbacks.
  /// @param cancellable interrupts waits; outlives this, like @a counters.
  PushStream(SetupResult setup, SetupRequest again,
             const Recovery::Options& options, GCancellable* cancellable,
             PushCounters& counters, Logger log);
  PushStream(const PushStream&) = delete;
  PushStream& operator=(const PushStream&) = delete;

  /// Sends PushStart and $H; @a parsed describes @a header. It is taken, be
  /// there an interruption or a loss: Continue goes on with it.
  Result<void> Start(Bytes header, const asf::Header& parsed);

  /// Sends $E with S_FALSE and $C (3.1.4.4, 3.1.4.5).
  Result<void> Switch(Bytes header, const asf::Header& parsed);

  /// Sends $D. The rest of @a packet is referred to when it has an @a owner,
  /// else copied. With kWithNext it may be taken and not be sent yet: then it
  /// leaves with the next call that sends.
  Result<void> SendData(const asf::StrippedPacket& packet,
                        std::uint32_t send_time_ms, const MemoryOwner& owner,
                        Delivery delivery);

  /// Sends what has been taken.
  Result<void> Continue();

  /// Whether the connection is still there, without a wait: for who has had
  /// nothing to send for a while.
  Result<void> Check();

  /// Sends $E with S_OK. When it is interrupted, call it again.
  Result<void> SendEnd();

  /// Closes in order: the peer reads all there is, and closes. Waits for that
  /// no longer than until the deadline, which has to be set.
  /// @return bytes that the peer had not acknowledged when that had passed,
  ///   which the kernel goes on trying to deliver, or when the peer closed,
  ///   which are lost unless lost() is true; NS_E_SHUTDOWN when it is
  ///   interrupted: call it again.
  Result<std::uint64_t> Close();

  /// After Close: the server may not have read all that it acknowledged.
  bool cut() const { return channel_.cut(); }

  /// Monotonic time that no wait lasts beyond; 0 for no such bound.
  void SetDeadline(std::int64_t deadline_us) {
    channel_.SetDeadline(deadline_us);
  }

  bool started() const { return !header_.empty(); }
  std::size_t packet_size() const { return packet_size_; }
  bool ended() const { return ended_; }
  /// $E with S_OK is out, all of it.
  bool finished() const {
    return ended_ && !lost_ && !window_.has_next() && channel_.flushed();
  }
  Bytes header() const { return header_; }

  /// The connection is gone, and another is to be tried.
  bool lost() const { return lost_; }
  std::int64_t retry_at() const { return recovery_.retry_at(); }
  const Recovery& recovery() const { return recovery_; }
  /// Once for each loss that counts: it has been noticed.
  bool TakeLoss() { return std::exchange(loss_is_news_, false); }
  /// Once for each loss that was reported: data flows again.
  bool TakeRecovered() {
    return recovered_ && std::exchange(recovered_, false);
  }
  const std::string& reason() const { return reason_; }

 private:
  void Fit(const asf::Header& parsed);
  void MakeRoom(std::size_t copied, std::size_t referred = 0);
  bool Keeps(std::size_t size);
  Result<void> Deliver(std::size_t added);
  void TakeBack(std::size_t count);
  bool OnLoss(const Error& error, bool in_setup);
  Result<void> Recover();
  Result<void> SetUp(bool keep_id);
  void NoteFlow();

  const SetupRequest again_;
  GCancellable* const cancellable_;
  PushCounters& counters_;
  const Logger log_;
  wmhttp::SendWindow window_;
  PushChannel channel_;
  Recovery recovery_;
  StreamRate rate_;

  std::vector<std::uint8_t> header_;  // what $H or $C carried last
  std::size_t packet_size_ = 0;       // of that header's stream
  std::size_t kept_ = 0;              // bytes that wait for the next packet
  std::size_t cut_ = 0;               // packets sent that did not arrive
  bool ended_ = false;                // $E with S_OK was begun
  bool lost_ = false;     // the connection was, and no other is tried yet
  bool flowing_ = false;  // on this connection
  bool flowed_ = false;   // on any
  bool loss_is_news_ = false;
  bool recovered_ = false;
  std::string reason_;  // of the last loss, for people
};

}  // namespace wms
