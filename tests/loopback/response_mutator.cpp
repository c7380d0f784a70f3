// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/response_mutator.h"

#include "base/text.h"
#include "wmhttp/product.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <vector>

namespace wms::test {
namespace {

using namespace std::string_literals;

constexpr const char* kServer = "Server: Cougar/9.01.01.3814\r\n";
constexpr std::string_view kEol = "\r\n";

/// What servers answer, each of them right.
const std::vector<std::string>& Originals() {
  static const std::string server = kServer;
  static const std::string usual =
      server +
      "Date: Mon, 01 Jan 2007 17:45:16 GMT\r\n"
      "Pragma: no-cache, timeout=60000\r\nCache-Control: no-cache\r\n"
      "Set-Cookie: push-id=4124758405\r\n"
      "Supported: com.microsoft.wm.srvppair, com.microsoft.wm.sswitch\r\n";
  static const std::string challenge =
      "WWW-Authenticate: Digest realm=\"a b\", nonce=\"0123456789\", "
      "qop=\"auth\", algorithm=MD5\r\nWWW-Authenticate: Basic realm=\"c\"\r\n"
      "WWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";
  static const std::vector<std::string> kOriginals = {
      "HTTP/1.1 204 No Content\r\n" + usual + "Content-Length: 0\r\n\r\n",
      "HTTP/1.1 204 No Content\r\n" + server + "\r\n",
      "HTTP/1.1 200 OK\r\n" + usual + "Content-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\n" + server +
          "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + server + "Connection: close\r\n\r\nhello",
      "HTTP/1.0 200 OK\r\nServer: Rex/11.0\r\nContent-Length: 0\r\n"
      "Connection: Keep-Alive\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n" + usual +
          "\r\n",
      "HTTP/1.1 204 No Content\r\n" + usual + "Via: 1.1 proxy (squid)\r\n\r\n",
      "HTTP/1.1 204 No Content\r\n" + server +
          "Set-Cookie: a=b; path=/, push-id=12; HttpOnly\r\n\r\n",
      "HTTP/1.1 401 Unauthorized\r\n" + usual + challenge,
      "HTTP/1.1 407 Proxy Authentication Required\r\nVia: 1.1 p\r\n"
      "Proxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 302 Found\r\n" + server +
          "Location: /other\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 503 Service Unavailable\r\n" + usual +
          "Retry-After: 120\r\nContent-Length: 6\r\n\r\nsorry\n",
      "HTTP/1.1 408 Request Timeout\r\n" + server +
          "Connection: close\r\nContent-Length: 0\r\n\r\n",
  };
  return kOriginals;
}

/// Numbers that are too small, too large or no number.
const std::vector<std::string>& Numbers() {
  static const std::vector<std::string> kNumbers = {
      "0",          "-1",
      "1",          "00",
      "+5",         "0x10",
      "65536",      "2147483647",
      "2147483648", "4294967296",
      "4294967295", "18446744073709551616",
      "5, 5",       "5, 6",
      "1e3",        "",
      " ",          "99999999999999999999999999",
      "9",          "9223372036854775807",
  };
  return kNumbers;
}

/// Lines to put where they do not belong.
const std::vector<std::string>& Lines() {
  static const std::vector<std::string> kLines = {
      "Content-Length: 3\r\n"s,
      "Transfer-Encoding: chunked\r\n"s,
      "Transfer-Encoding: identity\r\n"s,
      "Connection: close\r\n"s,
      "Connection: Upgrade\r\nUpgrade: x\r\n"s,
      "Server: Apache/2.4\r\n"s,
      "Server: Cougar/99.0\r\n"s,
      "Server:\r\n"s,
      "Set-Cookie: push-id=0\r\n"s,
      "Set-Cookie: push-id="s + std::string(300, 'x') + "\r\n",
      "Set-Cookie: push-id=a b\r\n"s,
      "Set-Cookie: push-id=\x01\x7F\r\n"s,
      "Set-Cookie: =;=;=\r\n"s,
      "Set-Cookie\r\n"s,
      ": nothing\r\n"s,
      " folded: line\r\n"s,
      "\tfolded\r\n"s,
      "X: "s + std::string(70000, 'y') + "\r\n",
      "WWW-Authenticate: NTLM TlRMTVNTUAACAAAA\r\n"s,
      "WWW-Authenticate: Digest\r\n"s,
      "WWW-Authenticate: Digest nonce=\"\", realm=\"\r\n"s,
      "WWW-Authenticate: Basic\r\n"s,
      "Retry-After: -5\r\n"s,
      "Retry-After: Mon, 99 Foo 2007 99:99:99 GMT\r\n"s,
      "Content-Encoding: gzip\r\n"s,
      "Content-Type: multipart/byteranges; boundary=\r\n"s,
      "\0\0\0\r\n"s,
      "\r\n"s,
      "HTTP/1.1 100 Continue\r\n\r\n"s,
      "HTTP/1.1 101 Switching Protocols\r\n\r\n"s,
  };
  return kLines;
}

/// Where the lines of @a text begin.
std::vector<std::size_t> LineStarts(const std::string& text) {
  std::vector<std::size_t> starts = {0};
  std::size_t at = 0;
  while ((at = text.find(kEol, at)) != std::string::npos)
    starts.push_back(at += kEol.size());
  return starts;
}

/// @a text without blanks around it, and with one for several within. A CR
/// counts as one.
std::string Bare(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  std::string bare;
  for (const char c : text) {
    if (!blank(c)) {
      bare += c;
    } else if (!bare.empty() && bare.back() != ' ') {
      bare += ' ';
    }
  }
  return std::string(Trim(bare));
}

/// A whole 1xx to 5xx status of "HTTP/1.x NNN reason", 0 for none. Some servers
/// send more blanks than one, and some leave out the reason and the blank.
unsigned StatusOf(const std::string& line) {
  if (!line.starts_with("HTTP/1.")) return 0;
  std::size_t at = 7;
  while (at < line.size() && std::isdigit(line[at]) != 0)
    ++at;
  const std::size_t code = line.find_first_not_of(" \t", at);
  if (at == 7 || code == std::string::npos) return 0;
  std::size_t end = code;
  unsigned status = 0;
  for (; end < line.size() && std::isdigit(line[end]) != 0; ++end)
    status = status * 10 + static_cast<unsigned>(line[end] - '0');
  return end == code + 3 && status >= 100 && status < 600 ? status : 0;
}

/// Whether a Server header among the lines of @a lines names a server of ours.
/// A line that begins with a blank goes on with the one before ([RFC2616] 2.2).
bool NamesServer(std::string_view lines) {
  std::string unfolded(lines);
  for (std::size_t at = 0; (at = unfolded.find('\n', at)) != std::string::npos;
       ++at) {
    const char next = at + 1 < unfolded.size() ? unfolded[at + 1] : 'x';
    if (next == ' ' || next == '\t') unfolded[at] = ' ';
  }
  std::string_view head = unfolded;
  while (!head.empty()) {
    const auto [line, rest] = SplitAt(head, '\n');
    const auto [name, value] = SplitAt(line, ':');
    if (EqualsIgnoringCase(name, "Server") &&
        wmhttp::CheckServer(Bare(value))) {
      return true;
    }
    head = rest;
  }
  return false;
}

/// libsoup warns of a length below -1, and tests do not survive a warning.
bool MakesSoupWarn(const std::string& text) {
  constexpr std::string_view kName = "ontent-Length:";
  for (std::size_t at = 0; (at = text.find(kName, at)) != std::string::npos;) {
    at += kName.size();
    const auto length =
        static_cast<std::int64_t>(std::strtoull(&text[at], nullptr, 10));
    if (length < -1) return true;
  }
  return false;
}

}  // namespace

std::string ResponseMutator::Next() {
  std::string text;
  do {
    text = Originals()[Below(Originals().size())];
    for (std::size_t left = 1 + Below(3); left > 0; --left)
      Mutate(text);
    // Nobody is led elsewhere than to this machine.
  } while (text.find("//") != std::string::npos || MakesSoupWarn(text));
  return text;
}

void ResponseMutator::Mutate(std::string& text) {
  switch (Below(4)) {
    case 0:
      ChangeBytes(text);
      break;
    case 1:
      ChangeLines(text);
      break;
    case 2:
      ChangeFields(text);
      break;
    default:
      ChangeWhole(text);
      break;
  }
}

void ResponseMutator::ChangeBytes(std::string& text) {
  constexpr std::array<char, 10> kOdd = {'\0', '\r', '\n',   ' ',    ':',
                                         ';',  ',',  '\xFF', '\x7F', '"'};
  const std::size_t at = Place(text);
  const std::size_t size = Below(6);
  switch (Below(4)) {
    case 0:
      text.insert(at, 1, kOdd[Below(kOdd.size())]);
      break;
    case 1:
      if (at < text.size()) text[at] = kOdd[Below(kOdd.size())];
      break;
    case 2:
      if (at < text.size()) text[at] = static_cast<char>(random_() & 0xFF);
      break;
    default:
      text.erase(at, size);
      break;
  }
}

void ResponseMutator::ChangeLines(std::string& text) {
  const std::vector<std::size_t> starts = LineStarts(text);
  const std::size_t line = Below(starts.size());
  const std::size_t begin = starts[line];
  const std::size_t end =
      line + 1 < starts.size() ? starts[line + 1] : text.size();
  switch (Below(4)) {
    case 0:
      text.insert(begin, text.substr(begin, end - begin));
      break;
    case 1:
      text.erase(begin, end - begin);
      break;
    case 2: {
      const std::string moved = text.substr(begin, end - begin);
      text.erase(begin, end - begin);
      text.insert(std::min(starts[Below(starts.size())], text.size()), moved);
      break;
    }
    default:
      text.insert(begin, Lines()[Below(Lines().size())]);
      break;
  }
}

/// A number, or the ends of all lines.
void ResponseMutator::ChangeFields(std::string& text) {
  if (Below(6) == 0) {
    const char* end = Below(2) == 0 ? "\n" : "\r";
    for (std::size_t at = 0; (at = text.find(kEol, at)) != std::string::npos;)
      text.replace(at, kEol.size(), end);
    return;
  }
  std::vector<std::pair<std::size_t, std::size_t>> numbers;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t begin = at;
    while (at < text.size() && std::isdigit(text[at]) != 0)
      ++at;
    if (at > begin) numbers.emplace_back(begin, at - begin);
  }
  if (numbers.empty()) return;
  const auto [at, size] = numbers[Below(numbers.size())];
  if (size == 3 && Below(2) == 0) {
    text.replace(at, size, std::to_string(Below(1000)));
  } else {
    text.replace(at, size, Numbers()[Below(Numbers().size())]);
  }
}

void ResponseMutator::ChangeWhole(std::string& text) {
  const std::size_t at = Place(text);
  switch (Below(6)) {
    case 0:
      text.erase(at);
      break;
    case 1:
      text += text;
      break;
    case 2:
      text += Originals()[Below(Originals().size())];
      break;
    case 3:
      text.insert(0, Lines()[Below(Lines().size())]);
      break;
    case 4:
      text.insert(at, std::string(std::size_t{1} << Below(18), 'z'));
      break;
    default:
      for (std::size_t i = Below(3000); i > 0; --i)
        text.insert(text.find(kEol) == std::string::npos
                        ? 0
                        : text.find(kEol) + kEol.size(),
                    "X-More: 1\r\n");
      break;
  }
}

Worth JudgeResponse(std::string_view bytes) {
  for (;;) {
    // A bare LF may end a line ([RFC2616] 19.3), and empty lines that a server
    // sends too many are passed over.
    while (bytes.starts_with('\r') || bytes.starts_with('\n'))
      bytes.remove_prefix(1);
    const std::size_t line_end = bytes.find('\n');
    if (line_end == std::string_view::npos) {
      constexpr std::string_view kStart = "HTTP/1.";
      const auto size = std::min(bytes.size(), kStart.size());
      return bytes.substr(0, size) == kStart.substr(0, size)
                 ? Worth::kIncomplete
                 : Worth::kGarbage;
    }
    const unsigned status = StatusOf(Bare(bytes.substr(0, line_end)));
    if (status == 0) return Worth::kGarbage;
    std::size_t end = line_end;
    for (;;) {
      const std::size_t next = bytes.find('\n', end + 1);
      if (next == std::string_view::npos) return Worth::kIncomplete;
      const bool empty =
          next == end + 1 || (next == end + 2 && bytes[end + 1] == '\r');
      end = next;
      if (empty) break;
    }
    const std::string_view head = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (status < 200) continue;
    if (status == 401 || status == 407) return Worth::kChallenge;
    if (status >= 300) return Worth::kFailure;
    return NamesServer(head) ? Worth::kSuccess : Worth::kForeign;
  }
}

}  // namespace wms::test
