// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/asf_samples.h"
#include "wmhttp/framing.h"

#include <netinet/in.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace wms::test {

/// Longest wait for anything in these tests. It is there to end a test that
/// has failed, not to measure one.
inline constexpr std::chrono::seconds kDeadline{20};

/// A door between a test and its server, which one of them opens, once.
class Gate {
 public:
  Gate();
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void Open() const;
  /// False when it has not been opened by the deadline.
  bool Wait(std::chrono::milliseconds deadline = kDeadline) const;
  int fd() const { return fd_; }

 private:
  int fd_;
  mutable std::mutex mutex_;  // held while it is opened
};

/// One packet of a PushStart body.
struct WirePacket {
  wmhttp::PacketId id;
  std::uint32_t reason;
  ByteVector payload;
};

/// One request as the server received it.
struct WireRequest {
  std::size_t connection = 0;  ///< 0 is the first that was accepted
  std::string head;            ///< the empty line included
  std::string body;            ///< as far as it has been read
  std::vector<WirePacket> packets;
  std::string malformed;  ///< why what follows the packets is none; "" at best

  bool IsStart() const;
  /// Value of a header, "" when it is not there.
  std::string Header(std::string_view name) const;
};

/// What a server has received.
struct Recording {
  /// How the client's end of a connection is.
  enum class End { kOpen, kClosed, kReset };

  std::vector<WireRequest> requests;
  std::vector<End> connections;

  /// The packets of all requests in their order.
  std::vector<WirePacket> Packets() const;
  /// How many requests are PushSetup.
  std::size_t Setups() const;
};

/// What a good server answers to PushSetup; its push-id is kPushId.
extern const char* const kSetupResponse;
extern const char* const kPushId;

/// A response with the usual headers, @a more of them, and a body. Empty
/// @a body makes a Content-Length of 0.
std::string MakeResponse(std::string_view status_line,
                         std::string_view more = {},
                         std::string_view body = {});

class ScriptRunner;

/// What a server does, step by step. Steps that read or write concern the
/// connection accepted last; each has kDeadline.
class Script {
 public:
  using Step = std::function<bool(ScriptRunner&)>;

  Script& Accept();
  /// The next request: its head and, of a PushSetup, its body.
  Script& ReadRequest();
  /// More of a PushStart body, until it has had @a count packets in all.
  Script& ReadPackets(std::size_t count);
  /// The rest of a PushStart body: all of its Content-Length.
  Script& ReadBody();
  /// Whatever comes until the client closes or resets.
  Script& ReadToEnd();
  Script& Send(std::string bytes);
  /// Closes for writing alone.
  Script& CloseWrite();
  Script& Close();
  /// Closes with an RST.
  Script& Reset();
  /// As if the machine were gone: nothing that arrives on the connection from
  /// now on is taken, or acknowledged, or answered with a reset.
  Script& FallSilent();
  Script& CloseListener();
  /// Tells the test that this step is reached.
  Script& Open(const Gate& gate);
  /// Does nothing, and reads nothing, until the test opens the gate.
  Script& Await(const Gate& gate);

  /// What another script does.
  Script& Then(const Script& script);

  /// Accept, ReadRequest, Send.
  Script& Setup(std::string response = kSetupResponse);
  /// A whole session that ends in order, after the setup.
  Script& Stream() { return ReadRequest().ReadToEnd().Close(); }
  /// One connection after the other until the server is destroyed: answers
  /// each request head with kSetupResponse and reads on. Closing at any
  /// moment is fine.
  Script& ServeForever();

  const std::vector<Step>& steps() const { return steps_; }

 private:
  Script& Add(Step step);

  std::vector<Step> steps_;
};

/// A TCP server on the loopback that follows a script in a thread of its own.
/// It listens from the constructor on, so a client may connect at once.
class ScriptedServer {
 public:
  struct Options {
    int backlog = 16;
    int receive_buffer = 0;  ///< SO_RCVBUF of connections; 0 for the usual
    bool ipv6 = false;       ///< at ::1 instead of 127.0.0.1
  };

  ScriptedServer();
  explicit ScriptedServer(const Options& options);
  /// Ends the script where it is and closes everything.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// Starts the script; once.
  void Run(Script script);

  int port() const { return port_; }
  /// http://127.0.0.1:PORT and @a path behind it.
  std::string Url(std::string_view path = "/live") const;

  /// Waits for the end of the script. Fails the test when a step of it did
  /// not do what it should.
  void Finish();

  /// Waits until @a holds is true of what has been received, else fails the
  /// test.
  void WaitFor(const std::function<bool(const Recording&)>& holds);
  Recording recording() const;

 private:
  friend class ScriptRunner;

  Gate stop_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_:
  Recording recording_;
  bool done_ = false;
  std::string failure_;
};

/// Connections that fill the backlog of a listener made with backlog 0, so
/// that the next client's SYN is not answered.
class BacklogFiller {
 public:
  explicit BacklogFiller(int port, std::uint32_t address = INADDR_LOOPBACK);
  ~BacklogFiller();
  BacklogFiller(const BacklogFiller&) = delete;
  BacklogFiller& operator=(const BacklogFiller&) = delete;

 private:
  std::vector<int> sockets_;
};

}  // namespace wms::test
