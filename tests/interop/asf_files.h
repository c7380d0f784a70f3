// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>

// ASF files that are pushed, and what is in them before and after.

namespace wms::test {

/// Seconds for a pipeline or a program.
inline constexpr unsigned kPatience = 20;

/// Runs in a shell; fails the test when the program fails.
void Run(const std::string& command);

/// The same; what the program wrote.
std::string OutputOf(const std::string& command);

/// ffmpeg's hash of each stream: of what is coded, and of what is decoded.
std::string Hashes(const std::string& file);

/// What GStreamer's demuxer takes out of a file, stream by stream.
std::string Demuxed(const std::string& file, bool video, bool audio);

/// Pushes what @a source, a pipeline without its sink, gives, as fast as it
/// goes.
/// @param dir where files may be written.
/// @return the file that the publishing point has written; what it received
/// is in @a pushed.
std::string PushFrom(const std::string& source, const std::string& dir,
                     const std::string& pushed);

/// The same, of a file.
std::string Push(const std::string& file, const std::string& dir,
                 const std::string& pushed);

/// Exit status of wms-asf-check.
int Check(const std::string& file, std::string& output);

}  // namespace wms::test
