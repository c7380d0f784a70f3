// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"

#include "common/padded_packet.h"
#include "glib/ref.h"
#include "pubpoint/server.h"

#include <cstdio>
#include <cstdlib>

namespace wms::test {

/// Context and main loop of the thread.
class PubpointThread::Loop {
 public:
  Loop()
      : context_(g_main_context_new()),
        loop_(g_main_loop_new(context_.get(), FALSE)) {}

  GMainContext* context() const { return context_.get(); }
  void Run() { g_main_loop_run(loop_.get()); }
  void Quit() { g_main_loop_quit(loop_.get()); }

  /// Runs @a job in the loop's thread. A quit that is posted like this is not
  /// lost when the loop does not run yet.
  void Post(std::function<void()> job) {
    g_main_context_invoke_full(
        context_.get(), G_PRIORITY_DEFAULT,
        [](gpointer data) -> gboolean {
          (*static_cast<std::function<void()>*>(data))();
          return G_SOURCE_REMOVE;
        },
        new std::function<void()>(std::move(job)),
        [](gpointer data) {
          delete static_cast<std::function<void()>*>(data);
        });
  }

 private:
  using MainLoop = std::unique_ptr<GMainLoop, glib::Deleter<g_main_loop_unref>>;

  glib::MainContext context_;
  MainLoop loop_;
};

std::vector<std::uint8_t> Received::Stream() const {
  std::vector<std::uint8_t> stream;
  if (!headers.empty()) stream = headers.back();
  for (const auto& packet : packets)
    stream.insert(stream.end(), packet.begin(), packet.end());
  return stream;
}

PubpointThread::PubpointThread(pubpoint::ServerOptions options)
    : loop_(std::make_unique<Loop>()) {
  options.observer = this;
  auto log = options.log;
  options.log = [this, log](LogLevel level, std::string_view line) {
    if (log) log(level, line);
    Change([line](Received& received) { received.log.emplace_back(line); });
  };
  thread_ = std::thread(&PubpointThread::Run, this, std::move(options));
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_; });
}

PubpointThread::~PubpointThread() {
  Stop();
}

void PubpointThread::Run(pubpoint::ServerOptions options) {
  const glib::ThreadDefault as_default(loop_->context());
  pubpoint::Server server(std::move(options));
  if (const Result<void> started = server.Start(); !started) {
    std::fprintf(stderr, "publishing point: %s\n",
                 started.error().message.c_str());
    std::abort();
  }
  {
    const std::lock_guard lock(mutex_);
    port_ = server.port();
    ready_ = true;
  }
  changed_.notify_all();
  loop_->Run();
  // The loop was quit to stop; it runs again until the server has.
  server.Stop([this] { loop_->Quit(); });
  loop_->Run();
}

void PubpointThread::Stop() {
  if (!thread_.joinable()) return;
  loop_->Post([this] { loop_->Quit(); });
  thread_.join();
}

std::string PubpointThread::Url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

bool PubpointThread::WaitFor(const std::function<bool(const Received&)>& holds,
                             std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, deadline, [&] { return holds(received_); });
}

bool PubpointThread::WaitForPackets(std::size_t count) {
  return WaitFor([count](const Received& received) {
    return received.packets.size() >= count;
  });
}

bool PubpointThread::WaitForHeaders(std::size_t count) {
  return WaitFor([count](const Received& received) {
    return received.headers.size() >= count;
  });
}

bool PubpointThread::WaitForEnd() {
  return WaitFor([](const Received& r) { return !r.ends.empty(); });
}

bool PubpointThread::WaitForClosed() {
  return WaitFor([](const Received& r) { return r.closed > 0; });
}

Received PubpointThread::Snapshot() {
  const std::lock_guard lock(mutex_);
  return received_;
}

void PubpointThread::Change(const std::function<void(Received&)>& change) {
  {
    const std::lock_guard lock(mutex_);
    change(received_);
  }
  changed_.notify_all();
}

void PubpointThread::OnSetup(std::string_view path) {
  Change([path](Received& r) {
    ++r.setups;
    r.paths.emplace_back(path);
  });
}

void PubpointThread::OnStart(std::string_view /*path*/) {
  Change([](Received& r) { ++r.starts; });
}

void PubpointThread::OnHeader(std::string_view /*path*/, Bytes header) {
  Change([header](Received& r) {
    r.headers.emplace_back(header.begin(), header.end());
  });
}

void PubpointThread::OnPacket(std::string_view /*path*/, Bytes received,
                              const asf::PaddedPacket& padded) {
  Change([received, &padded](Received& r) {
    r.payloads.emplace_back(received.begin(), received.end());
    r.packets.push_back(Whole(padded));
  });
}

void PubpointThread::OnEnd(std::string_view /*path*/, std::uint32_t reason) {
  Change([reason](Received& r) { r.ends.push_back(reason); });
}

void PubpointThread::OnBodyComplete(std::string_view /*path*/) {
  Change([](Received& r) { ++r.bodies; });
}

void PubpointThread::OnConnectionLost(std::string_view /*path*/) {
  Change([](Received& r) { ++r.lost; });
}

void PubpointThread::OnClosed(std::string_view /*path*/) {
  Change([](Received& r) { ++r.closed; });
}

void PubpointThread::OnPlayer(std::string_view /*path*/) {
  Change([](Received& r) { ++r.players; });
}

void PubpointThread::OnViolation(std::string_view text) {
  Change([text](Received& r) { r.violations.emplace_back(text); });
}

}  // namespace wms::test
