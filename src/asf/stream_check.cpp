// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/stream_check.h"

#include "asf/time_step.h"

#include <algorithm>

namespace wms::asf {
namespace {

constexpr const char* kUntouched = "sent as it is";
constexpr const char* kTimeRule = "[ASF] 5.2.3.1";
constexpr const char* kTimingCure =
    "put \"identity single-segment=true\" between each encoder and asfmux";

/// Takes "[ASF] 5.2.2: text" apart.
void Split(const std::string& message, std::string& rule, std::string& text) {
  const std::size_t colon = message.find(": ");
  rule = colon == std::string::npos ? "[ASF] 5.2" : message.substr(0, colon);
  text = colon == std::string::npos ? message : message.substr(colon + 2);
}

}  // namespace

std::string Describe(const PacketFinding& finding) {
  std::string text = "data packet " + std::to_string(finding.packet) +
                     " at offset " + std::to_string(finding.offset);
  if (finding.occurrences > 1) {
    text += " and " + std::to_string(finding.occurrences - 1) + " more";
  }
  return text + " (" + finding.rule + "): " + finding.problem + "; " +
         finding.repair;
}

Result<void> StreamCheck::Feed(Bytes piece) {
  splitter_.Feed(piece);
  for (;;) {
    const Result<std::optional<Unit>> unit = splitter_.Next();
    if (!unit) return unit.error();
    if (!*unit) return {};
    const Bytes bytes = (*unit)->bytes;
    offset_ = (*unit)->offset;
    if ((*unit)->kind == Unit::Kind::kHeader) {
      const Result<void> checked = CheckHeader(bytes);
      if (!checked) return checked;
    } else {
      CheckPacket(bytes);
      ++packets_;
    }
  }
}

Result<void> StreamCheck::Finish() {
  if (headers_ == 0) {
    return Error{HResult::NS_E_INVALID_DATA, Fault::kLocal,
                 "this is not ASF: it ends before its header does"};
  }
  if (splitter_.buffered() > 0) {
    Add("[ASF] 5.2",
        "the last " + std::to_string(splitter_.buffered()) +
            " bytes are no whole packet",
        "not sent");
  }
  return {};
}

Result<void> StreamCheck::CheckHeader(Bytes header) {
  ++headers_;
  const Result<RepairedHeader> repaired = RepairHeader(header, {});
  if (!repaired) return repaired.error();
  for (Finding finding : repaired->findings) {
    if (header_.size() == kMaxKinds) {
      ++more_header_;
      continue;
    }
    finding.offset += static_cast<std::size_t>(offset_);
    header_.push_back(std::move(finding));
  }
  const Result<StreamNumbers> streams =
      asf::CheckHeader(repaired->bytes, Strictness::kTolerant);
  if (!streams) return streams.error();
  streams_ = *streams;
  const Result<Header> parsed = ParseHeader(header, Strictness::kTolerant);
  if (parsed) timing_.Begin(*parsed);
  return {};
}

void StreamCheck::CheckPacket(Bytes packet) {
  std::string rule;
  std::string problem;
  const Result<DataPacket> parsed = ParseDataPacket(packet);
  if (!parsed) {
    Add("[ASF] 5.2", parsed.error().message, "the push fails");
    return;
  }
  CheckLengths(packet, *parsed);
  CheckSendTime(CheckTiming(packet, *parsed));
  const Result<void> checked = CheckDataPacket(packet, *parsed, packet.size(),
                                               streams_, Strictness::kStrict);
  if (checked) return;
  Split(checked.error().message, rule, problem);
  Add(rule, problem, kUntouched);
}

void StreamCheck::CheckLengths(Bytes packet, const DataPacket& parsed) {
  if (parsed.packet_length.size == 0 ||
      parsed.packet_length.value == packet.size()) {
    return;
  }
  Add("[ASF] 5.2.2", "the Packet Length leaves the padding out",
      "set to the length that is sent");
}

/// What fix-timing makes of a packet.
/// @return its send time then.
std::uint32_t StreamCheck::CheckTiming(Bytes packet, const DataPacket& parsed) {
  if (!timing_.active()) return parsed.send_time_ms;
  const bool shifting = timing_.shifting();
  const bool aligned = timing_.alignment().has_value();
  const bool misfit = timing_.misfit().has_value();
  const Result<DataPacket> fixed = ParseDataPacket(timing_.Apply(packet));
  if (timing_.misfit() && !misfit) {
    Add(kTimeRule,
        "stream " + std::to_string(timing_.misfit()->stream) +
            " does not share the others' timeline, and comes too late to be "
            "moved",
        std::string("the push fails: ") + kTimingCure);
  } else if (timing_.alignment() && !aligned) {
    Add(kTimeRule,
        "stream " + std::to_string(timing_.alignment()->stream) +
            " starts far from the others",
        std::string("moved to begin with them, with a warning: ") +
            kTimingCure);
  } else if (timing_.shifting() && !shifting) {
    Add(kTimeRule, "a stream starts at 1000 hours", "moved to 0");
  }
  return fixed ? fixed->send_time_ms : parsed.send_time_ms;
}

void StreamCheck::CheckSendTime(std::uint32_t send_time_ms) {
  const std::int64_t step = TimeStep(send_time_ms_, send_time_ms);
  const bool back = step < 0;
  if (has_send_time_ && (back || step > kMaxGapMs)) {
    Add("[ASF] 5.2.2",
        std::string("the send time ") +
            (back ? "goes back" : "jumps ahead by more than 10 s"),
        back && -step <= kMaxGapMs
            ? kUntouched
            : std::string("sent with a warning: ") + kTimingCure);
  }
  has_send_time_ = true;
  send_time_ms_ = send_time_ms;
}

void StreamCheck::Add(const std::string& rule, const std::string& problem,
                      const std::string& repair) {
  const auto same = std::find_if(
      packet_.begin(), packet_.end(), [&](const PacketFinding& finding) {
        return finding.rule == rule && finding.problem == problem;
      });
  if (same != packet_.end()) {
    ++same->occurrences;
  } else if (packet_.size() < kMaxKinds) {
    packet_.push_back({rule, problem, repair, packets_, offset_, 1});
  } else if (packet_.size() > kMaxKinds) {
    ++packet_.back().occurrences;
  } else {
    packet_.push_back({"[ASF] 5.2",
                       "it is wrong in yet another way; no more are told apart",
                       kUntouched, packets_, offset_, 1});
  }
}

}  // namespace wms::asf
