// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "status_client.h"

#include "expect.h"
#include "glib/ref.h"

#include <chrono>
#include <sstream>

namespace wms::test {
namespace {

std::string TargetOf(const std::string& format) {
  return format == "json"   ? "/status.json"
         : format == "html" ? "/"
                            : "/metrics";
}

std::string TypeOf(const std::string& format) {
  return format == "json"   ? "application/json"
         : format == "html" ? "text/html; charset=utf-8"
                            : "text/plain; version=0.0.4; charset=utf-8";
}

/// Standard output of the checker. Fails the test with what it says.
std::string RunChecker(const std::string& format, const std::string& text) {
  const char* python = g_getenv("PYTHON");
  const char* checker = g_getenv("STATUS_CHECKER");
  fail_if(python == nullptr || checker == nullptr,
          "PYTHON, STATUS_CHECKER are not set: use meson test");
  const char* argv[] = {python, checker, format.c_str(), nullptr};
  glib::ErrorPtr error;
  const auto process = glib::Ref<GSubprocess>::Take(g_subprocess_newv(
      argv,
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                    G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_PIPE),
      glib::Out(error)));
  fail_unless(static_cast<bool>(process), "%s", error ? error->message : "");
  const glib::BytesPtr in(g_bytes_new(text.data(), text.size()));
  GBytes* raw_out = nullptr;
  GBytes* raw_err = nullptr;
  const gboolean ran = g_subprocess_communicate(
      process.get(), in.get(), nullptr, &raw_out, &raw_err, glib::Out(error));
  fail_unless(ran, "%s", error ? error->message : "");
  const glib::BytesPtr out(raw_out);
  const glib::BytesPtr err(raw_err);
  const auto to_string = [](GBytes* bytes) {
    gsize size = 0;
    const void* data = g_bytes_get_data(bytes, &size);
    return std::string(static_cast<const char*>(data), size);
  };
  EXPECT(g_subprocess_get_successful(process.get()),
         to_string(err.get()) + "\n" + text);
  return to_string(out.get());
}

}  // namespace

pubpoint::ServerOptions StatusOptions(pubpoint::StatusAccess access,
                                      std::vector<std::string> points) {
  pubpoint::ServerOptions options;
  options.status = access;
  options.points = std::move(points);
  return options;
}

StatusResponse AskStatus(unsigned port, const std::string& target,
                         const std::string& more, const std::string& method,
                         std::string_view body) {
  std::string text = method + " " + target + " HTTP/1.1\r\n";
  if (more.find("Host:") == std::string::npos) {
    text += "Host: 127.0.0.1:" + std::to_string(port) + "\r\n";
  }
  text += "Connection: close\r\n" + more;
  if (!body.empty()) {
    text +=
        "Content-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n";
  }
  RawClient client(port);
  fail_unless(client.Send(text.append("\r\n").append(body)));
  auto head = client.ReadResponse();
  EXPECT(head.has_value(), target);
  const auto bytes = client.ReadToEnd();
  return {std::move(*head), std::string(bytes.begin(), bytes.end())};
}

StatusLines CheckStatus(const StatusResponse& response,
                        const std::string& format) {
  EXPECT(response.head.status == 200, response.head.head);
  EXPECT(response.head.Header("content-type") == TypeOf(format),
         response.head.head);
  EXPECT(response.head.Header("content-length") ==
             std::to_string(response.body.size()),
         response.head.head);
  StatusLines lines;
  std::istringstream stream(RunChecker(format, response.body));
  for (std::string line; std::getline(stream, line);)
    lines.insert(line);
  return lines;
}

StatusLines AskAndCheck(unsigned port, const std::string& format) {
  return CheckStatus(AskStatus(port, TargetOf(format)), format);
}

std::optional<std::string> ValueOf(const StatusLines& lines,
                                   const std::string& name) {
  std::optional<std::string> value;
  const std::string start = name + "=";
  for (auto line = lines.lower_bound(start);
       line != lines.end() && line->starts_with(start); ++line) {
    if (value) return std::nullopt;
    value = line->substr(start.size());
  }
  return value;
}

bool WaitForStatus(unsigned port, const std::string& name,
                   const std::string& value) {
  // Each question waits for the server's loop, which is where it changes.
  const auto end = std::chrono::steady_clock::now() + RawClient::kDeadline;
  while (std::chrono::steady_clock::now() < end) {
    if (ValueOf(AskAndCheck(port, "json"), name) == value) return true;
  }
  return false;
}

}  // namespace wms::test
