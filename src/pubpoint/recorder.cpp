// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/recorder.h"

#include "asf/guids.h"
#include "glib/ref.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace wms::pubpoint {
namespace {

constexpr std::size_t kMaxNameSize = 64;
constexpr int kMaxTries = 1000;
constexpr std::uint64_t kTicksPerMillisecond = 10000;  // of 100 ns

// Fields of the File Properties Object ([ASF] 3.2), from its start.
constexpr std::size_t kFileSizeField = 40;
constexpr std::size_t kPacketCountField = 56;
constexpr std::size_t kPlayDurationField = 64;
constexpr std::size_t kSendDurationField = 72;
constexpr std::size_t kFlagsField = 88;
constexpr std::size_t kFilePropertiesSize = 104;
constexpr std::uint32_t kBroadcastFlag = 1;
// Fields of the Data Object ([ASF] 5.1), from its start.
constexpr std::size_t kDataSizeField = 16;
constexpr std::size_t kDataPacketCountField = 40;

Error FileError(const std::string& path, int number) {
  return {HResult::E_FAIL, Fault::kLocal, path + ": " + g_strerror(number)};
}

/// Where the File Properties Object starts in a header that ParseHeader has
/// accepted; 0 when it is shorter than it has to be.
std::size_t FindFileProperties(Bytes header) {
  std::size_t at = asf::kHeaderObjectFixedSize;
  while (at + kFilePropertiesSize <= header.size()) {
    const std::uint64_t size = LoadLe(header.data() + at + 16, 8);
    if (asf::StartsWith(header.subspan(at), asf::kFileProperties)) {
      return size >= kFilePropertiesSize ? at : 0;
    }
    if (size < asf::kObjectHeaderSize || size > header.size() - at) break;
    at += static_cast<std::size_t>(size);
  }
  return 0;
}

std::string TimeStamp() {
  using DateTime = std::unique_ptr<GDateTime, glib::Deleter<g_date_time_unref>>;
  const DateTime now(g_date_time_new_now_local());
  const glib::Chars text(g_date_time_format(now.get(), "%Y%m%d-%H%M%S"));
  return text.get();
}

}  // namespace

/// A file descriptor that is closed with this.
class Recorder::File {
 public:
  /// Fails when the file exists; nothing else is ever written to.
  static std::unique_ptr<File> Create(const std::string& path) {
    constexpr mode_t kMode = 0644;
    const int fd =
        g_open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
    if (fd < 0) return nullptr;
    return std::unique_ptr<File>(new File(fd));
  }
  ~File() { close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Writes all of @a data at @a offset; false with errno set when not.
  bool WriteAt(Bytes data, std::uint64_t offset) const {
    while (!data.empty()) {
      const ssize_t size =
          pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return false;
      data = data.subspan(static_cast<std::size_t>(size));
      offset += static_cast<std::uint64_t>(size);
    }
    return true;
  }

  bool Truncate(std::uint64_t size) const {
    return ftruncate(fd_, static_cast<off_t>(size)) == 0;
  }

 private:
  explicit File(int fd) : fd_(fd) {}

  const int fd_;
};

std::string FileNameOfPoint(std::string_view path) {
  while (path.starts_with('/'))
    path.remove_prefix(1);
  std::string name(path.substr(0, kMaxNameSize));
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  std::replace_if(
      name.begin(), name.end(), [safe](char c) { return !safe(c); }, '_');
  if (name.starts_with('.')) name.front() = '_';
  return name.empty() ? "stream" : name;
}

Result<std::unique_ptr<Recorder>> Recorder::Create(const std::string& directory,
                                                   std::string_view point,
                                                   Bytes header) {
  const Result<asf::Header> parsed = asf::ParseHeader(header);
  if (!parsed) return parsed.error();
  const std::string stem =
      directory + "/" + FileNameOfPoint(point) + "-" + TimeStamp();
  for (int i = 1; i <= kMaxTries; ++i) {
    const std::string path =
        stem + (i > 1 ? "-" + std::to_string(i) : "") + ".asf";
    std::unique_ptr<File> file = File::Create(path);
    if (!file && errno == EEXIST) continue;
    if (!file) return FileError(path, errno);
    if (!file->WriteAt(header, 0)) {
      const Error error = FileError(path, errno);
      g_unlink(path.c_str());  // without a header it is of no use
      return error;
    }
    return std::unique_ptr<Recorder>(
        new Recorder(path, std::move(file), header, *parsed));
  }
  return FileError(stem + ".asf", EEXIST);
}

Recorder::Recorder(std::string path, std::unique_ptr<File> file, Bytes header,
                   const asf::Header& parsed)
    : path_(std::move(path)),
      file_(std::move(file)),
      header_size_(header.size()),
      preroll_ms_(parsed.preroll_ms),
      file_properties_(FindFileProperties(header)),
      play_duration_(header) {
  if (file_properties_ != 0) {
    flags_ = static_cast<std::uint32_t>(
        LoadLe(header.data() + file_properties_ + kFlagsField, 4));
  }
}

Recorder::~Recorder() {
  if (file_ == nullptr) return;
  // Nobody is left to be told; the file plays without it, too.
  const Result<void> finished = Finish();
  static_cast<void>(finished);
}

Result<void> Recorder::Write(const asf::PaddedPacket& packet) {
  if (file_ == nullptr) return FileError(path_, EBADF);
  // In one piece, so that the file never ends within a packet.
  whole_.assign(packet.bytes.begin(), packet.bytes.end());
  whole_.resize(packet.size());
  if (!file_->WriteAt(whole_, header_size_ + packet_bytes_)) {
    const Error error = FileError(path_, errno);
    // A disk that is full may still have room for the header's fields.
    file_->Truncate(header_size_ + packet_bytes_);
    const Result<void> finished = Finish();
    static_cast<void>(finished);
    return error;
  }
  ++packets_;
  packet_bytes_ += packet.size();
  CountTime(packet);
  return {};
}

void Recorder::CountTime(const asf::PaddedPacket& packet) {
  const asf::DataPacket& parsed = packet.parsed;
  if (packets_ > 1) {
    // Differences, because send times wrap at 2^32 ms.
    send_span_ms_ +=
        static_cast<std::int32_t>(parsed.send_time_ms - last_send_time_);
  }
  last_send_time_ = parsed.send_time_ms;
  last_duration_ms_ = parsed.duration_ms;
  play_duration_.Add(packet.bytes, parsed);
}

Result<void> Recorder::Finish() {
  if (file_ == nullptr) return {};
  const std::unique_ptr<File> closing = std::exchange(file_, nullptr);
  if (!Patch(*closing)) return FileError(path_, errno);
  return {};
}

bool Recorder::Patch(const File& file) const {
  const auto write = [&file](std::size_t offset, std::uint64_t value,
                             std::size_t size) {
    std::array<std::uint8_t, 8> field{};
    StoreLe(field.data(), value, size);
    return file.WriteAt(Bytes(field).first(size), offset);
  };
  const std::size_t data = header_size_ - asf::kDataObjectHeaderSize;
  if (!write(data + kDataSizeField, asf::kDataObjectHeaderSize + packet_bytes_,
             8) ||
      !write(data + kDataPacketCountField, packets_, 8)) {
    return false;
  }
  if (file_properties_ == 0) return true;
  const std::uint64_t send_ms =
      static_cast<std::uint64_t>(std::max<std::int64_t>(send_span_ms_, 0)) +
      last_duration_ms_;
  const std::size_t at = file_properties_;
  // Without any presentation time, the file plays for as long as it is sent.
  const std::uint64_t play = play_duration_.Get().value_or(
      (send_ms + preroll_ms_) * kTicksPerMillisecond);
  return write(at + kFileSizeField, header_size_ + packet_bytes_, 8) &&
         write(at + kPacketCountField, packets_, 8) &&
         write(at + kPlayDurationField, play, 8) &&
         write(at + kSendDurationField, send_ms * kTicksPerMillisecond, 8) &&
         write(at + kFlagsField, flags_ & ~kBroadcastFlag, 4);
}

}  // namespace wms::pubpoint
