// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/ntlm.h"

#include "glib/ref.h"
#include "pushsink/md4.h"

#include <sys/random.h>

#include <algorithm>
#include <string_view>

namespace wms::ntlm {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature{'N', 'T', 'L', 'M',
                                                 'S', 'S', 'P', 0};
// NEGOTIATE flags, 2.2.2.5.
constexpr std::uint32_t kUnicode = 0x1;
constexpr std::uint32_t kOem = 0x2;
constexpr std::uint32_t kRequestTarget = 0x4;
constexpr std::uint32_t kNtlm = 0x200;
constexpr std::uint32_t kAlwaysSign = 0x8000;
constexpr std::uint32_t kExtendedSecurity = 0x80000;
constexpr std::uint32_t kTargetInfo = 0x800000;
constexpr std::uint32_t kVersion = 0x2000000;
constexpr std::uint32_t k128 = 0x20000000;
constexpr std::uint32_t kOffered = kUnicode | kOem | kRequestTarget | kNtlm |
                                   kAlwaysSign | kExtendedSecurity |
                                   kTargetInfo | kVersion | k128;
/// AV_PAIR of 2.2.2.1 with the server's time.
constexpr std::uint16_t kAvTimestamp = 7;
/// VERSION of 2.2.2.10, as Windows 10 has it: it is for people who debug, and
/// there are servers that want it to be there.
constexpr std::array<std::uint8_t, 8> kVersionField{10, 0, 0, 0, 0, 0, 0, 15};
/// Fixed part of AUTHENTICATE, without the MIC, which is optional.
constexpr std::size_t kAuthenticateHead = 72;
/// What the rest of a message may take: its lengths have 16 bits.
constexpr std::size_t kMaxField = 0xffff;
/// 1970 in 100 ns since 1601.
constexpr std::uint64_t kUnixEpoch = 116444736000000000;

using Digest = std::array<std::uint8_t, 16>;

void Put(Message& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void Put(Message& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// The caller has looked at the size.
std::uint64_t Get(Bytes in, std::size_t at, unsigned bytes) {
  return LoadLe(in.data() + at, bytes);
}

std::optional<Message> Utf16(const std::string& text) {
  glong length = 0;
  if (g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) ==
      FALSE) {
    return std::nullopt;
  }
  const std::unique_ptr<gunichar2, glib::Deleter<g_free>> units(g_utf8_to_utf16(
      text.data(), static_cast<glong>(text.size()), nullptr, &length, nullptr));
  if (!units) return std::nullopt;
  Message out;
  for (glong i = 0; i < length; ++i)
    Put(out, units.get()[i], 2);
  return out;
}

Digest HmacMd5(Bytes key, std::initializer_list<Bytes> parts) {
  const std::unique_ptr<GHmac, glib::Deleter<g_hmac_unref>> hmac(
      g_hmac_new(G_CHECKSUM_MD5, key.data(), key.size()));
  for (const Bytes part : parts) {
    g_hmac_update(hmac.get(), part.data(), static_cast<gssize>(part.size()));
  }
  Digest digest{};
  gsize size = digest.size();
  g_hmac_get_digest(hmac.get(), digest.data(), &size);
  return digest;
}

/// What is used of a CHALLENGE.
struct Challenge {
  std::uint32_t flags = 0;
  std::array<std::uint8_t, 8> server_challenge{};
  Message target_info;
  std::optional<std::uint64_t> time;
};

Error Malformed(const char* what) {
  return {HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, Fault::kPeer,
          std::string("the server's NTLM challenge is malformed: ") + what};
}

/// The server's clock among the AV_PAIRs, if it is there.
std::optional<std::uint64_t> FindTime(Bytes info) {
  std::size_t at = 0;
  while (at + 4 <= info.size()) {
    const auto id = static_cast<std::uint16_t>(Get(info, at, 2));
    const auto size = static_cast<std::size_t>(Get(info, at + 2, 2));
    at += 4;
    if (id == 0 || size > info.size() - at) break;
    if (id == kAvTimestamp && size == 8) return Get(info, at, 8);
    at += size;
  }
  return std::nullopt;
}

Result<Challenge> ParseChallenge(Bytes in) {
  constexpr std::size_t kShortest = 32;
  constexpr std::size_t kWithTargetInfo = 48;
  if (in.size() < kShortest ||
      !std::equal(kSignature.begin(), kSignature.end(), in.begin()) ||
      Get(in, 8, 4) != 2) {
    return Malformed("it is no CHALLENGE message");
  }
  Challenge challenge;
  challenge.flags = static_cast<std::uint32_t>(Get(in, 20, 4));
  if ((challenge.flags & kUnicode) == 0) {
    return Malformed("it does not know Unicode");
  }
  std::copy_n(in.begin() + 24, 8, challenge.server_challenge.begin());
  if (in.size() >= kWithTargetInfo) {
    const auto size = static_cast<std::size_t>(Get(in, 40, 2));
    const auto at = static_cast<std::size_t>(Get(in, 44, 4));
    if (at > in.size() || size > in.size() - at) {
      return Malformed("its target information is not in it");
    }
    const Bytes info = in.subspan(at, size);
    challenge.target_info.assign(info.begin(), info.end());
    challenge.time = FindTime(info);
  }
  return challenge;
}

struct Responses {
  Message nt;
  Message lm;
};

/// 3.3.2: both responses of NTLMv2.
Responses Respond(const Challenge& challenge, const Freshness& freshness,
                  Bytes key) {
  Message temp{1, 1, 0, 0, 0, 0, 0, 0};
  Put(temp, challenge.time.value_or(freshness.time), 8);
  Put(temp, freshness.client_challenge);
  Put(temp, 0, 4);
  Put(temp, challenge.target_info);
  Put(temp, 0, 4);
  Responses out;
  Put(out.nt, HmacMd5(key, {challenge.server_challenge, temp}));
  Put(out.nt, temp);
  if (challenge.time) {
    // 3.1.5.1.2: where the server's time vouches for it, LM stays empty.
    out.lm.resize(24);
  } else {
    Put(out.lm,
        HmacMd5(key, {challenge.server_challenge, freshness.client_challenge}));
    Put(out.lm, freshness.client_challenge);
  }
  return out;
}

}  // namespace

Login MakeLogin(const std::string& user, const std::string& password) {
  const std::size_t slash = user.find('\\');
  if (slash == std::string::npos) return {{}, user, password};
  return {user.substr(0, slash), user.substr(slash + 1), password};
}

std::optional<Freshness> MakeFreshness() {
  Freshness fresh;
  fresh.time = static_cast<std::uint64_t>(g_get_real_time()) * 10 + kUnixEpoch;
  const ssize_t got = getrandom(fresh.client_challenge.data(),
                                fresh.client_challenge.size(), 0);
  if (got != static_cast<ssize_t>(fresh.client_challenge.size())) {
    return std::nullopt;
  }
  return fresh;
}

Message NegotiateMessage() {
  Message out(kSignature.begin(), kSignature.end());
  Put(out, 1, 4);
  Put(out, kOffered, 4);
  Put(out, 0, 8);  // domain and
  Put(out, 0, 8);  // workstation: not told before they are asked for
  Put(out, kVersionField);
  return out;
}

Result<Message> AuthenticateMessage(Bytes challenge_message, const Login& login,
                                    const Freshness& freshness) {
  const Result<Challenge> challenge = ParseChallenge(challenge_message);
  if (!challenge) return challenge.error();
  const std::optional<Message> domain = Utf16(login.domain);
  const std::optional<Message> user = Utf16(login.user);
  const std::optional<Message> password = Utf16(login.password);
  if (!domain || !user || !password) {
    return Error{HResult::E_INVALIDARG, Fault::kLocal,
                 "user or password is no UTF-8"};
  }
  const glib::Chars upper(
      g_utf8_strup(login.user.data(), static_cast<gssize>(login.user.size())));
  const Message upper_user = Utf16(upper.get()).value_or(Message());
  const Digest key = HmacMd5(Md4(*password), {upper_user, *domain});
  const Responses responses = Respond(*challenge, freshness, key);

  Message out(kSignature.begin(), kSignature.end());
  Put(out, 3, 4);
  Message payload;
  const Message none;
  for (const Message* field :
       {&responses.lm, &responses.nt, &*domain, &*user, &none, &none}) {
    if (field->size() > kMaxField) return Malformed("it is too long");
    Put(out, field->size(), 2);
    Put(out, field->size(), 2);
    Put(out, kAuthenticateHead + payload.size(), 4);
    Put(payload, *field);
  }
  Put(out, (challenge->flags & kOffered & ~kOem) | kVersion, 4);
  Put(out, kVersionField);
  Put(out, payload);
  return out;
}

}  // namespace wms::ntlm
