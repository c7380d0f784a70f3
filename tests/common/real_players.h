// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

namespace wms::test {

/// The two requests that a player sends to play a live stream with two
/// streams, as they were read from the wire; HOST stands for host and port.
struct RealPlayer {
  const char* name;
  const char* describe;
  const char* play;
  unsigned major_version;
};

inline constexpr RealPlayer kRealPlayers[] = {
    // mpv plays by ffmpeg's libraries.
    {"ffmpeg 5.1, mpv 0.35",
     "GET /live HTTP/1.1\r\n"
     "Range: bytes=0-\r\n"
     "Icy-MetaData: 1\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/4.1.0.3856\r\n"
     "Host: HOST\r\n"
     "Pragma: no-cache,rate=1.000000,stream-time=0,stream-offset=0:0,"
     "request-context=1,max-duration=0\r\n"
     "Pragma: xClientGUID={c77e7400-738a-11d2-9add-0020af0a3278}\r\n"
     "Connection: Close\r\n"
     "\r\n",
     "GET /live HTTP/1.1\r\n"
     "Range: bytes=0-\r\n"
     "Connection: close\r\n"
     "Icy-MetaData: 1\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/4.1.0.3856\r\n"
     "Host: HOST\r\n"
     "Pragma: no-cache,rate=1.000000,request-context=2\r\n"
     "Pragma: xPlayStrm=1\r\n"
     "Pragma: xClientGUID={c77e7400-738a-11d2-9add-0020af0a3278}\r\n"
     "Pragma: stream-switch-count=2\r\n"
     "Pragma: stream-switch-entry=ffff:1:0 ffff:2:0 \r\n"
     "Pragma: no-cache,rate=1.000000,stream-time=0Connection: Close\r\n"
     "\r\n",
     4},
    {"MPlayer 1.5",
     "GET /live HTTP/1.0\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/4.1.0.3856\r\n"
     "Host: HOST\r\n"
     "Pragma: xClientGUID={c77e7400-738a-11d2-9add-0020af0a3278}\r\n"
     "Pragma: no-cache,rate=1.000000,stream-time=0,stream-offset=0:0,"
     "request-context=1,max-duration=0\r\n"
     "Connection: Close\r\n"
     "\r\n",
     "GET /live HTTP/1.0\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/4.1.0.3856\r\n"
     "Host: HOST\r\n"
     "Pragma: xClientGUID={c77e7400-738a-11d2-9add-0020af0a3278}\r\n"
     "Pragma: no-cache,rate=1.000000,stream-time=0,stream-offset=0:0,"
     "request-context=2,max-duration=0\r\n"
     "Pragma: xPlayStrm=1\r\n"
     "Pragma: stream-switch-entry=ffff:2:0 ffff:1:0 \r\n"
     "Pragma: stream-switch-count=2\r\n"
     "Connection: Close\r\n"
     "\r\n",
     4},
    {"VLC 3.0",
     "GET /live HTTP/1.0\r\n"
     "Host: HOST\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/7.10.0.3059\r\n"
     "Pragma: no-cache,rate=1.000000,stream-time=0,stream-offset=0:0,"
     "request-context=1,max-duration=0\r\n"
     "Pragma: xClientGUID={0xbabac001-0xc9c5-0x2f26-0xc16282e63e4b4d7c}\r\n"
     "Connection: Close\r\n"
     "\r\n",
     "GET /live HTTP/1.0\r\n"
     "Host: HOST\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/7.10.0.3059\r\n"
     "Pragma: no-cache,rate=1.000000,request-context=2\r\n"
     "Pragma: xPlayStrm=1\r\n"
     "Pragma: xClientGUID={0xbabac001-0xc9c5-0x2f26-0xc16282e63e4b4d7c}\r\n"
     "Pragma: stream-switch-count=2\r\n"
     "Pragma: stream-switch-entry=ffff:1:0 ffff:2:0 \r\n"
     "Connection: Close\r\n"
     "\r\n",
     7},
    {"libmms 0.6.4",
     "GET /live HTTP/1.0\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/4.1.0.3856\r\n"
     "Host: HOST\r\n"
     "Pragma: no-cache,rate=1.000000,stream-time=0,stream-offset=0:0,"
     "request-context=1,max-duration=0\r\n"
     "Pragma: xClientGUID={c77e7400-738a-11d2-9add-0020af0a3278}\r\n"
     "Connection: Close\r\n"
     "\r\n",
     "GET /live HTTP/1.0\r\n"
     "Accept: */*\r\n"
     "User-Agent: NSPlayer/4.1.0.3856\r\n"
     "Host: HOST\r\n"
     "Pragma: no-cache,rate=1.000000,request-context=2\r\n"
     "Pragma: xPlayStrm=1\r\n"
     "Pragma: xClientGUID={c77e7400-738a-11d2-9add-0020af0a3278}\r\n"
     "Pragma: stream-switch-count=2\r\n"
     "Pragma: stream-switch-entry=ffff:1:0 ffff:2:0 \r\n"
     "Connection: Close\r\n"
     "\r\n",
     4},
};

}  // namespace wms::test
