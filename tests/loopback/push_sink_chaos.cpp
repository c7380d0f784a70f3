// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "common/from_environment.h"
#include "common/owned_packet.h"
#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "loopback/cutting_proxy.h"
#include "loopback/push_sink_case.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>

// The push sink pushes to a publishing point that records, through a proxy
// that cuts connections at random. WMSPUSH_CHAOS_ROUNDS and WMSPUSH_CHAOS_SEED
// in the environment say how often, and from where on; the seed is printed.

namespace wms::test {
namespace {

using Clock = std::chrono::steady_clock;
using Random = std::mt19937;

std::size_t Pick(Random& random, std::size_t least, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>(least, most)(random);
}

/// Losing nothing, or not.
enum class Network { kFaithful, kLossy };

/// What happens to each connection of a round: trouble for the first few.
class Plan {
 public:
  Plan(Random& random, Network network) {
    for (std::size_t i = Pick(random, 1, 5); i > 0; --i)
      troubles_.push_back(Make(random, network));
    // A PushSetup whose answer is lost leaves a session that nobody has.
    troubles_[0].after = std::max<std::uint64_t>(troubles_[0].after, kSetup);
    // Nor is the first connection what this is about.
    if (network == Network::kLossy) troubles_[0].kind = Trouble::Kind::kDrop;
  }

  Trouble At(std::size_t connection) const {
    return connection < troubles_.size() ? troubles_[connection] : Trouble();
  }
  std::string Text() const {
    std::string text;
    for (const Trouble& trouble : troubles_) {
      text += std::string(KindName(trouble.kind)) + " after " +
              std::to_string(trouble.after) + ", ";
    }
    return text;
  }
  std::size_t size() const { return troubles_.size(); }

 private:
  /// More than the first request has.
  static constexpr std::uint64_t kSetup = 500;

  static Trouble Make(Random& random, Network network) {
    using Kind = Trouble::Kind;
    const bool first = Pick(random, 0, 2) == 0;
    Trouble trouble;
    if (network == Network::kFaithful) {
      trouble.kind = first ? Kind::kClose : Kind::kReset;
    } else {
      trouble.kind = first ? Kind::kRefuse : Kind::kDrop;
    }
    // Within the heads of the requests, in $H, and behind.
    const std::size_t most = Pick(random, 0, 2) == 0 ? 2500 : 300000;
    trouble.after = Pick(random, 1, most);
    if (Pick(random, 0, 2) == 0) {
      trouble.chunk = Pick(random, 500, 20000);
      trouble.pause = std::chrono::microseconds(Pick(random, 10, 500));
    }
    if (Pick(random, 0, 5) == 0) {
      trouble.stall = std::chrono::milliseconds(Pick(random, 1, 60));
    }
    if (Pick(random, 0, 3) == 0) {
      trouble.late = std::chrono::milliseconds(Pick(random, 1, 30));
    }
    return trouble;
  }

  std::vector<Trouble> troubles_;
};

/// Sums over all rounds.
struct Tally {
  std::size_t rounds = 0;
  std::size_t packets = 0;
  std::size_t losses = 0;  // of connections, that were noticed
  std::size_t resumed = 0;
  std::size_t renewed = 0;
  std::size_t lost = 0;   // packets
  std::size_t bound = 0;  // that may have been
  std::size_t doubled = 0;
  std::size_t unended = 0;  // rounds whose end was not acknowledged
  std::size_t refused = 0;  // rounds with a PushStart without $H
  std::uint64_t resent = 0;
  std::vector<double> resume_ms;

  void Print(const char* network, std::uint32_t seed) {
    std::sort(resume_ms.begin(), resume_ms.end());
    const auto at = [this](double part) {
      if (resume_ms.empty()) return 0.0;
      const auto last = static_cast<double>(resume_ms.size() - 1);
      return resume_ms[static_cast<std::size_t>(last * part)];
    };
    std::printf(
        "%s network, seed %u: %zu rounds, %zu packets, %zu losses (%zu "
        "resumed, "
        "%zu begun anew), %zu packets lost of %zu that were acknowledged and "
        "unread, %zu doubled, %zu ends not taken, %zu rounds with $H lost, "
        "%llu sent again; from "
        "the loss to the next packet %.1f ms (median), %.1f ms "
        "(90 %%), %.1f ms (most)\n",
        network, seed, rounds, packets, losses, resumed, renewed, lost, bound,
        doubled, unended, refused, static_cast<unsigned long long>(resent),
        at(0.5), at(0.9), at(1));
  }
};

/// The packet with this number, which is its send time.
ByteVector Numbered(std::uint32_t number) {
  return MakePacket(
      {.send_time_ms = number, .number = static_cast<std::uint8_t>(number)});
}

/// Numbers of the packets in all recordings, in order.
std::vector<std::uint32_t> Recorded(const ScratchDir& directory,
                                    std::size_t header_size) {
  std::vector<std::uint32_t> numbers;
  for (const auto& path : directory.Files()) {
    std::ifstream file(path, std::ios::binary);
    const ByteVector bytes((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    constexpr std::size_t kSize = 1000;
    for (std::size_t at = header_size; at + kSize <= bytes.size();
         at += kSize) {
      const auto packet = asf::ParseDataPacket(Bytes(bytes).subspan(at, kSize));
      EXPECT(packet.has_value(), "a packet of the record is none");
      numbers.push_back(packet->send_time_ms);
    }
  }
  return numbers;
}

/// Most packets that these losses, each without a gap, can concern.
std::size_t Concerned(const std::vector<std::uint64_t>& losses) {
  const std::size_t packet =
      wmhttp::kFramingHeaderSize + Stripped(Numbered(0)).size();
  std::size_t count = 0;
  for (const std::uint64_t loss : losses)
    count += loss == 0 ? 0 : 2 + static_cast<std::size_t>(loss) / packet;
  return count;
}

struct Outcome {
  std::size_t lost = 0;
  std::size_t bound = 0;  // of that
  bool ended = true;      // else the sink has said that not all arrived
  /// The server has not had $H, which its TCP had acknowledged, and has read
  /// and thrown away what came then.
  bool refused = false;
  std::size_t doubled = 0;
  bool in_order = true;  // but for those that come twice
};

Outcome Compare(const std::vector<std::uint32_t>& numbers, std::size_t count) {
  std::vector<unsigned> seen(count, 0);
  Outcome outcome;
  std::uint32_t next = 0;
  for (const std::uint32_t number : numbers) {
    EXPECT(number < count, "a packet that was never sent");
    if (++seen[number] > 1) {
      ++outcome.doubled;
      continue;
    }
    outcome.in_order = outcome.in_order && number >= next;
    next = number + 1;
  }
  outcome.lost =
      static_cast<std::size_t>(std::count(seen.begin(), seen.end(), 0U));
  return outcome;
}

class Round {
 public:
  Round(Random& random, Network network)
      : plan_(random, network),
        network_(network),
        count_(static_cast<std::uint32_t>(Pick(random, 100, 900))),
        content_length_(Pick(random, 0, 3) == 0 ? Pick(random, 8000, 60000)
                                                : 2147483647) {}

  Outcome Run(Tally& tally) {
    pubpoint::ServerOptions options;
    options.record_dir = directory_.path();
    PubpointThread server(options);
    CuttingProxy proxy(server.port(),
                       [this](std::size_t i) { return plan_.At(i); });
    PushSinkCase push;
    push.options.reconnect = true;
    push.options.retry_delay = 5ms;
    push.options.retries = -1;
    push.options.content_length = content_length_;
    EXPECT(push.ConnectAndWait(proxy.Url()) == HResult::S_OK,
           Text() + push.sink->LastError());
    EXPECT(push.sink->OnHeader(push.header) == HResult::S_OK,
           Text() + push.sink->LastError());
    std::optional<Clock::time_point> lost;
    push.sink->Advise(std::make_shared<StatusRecorder>(
                          [&lost](const StatusRecorder::Record& record) {
                            if (record.status == Status::kReconnectStart) {
                              lost = Clock::now();
                            }
                          }),
                      &lost);
    for (std::uint32_t i = 0; i < count_; ++i) {
      const HResult hr = SendPacket(*push.sink, i);
      // A server that misses $H and is slow to say so is heard too late.
      if (hr == HResult::NS_E_BAD_REQUEST && network_ == Network::kLossy) break;
      EXPECT(hr == HResult::S_OK, Text() + push.sink->LastError());
      if (!lost) continue;
      const std::chrono::duration<double, std::milli> took =
          Clock::now() - *std::exchange(lost, std::nullopt);
      tally.resume_ms.push_back(took.count());
    }
    const HResult end = push.sink->EndSession(kOrderlyEnd);
    // With $E lost on its way, the server waits for more; with $H lost, it may
    // say so only now.
    EXPECT(
        end == HResult::S_OK || end == HResult::S_FALSE ||
            end == HResult::NS_E_NOCONNECTION ||
            (end == HResult::NS_E_BAD_REQUEST && network_ == Network::kLossy),
        Text() + push.sink->LastError());
    EXPECT(OwnedPacket::living() == 0, Text() + "packets are still kept");
    server.WaitFor([](const Received& r) { return r.closed > 0; }, 1000ms);
    server.Stop();
    CheckViolations(server.Snapshot().violations);
    Count(push, tally);
    Outcome outcome = Compare(Recorded(directory_, push.header.size()), count_);
    outcome.ended = end == HResult::S_OK;
    outcome.bound = Concerned(proxy.unread());
    outcome.refused = !server.Snapshot().violations.empty();
    return outcome;
  }

  std::string Text() const {
    return plan_.Text() + "Content-Length " + std::to_string(content_length_) +
           ", " + std::to_string(count_) + " packets: ";
  }

 private:
  /// A part of the packets are copied, others are referred to; and of each 32
  /// the second half leave five at a time.
  static HResult SendPacket(WriterPushSink& sink, std::uint32_t number) {
    const bool keeps = number % 32 >= 16 && number % 5 != 0;
    const Delivery delivery = keeps ? Delivery::kWithNext : Delivery::kNow;
    return number % 3 == 0 ? sink.OnDataUnit(Numbered(number), {}, delivery)
                           : SendOwned(sink, Numbered(number), delivery);
  }

  /// Where $H is acknowledged and lost, the push goes on with $D at first.
  /// Where the answer to $E is lost, it asks for what has ended. And it can be
  /// back before the server knows that it had gone.
  void CheckViolations(const std::vector<std::string>& violations) const {
    if (network_ == Network::kLossy) return;
    for (const std::string& violation : violations) {
      const bool late =
          violation.find("belongs to no session") != std::string::npos ||
          violation.find("is in progress") != std::string::npos;
      EXPECT(late, Text() + violation);
    }
  }

  void Count(const PushSinkCase& push, Tally& tally) const {
    for (const auto& record : push.statuses->records()) {
      if (record.status == Status::kReconnectStart) ++tally.losses;
      if (record.status != Status::kReconnectEnd) continue;
      ++(record.detail.resumed ? tally.resumed : tally.renewed);
    }
    ++tally.rounds;
    tally.packets += count_;
    tally.resent += push.sink->GetStats().packets_resent;
  }

  const Plan plan_;
  const Network network_;
  const std::uint32_t count_;
  const std::uint64_t content_length_;
  const ScratchDir directory_;
};

Tally RunRounds(Network network, std::uint32_t rounds, std::uint32_t seed) {
  Tally tally;
  for (std::uint32_t i = 0; i < rounds; ++i) {
    Random random(seed + i);
    Round round(random, network);
    const Outcome outcome = round.Run(tally);
    tally.lost += outcome.lost;
    tally.bound += outcome.bound;
    tally.doubled += outcome.doubled;
    const std::string text = "seed " + std::to_string(seed + i) + ": " +
                             round.Text() + std::to_string(outcome.lost) +
                             " lost of " + std::to_string(outcome.bound) +
                             " at most, " + std::to_string(outcome.doubled) +
                             " doubled";
    EXPECT(outcome.in_order, text);
    const bool bounded = outcome.ended && !outcome.refused;
    EXPECT(!bounded || outcome.lost <= outcome.bound, text);
    tally.unended += outcome.ended ? 0 : 1;
    tally.refused += outcome.refused ? 1 : 0;
    if (network == Network::kFaithful) {
      EXPECT(outcome.lost == 0 && outcome.doubled == 0, text);
    }
  }
  return tally;
}

std::uint32_t Seed() {
  static const std::uint32_t seed =
      FromEnvironment("WMSPUSH_CHAOS_SEED", std::random_device()());
  return seed;
}

GST_START_TEST(test_faithful_network) {
  const std::uint32_t rounds = FromEnvironment("WMSPUSH_CHAOS_ROUNDS", 12);
  std::printf("WMSPUSH_CHAOS_SEED=%u\n", Seed());
  RunRounds(Network::kFaithful, rounds, Seed()).Print("faithful", Seed());
}
GST_END_TEST

GST_START_TEST(test_lossy_network) {
  const std::uint32_t rounds = FromEnvironment("WMSPUSH_CHAOS_ROUNDS", 30);
  std::printf("WMSPUSH_CHAOS_SEED=%u\n", Seed());
  RunRounds(Network::kLossy, rounds, Seed()).Print("lossy", Seed());
}
GST_END_TEST

Suite* push_sink_chaos_suite() {
  Suite* suite = suite_create("push_sink_chaos");
  TCase* tcase = tcase_create("chaos");
  tcase_set_timeout(tcase, 0);
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_faithful_network);
  tcase_add_test(tcase, test_lossy_network);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_chaos_suite;
GST_CHECK_MAIN(push_sink_chaos)
