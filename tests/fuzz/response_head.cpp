// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "fuzz/fuzz_target.h"
#include "pushsink/challenge.h"
#include "pushsink/response.h"
#include "wmhttp/product.h"

#include <algorithm>

using namespace wms;

namespace {

/// Where the responses come from.
const Location& Here() {
  static const Location kHere = *ParseLocation("http://media.example/live");
  return kHere;
}

/// All that the client looks at.
std::string Understand(const Response& response) {
  SoupMessageHeaders* headers = response.headers.get();
  const Location& location = Here();
  CookieStore cookies;
  UpdateCookies(headers, location, cookies);
  FUZZ_EXPECT(cookies.push_id().size() <= wmhttp::PushIdCookie::kMaxPushId);
  const std::string cookie = cookies.RequestValue(location.ToUri().get());
  FUZZ_EXPECT(cookie.find_first_of("\r\n") == std::string::npos);
  bool using_proxy = false;
  NoteProxy(headers, using_proxy);
  const Error error = ErrorFromResponse(response.status, headers);
  FUZZ_EXPECT(error.retry_after_s <= kMaxRetryAfter);
  const char* server = soup_message_headers_get_one(headers, "Server");
  if (server != nullptr) static_cast<void>(wmhttp::CheckServer(server));
  for (const char* name : {"WWW-Authenticate", "Proxy-Authenticate"}) {
    const auto challenges = ParseChallenges(headers, name);
    FUZZ_EXPECT(challenges.size() <= kMaxChallenges);
    for (const Challenge& challenge : challenges) {
      static_cast<void>(ChallengeParameter(challenge, "realm"));
      static_cast<void>(ChallengeParameter(challenge, "nonce"));
    }
  }
  return std::to_string(response.status) + (response.keep_alive ? "+" : "-") +
         cookie + '\n';
}

std::string Read(std::string_view bytes, test::Decisions pieces, bool whole) {
  std::string text;
  ResponseReader reader;
  while (!bytes.empty()) {
    const std::size_t size =
        whole ? bytes.size()
              : std::min<std::size_t>(bytes.size(), pieces.Next() + 1U);
    reader.buffer().append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    for (;;) {
      const Result<std::optional<Response>> response = reader.Next();
      if (!response) return text + "broken";
      if (!*response) break;
      text += Understand(**response);
      // Behind it stands a body of any length, and nothing else.
      if (!(*response)->keep_alive) return text;
    }
  }
  return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  const test::Decisions pieces(bytes);
  FUZZ_EXPECT(Read(test::TextOf(bytes), pieces, true) ==
              Read(test::TextOf(bytes), pieces, false));
  return 0;
}
