// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Relative, so that it also holds where the headers are installed.
#include "../base/hresult.h"
#include "../base/log.h"
#include "../base/memory_owner.h"
#include "callbacks.h"

namespace wms {

/// How a push sink behaves. A Connect copies them.
struct PushOptions {
  /// User and password for the server. User info in the URL goes before
  /// them, a credential callback is asked after them. Secrets.
  std::string user;
  std::string password;
  /// Schemes that may be used and are offered to the server, flags of
  /// AuthScheme. The best one that the server offers is taken.
  unsigned auth_schemes = kAuthDigest | kAuthNtlm | kAuthNegotiate;
  /// HTTP proxy, http://[USER:PASSWORD@]HOST[:PORT]; "direct://" for none, ""
  /// for what the system's settings say. A secret when it has user info.
  std::string proxy;
  /// User and password for the proxy. User info in its URL goes before them.
  /// Secrets.
  std::string proxy_user;
  std::string proxy_password;
  /// Value of User-Agent, which starts with "WMEncoder/" and a version of the
  /// table in 2.2.1.8; "" for the default.
  std::string user_agent;
  /// Longest wait for a connection, for a response, and for a peer that has
  /// stopped to take data; 0 waits for ever.
  std::chrono::milliseconds timeout{15000};
  /// Fail with NS_E_INCOMPATIBLE_PUSH_SERVER unless the Server header is that
  /// of a Windows Media server (3.1.5.1).
  bool check_server = true;
  /// Content-Length of each PushStart (3.1.4.2.1), in bytes. Through a proxy
  /// it is lowered to about a minute of the stream, and always raised to what
  /// the stream's packets and header need.
  std::uint64_t content_length = 2147483647;
  /// Connect again when the connection is lost: resume the session with the
  /// same push-id (3.2.7.1), or begin another where the server has none any
  /// more. What the server's TCP has not acknowledged is sent again. The calls
  /// that send wait meanwhile. A Connect whose connection is closed without an
  /// answer is tried again a few times, too.
  bool reconnect = true;
  /// Attempts in a row after which a lost connection ends the session; -1
  /// for as many as it takes.
  int retries = 10;
  /// The first attempt is made at once; this is the delay before the second,
  /// which doubles with each further one, up to 10 seconds or this, whichever
  /// is more. A server's Retry-After makes it longer, up to 5 minutes.
  std::chrono::milliseconds retry_delay{1000};
};

/// When a packet leaves that a push sink has taken.
enum class Delivery {
  kNow,       ///< before the call returns
  kWithNext,  ///< possibly with what comes next, which is at hand: in one call
              ///< of the system
};

/// What a push sink has done since Connect; afterwards, of the last session.
struct PushStats {
  std::uint64_t bytes_sent = 0;            ///< taken by the socket
  std::uint64_t packets_sent = 0;          ///< $D
  std::uint64_t padding_removed = 0;       ///< bytes of padding left out
  std::uint64_t push_starts = 0;           ///< PushStart requests
  std::uint64_t reconnects = 0;            ///< losses that were recovered from
  std::uint64_t packets_resent = 0;        ///< that were not acknowledged
  std::uint32_t first_send_time_ms = 0;    ///< of the first data packet
  std::uint32_t last_send_time_ms = 0;     ///< of the newest data packet
  std::chrono::microseconds connected{0};  ///< time since Connect succeeded
  std::uint64_t send_queue = 0;  ///< bytes that the peer has not acknowledged
  std::chrono::microseconds round_trip{0};  ///< as the kernel measures it
};

/// Sends an ASF stream to a publishing point on a Windows Media server:
/// IWMWriterPushSink of the Windows Media Format SDK with the interfaces it
/// is used through, over [MS-WMHTTP]. Each member names the SDK's call that
/// it answers to.
///
/// Order of use: Advise, Connect, OnHeader, OnDataUnit as often as there are
/// packets, OnEndWriting, EndSession. After EndSession or Disconnect it can
/// Connect again.
///
/// Threads: every member may be called from any thread. OnHeader and
/// OnDataUnit belong to one thread, the stream's; they write to the socket in
/// it, and there is no other thread while data flows. Nothing a peer does can
/// delay Disconnect, Interrupt or the destructor.
class WMS_API WriterPushSink {
 public:
  /// How long EndSession waits for the network unless told otherwise.
  static constexpr std::chrono::milliseconds kQuickEnd{50};

  WriterPushSink();
  /// Disconnects. Calls under way in other threads return NS_E_SHUTDOWN.
  ~WriterPushSink();
  WriterPushSink(const WriterPushSink&) = delete;
  WriterPushSink& operator=(const WriterPushSink&) = delete;

  /// Replaces the options; they count from the next Connect on.
  void SetOptions(const PushOptions& options);
  /// Replaces the receiver of log lines, {} for none.
  void SetLogHook(LogHook hook);

  /// Checks the URL as Connect does. When it is not good, @a why, unless
  /// null, says what is wrong with it and what to write instead.
  static HResult CheckUrl(std::string_view url, std::string* why);

  /// IWMWriterPushSink::Connect. Starts PushSetup in a thread that ends with
  /// it and returns at once; the outcome comes as Status::kOpened or kError.
  /// @param url http://[USER:PASSWORD@]HOST[:PORT]/PUBLISHING-POINT
  /// @param template_url URL or absolute path of the publishing point to copy
  ///   when the named one does not exist (2.2.2.1.1); "" for none.
  /// @param auto_destroy remove the publishing point when the session ends
  ///   (2.2.2.1.2).
  /// @return S_OK; E_INVALIDARG, NS_E_INVALID_NAME, NS_E_UNKNOWN_PROTOCOL for
  ///   the URL; NS_E_INVALID_PUSH_TEMPLATE; E_INVALIDARG for the user agent
  ///   and for authentication schemes that there are not;
  ///   NS_E_ALREADY_CONNECTED; E_OUTOFMEMORY when there is no thread.
  HResult Connect(std::string_view url, std::string_view template_url = {},
                  bool auto_destroy = false);

  /// Waits until the Connect under way has an outcome and returns it: S_OK
  /// when connected, NS_E_NOCONNECTION when there was none, NS_E_SHUTDOWN
  /// when Disconnect or Interrupt ended the wait, else the failure.
  HResult WaitConnected();

  /// IWMWriterPushSink::Disconnect. Closes the connection without $E: the
  /// server keeps the session for a while (3.2.7.1). Ends all that blocks.
  /// @return S_OK; NS_E_NOCONNECTION.
  HResult Disconnect();

  /// IWMWriterPushSink::EndSession. Sends what was cut short, then $E with
  /// S_OK, and closes the connection in order (3.1.4.4). A call that blocks
  /// in another thread is interrupted first.
  /// @param limit longest wait for the network; when it passes, the
  ///   connection is closed as it is.
  /// @return S_OK; S_FALSE when all is sent, but the server did not
  ///   acknowledge it, in time or at all, not even on a further connection, or
  ///   has reset the connection; what the server's refusal means, be it before
  ///   $E or after it; NS_E_NOCONNECTION; NS_E_CONNECTION_FAILURE when $E could
  ///   not be sent; NS_E_SHUTDOWN when Interrupt ended the wait: then the
  ///   session is still there, call again.
  HResult EndSession(std::chrono::milliseconds limit = kQuickEnd);

  /// IWMWriterSink::OnHeader. The first header starts the PushStart with $H,
  /// a later one that differs is a playlist switch: $E with S_FALSE and $C
  /// (3.1.4.5). The same header again is taken and not sent. Waits for a
  /// Connect under way and for the network.
  /// @param header the whole ASF Header Object and the first 50 bytes of the
  ///   Data Object, at most 65531 bytes, 65527 for a switch.
  /// @return S_OK when it is taken; NS_E_SHUTDOWN when Interrupt ended the
  ///   wait before that: call again; NS_E_INVALID_DATA; NS_E_NOCONNECTION; or
  ///   the error that ended the session, which Status::kError has reported.
  HResult OnHeader(std::span<const std::uint8_t> header);

  /// IWMWriterSink::IsRealTime.
  /// @return S_OK, @a real_time being true: a server plays what it gets.
  HResult IsRealTime(bool* real_time) const;

  /// IWMWriterSink::AllocateDataUnit.
  /// @param size in bytes, at most 65535.
  /// @param data_unit becomes a buffer of that size to write a packet into.
  /// @return S_OK; E_INVALIDARG.
  HResult AllocateDataUnit(std::size_t size,
                           std::vector<std::uint8_t>* data_unit) const;

  /// IWMWriterSink::OnDataUnit. Sends one ASF data packet in $D, its padding
  /// removed (2.2.3.3). The memory is free again when the call returns.
  /// Waits for a Connect under way and for the network. What an Interrupt
  /// cuts short is kept and goes out before anything else.
  /// @return as OnHeader; NS_E_INVALID_REQUEST before any header and after
  ///   OnEndWriting.
  HResult OnDataUnit(std::span<const std::uint8_t> data_unit);

  /// The same without a copy: what of @a data_unit the server has not
  /// acknowledged is referred to, so that it can be sent again. @a owner has a
  /// reference for each packet that is kept. One that has gone is noticed when
  /// there are as many bytes again, so keep references to little more memory
  /// than the packets have.
  /// @param delivery kWithNext when another packet follows at once: what is
  ///   kept for it leaves, in order, before the next call that sends anything
  ///   returns. That is to come soon; SendKept is one.
  HResult OnDataUnit(std::span<const std::uint8_t> data_unit,
                     const MemoryOwner& owner,
                     Delivery delivery = Delivery::kNow);

  /// Sends what OnDataUnit has kept, if there is any: for whoever finds out
  /// that nothing follows for now.
  /// @return as OnDataUnit. After NS_E_SHUTDOWN it is still kept.
  HResult SendKept();

  /// IWMWriterSink::OnEndWriting. No more data units will come: $E with S_OK
  /// is due, which EndSession sends.
  /// @return S_OK; NS_E_NOCONNECTION.
  HResult OnEndWriting();

  /// IWMRegisterCallback::Advise: @a callback is told each status from now
  /// on. The same callback may be registered with several contexts.
  /// @return S_OK; E_INVALIDARG for null or a pair that is registered.
  HResult Advise(std::shared_ptr<StatusCallback> callback, void* context);

  /// IWMRegisterCallback::Unadvise. A call under way in another thread may
  /// still finish.
  /// @return S_OK; E_INVALIDARG for a pair that is not registered.
  HResult Unadvise(const std::shared_ptr<StatusCallback>& callback,
                   void* context);

  /// Asked for credentials when the server wants some and options and URL
  /// have none; null for nobody.
  void SetCredentialCallback(std::shared_ptr<CredentialCallback> callback);

  /// Makes the calls that wait, and those that would have to, return
  /// NS_E_SHUTDOWN until Resume, which is to come when those that wait have
  /// returned. The session stays as it is. Neither has a counterpart in the
  /// SDK: a GStreamer sink needs both.
  void Interrupt();
  void Resume();

  /// Ends the delay before the next attempt to connect again, if there is one:
  /// for whoever knows that the network is back.
  void RetryNow();

  /// Looks whether the connection is still there, without waiting for
  /// anything: for whoever has nothing to send for a while. A server that has
  /// closed it, or has been silent for the `timeout`, is reported as a call
  /// that sends would do it; the next such call connects again.
  /// @return S_OK, also when another call is under way, which finds out by
  ///   itself; NS_E_NOCONNECTION; or why the connection or the session is over.
  HResult CheckConnection();

  /// Snapshot of the counters; cheap, from any thread.
  PushStats GetStats() const;

  /// For people: what was wrong in the last call that failed, or with the
  /// session, and what to do about it. "" when nothing was.
  std::string LastError() const;

 private:
  class Impl;
  // Shared with calls under way, so that the destructor need not wait.
  std::shared_ptr<Impl> impl_;
};

/// WMCreateWriterPushSink: a push sink that is not connected.
WMS_API std::unique_ptr<WriterPushSink> CreateWriterPushSink();

}  // namespace wms
